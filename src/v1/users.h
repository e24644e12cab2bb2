/* users.h: what `docker login` asks. In standalone mode everybody may log in. Private to
 * this room. */
#ifndef V1_USERS_H
#define V1_USERS_H

#include "api/route.h"

handler_fn v1_get_users;  /* is this login right? */
handler_fn v1_post_users; /* make an account */
handler_fn v1_put_user;   /* change one */

#endif
