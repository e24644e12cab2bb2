/* settings.h: the settings of a flavor (a top-level key of config.yml), as a flat list.
 *
 * The keys of the flavor override those of `common`. `_env:` is resolved. Keys of nested maps
 * are joined with a point (`mirroring.source`). A key without a value (nothing, `~`, an empty
 * string or list, a variable that is not set) is left out. */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "conf/tree.h"

struct setting {
	struct setting *next;
	const char *name;
	const char *text; /* NULL: the value is a list of lists or maps */
	bool is_list;     /* text is the values of a list, separated by ", " */
	/* of the environment, which has the text; NULL: none */
	const char *variable;
	int line; /* in the file; 0: it is not in the file */
};

struct settings {
	const char *flavor; /* its name */
	const char *(*env)(const char *name);
	struct setting *first; /* in a list; those of `common` come last */
	struct setting **end;
};

void settings_init(
    struct settings *set, const char *flavor, const char *(*env)(const char *name));

/* Adds the settings of the flavor in root (NULL: an empty file). file is its name, for err.
 * RC_BAD_DATA: there is no such flavor, or it is not a map. */
enum result settings_read(struct settings *set, struct arena *a,
    const struct node *root, const char *file, struct err *err);

/* Adds one setting as if it were in the file. */
void settings_add(struct settings *set, struct arena *a, const char *name, int line,
    const char *text);

/* NULL: not set. */
const struct setting *settings_get(const struct settings *set, const char *name);

#endif
