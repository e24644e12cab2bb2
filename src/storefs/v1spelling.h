/* v1spelling.h: how names of repositories and tags are spelt on disk.
 *
 *	server		namespace, tag	repository
 *	to 0.8.0	as they are	quote_plus once		ns/a/b -> ns/a%2Fb
 *	since 0.8.1	quote_plus once	quote_plus twice	ns/a/b -> ns/a%252Fb
 *
 * berth looks a name up in either spelling and writes new ones in the older, unless that
 * is another's. Letters, digits, "_", "." and "-" are the same in all. Private to this room.
 *
 * One directory can be one name in the older spelling and another in the newer:
 * "sp%2Bace" is "sp+ace" or "sp ace". It has one name, that of v1spelling_read(); a client
 * that asks for the other name gets it too (store_v1repo_resolve() in v1repo.h). */
#ifndef STOREFS_V1SPELLING_H
#define STOREFS_V1SPELLING_H

#include <stdbool.h>

#include "base/arena.h"
#include "image/v1name.h"

enum v1spelling { V1SPELLING_OLDER, V1SPELLING_NEWER };

/* "repositories/<ns>/<repo>". */
const char *v1spelling_repository(
    struct arena *a, const struct v1name *name, enum v1spelling how);

const char *v1spelling_tag(struct arena *a, const char *tag, enum v1spelling how);

/* The tag of what follows "tag_". With "%XX" it is in the newer spelling. A "+" alone
 * may stand for a blank or for itself, and stays "+": "1.0+5" is a likelier tag than
 * "1.0 5". Both are found. */
const char *v1spelling_read_tag(struct arena *a, const char *spelt);

/* The name of the directory repositories/<ns>/<repo>, for lists: "ns/a/b". NULL: it
 * can be no repository's (a name that looks it up would not find it). */
const char *v1spelling_read(struct arena *a, const char *ns, const char *repo);

/* Is the name the same in both spellings? */
bool v1spelling_is_plain(struct arena *a, const struct v1name *name);

/* Is it read back as this very name? The older one of "ns/a%2Fb" is not, it is the newer
 * of "ns/a/b"; nor is the older one of "ns/a+b", the newer of "ns/a b". So one directory
 * is one repository. */
bool v1spelling_is_own(
    struct arena *a, const struct v1name *name, enum v1spelling how);

#endif
