/* tree.h: a YAML text as a small tree of maps, sequences and scalars.
 *
 * Anchors, aliases and merges (`<<`) are carried out: whoever reads the tree sees
 * none of them. An alias shares the node that it names, so nothing is ever copied
 * out; the weight of a node, which counts each alias in full, is bounded all the
 * same: a text that unfolds to more than TREE_WEIGHT values is refused.
 *
 * Not accepted: a second document, an alias to a node that is not complete (no tree
 * would come of it), a key that is no scalar, too long, or holds a control
 * character, NUL bytes, a second `<<` in one map. Of a key that stands twice the
 * last one counts, with a note, as in docker-registry. */
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
#define TREE_WEIGHT 10000 /* values, an alias counting as all that it names */

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
	bool plain;             /* a scalar without quotes */
	struct member *members; /* of a map (merged ones last) or a sequence */
	struct member **end;
};

/* RC_BAD_DATA: err says `name:line: what`. *out is NULL when the text holds no
 * document. */
enum result tree_parse(struct arena *a, const char *name, struct str text,
    struct notes *notes, const struct node **out, struct err *err);

/* NULL: not in the map, or no map at all. */
const struct member *tree_get(const struct node *map, const char *key);

/* Nothing, `~` or `null`, written without quotes; NULL is one too. */
bool tree_is_null(const struct node *node);

#endif
