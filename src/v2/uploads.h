/* uploads.h: how blobs are pushed (distribution-spec, "Pushing blobs"). nginx asks each check
 * before it reads the body of the call that the check is named after. Private to this room. */
#ifndef V2_UPLOADS_H
#define V2_UPLOADS_H

#include "api/route.h"

handler_fn v2_post_upload; /* begin, or mount, or the whole blob at once */
handler_fn v2_check_post_upload;
handler_fn v2_get_upload;   /* where does it stand? */
handler_fn v2_patch_upload; /* the next part */
handler_fn v2_check_patch_upload;
handler_fn v2_put_upload; /* the last part, and the digest of all */
handler_fn v2_check_put_upload;
handler_fn v2_delete_upload;

#endif
