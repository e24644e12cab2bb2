/* settings.h: the keys that a flavor sets, as a flat list.
 *
 * The flavor is laid over `common`, key by key; `_env:` is resolved; maps inside
 * are unfolded (`mirroring.source`). A key without a value (nothing, `~`, an empty
 * string or list, a variable that is not set) does not appear: it is the same as not being
 * there. */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "conf/tree.h"

struct setting {
	struct setting *next;
	const char *name;
	const char *text; /* NULL: what is no single value, and no list of such */
	bool is_list;     /* text: its values, with ", " between them */
	const char *variable; /* the text comes from it; NULL: from the file */
	int line;             /* 0: not of a line */
};

struct settings {
	const char *flavor; /* its name */
	const char *(*env)(const char *name);
	struct setting *first; /* in a list; those of `common` come last */
	struct setting **end;
};

void settings_init(
    struct settings *set, const char *flavor, const char *(*env)(const char *name));

/* Adds the settings of the flavor in root (NULL: an empty file). file is for err:
 * RC_BAD_DATA when the flavor is not there, or is no map. */
enum result settings_read(struct settings *set, struct arena *a,
    const struct node *root, const char *file, struct err *err);

/* Adds one setting as if it stood in the file. */
void settings_add(struct settings *set, struct arena *a, const char *name, int line,
    const char *text);

/* NULL: not set. */
const struct setting *settings_get(const struct settings *set, const char *name);

#endif
