/* tree.h: parses a YAML text to a tree of maps, sequences and scalars.
 *
 * Anchors, aliases and merges (`<<`) are resolved, so the tree does not contain them. An alias
 * shares the node that it refers to; nothing is copied. But the users of the tree see the
 * node at each of its places, so each node has a weight, the number of its values with each
 * alias counted in full, and a text with a weight of more than TREE_WEIGHT is refused.
 *
 * Refused: a second document; an alias to a node that is not yet complete (that would be a
 * circle); a key that is not a scalar, is too long or contains a control character; NUL
 * bytes; a second `<<` in one map. If a key is there twice, the last one counts, with a note,
 * as in docker-registry. */
#ifndef CONF_TREE_H
#define CONF_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "conf/notes.h"

#define TREE_SIZE   (256 * 1024) /* bytes of text */
#define TREE_DEPTH  32           /* levels */
#define TREE_KEY    255          /* bytes of a key */
#define TREE_WEIGHT 10000        /* values, with each alias counted in full */

enum node_kind { NODE_SCALAR, NODE_SEQUENCE, NODE_MAP };

struct member {
	struct member *next;
	const char *key; /* NULL in a sequence */
	int line;        /* of the key */
	const struct node *value;
};

struct node {
	enum node_kind kind;
	int line; /* from 1 */
	size_t weight;
	const char *text;       /* of a scalar; no NUL inside */
	bool plain;             /* the scalar has no quotes */
	struct member *members; /* of a map (merged ones last) or a sequence */
	struct member **end;
};

struct tree_input {
	const char *name; /* of the file or variable, for errors */
	struct str text;
	struct notes *notes; /* get the notes */
};

/* *out is in the arena; NULL: the text contains no document. RC_BAD_DATA: err says
 * `name:line: reason`. */
enum result tree_parse(struct arena *a, const struct tree_input *input,
    const struct node **out, struct err *err);

/* NULL: there is no such key, or it is not a map. */
const struct member *tree_get(const struct node *map, const char *key);

/* Is it empty, `~` or `null`, without quotes? NULL counts as null. */
bool tree_is_null(const struct node *node);

#endif
