/* tree.c: config.yml. */
#include "conf/tree.h"

#include "lib/fuzz.h"

/* What an alias names is seen again: the walk is bounded by the weight of the root. */
static size_t
weigh(const struct node *node)
{
	const struct member *m;
	size_t n = 1;

	CHECK(node->kind != NODE_SCALAR || node->text != NULL);
	if (node->kind != NODE_SCALAR)
		for (m = node->members; m != NULL; m = m->next)
			n += weigh(m->value);
	return n;
}

void
fuzz(struct arena *a, struct str input)
{
	const struct node *root;
	struct notes notes;
	const struct tree_input from = {"config.yml", input, &notes};
	struct err err;

	notes_init(&notes, a);
	if (tree_parse(a, &from, &root, &err) != RC_OK || root == NULL)
		return;
	CHECK(weigh(root) <= TREE_WEIGHT);
	(void)tree_get(root, "dev");
	(void)tree_is_null(root);
}
