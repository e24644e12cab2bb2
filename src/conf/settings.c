/* settings.c: see settings.h. The tree of the file is walked once, and each value that is
 * set becomes a struct setting. The keys of `common` follow those of the flavor unless the
 * flavor has the same top-level key: a map of the flavor replaces the whole map of `common`,
 * as in docker-registry. */
#include "conf/settings.h"

#include <string.h>

#include "base/buf.h"

#define ENV_MARK  "_env:"
#define NAMES_MAX 100 /* bytes for the names of flavors in an error */

void
settings_init(
    struct settings *set, const char *flavor, const char *(*env)(const char *name))
{
	memset(set, 0, sizeof(*set));
	set->flavor = flavor;
	set->env = env;
	set->end = &set->first;
}

static void
append_setting(struct settings *set, struct arena *a, struct setting setting)
{
	struct setting *s;

	if (setting.text != NULL && setting.text[0] == '\0')
		return;
	s = arena_alloc(a, sizeof(*s));
	*s = setting;
	*set->end = s;
	set->end = &s->next;
}

/* The values of a list, separated by ", "; "" for an empty list. NULL: an element is a list or
 * a map. */
static const char *
text_of_list(struct arena *a, const struct node *list)
{
	const struct member *m;
	struct buf b;

	buf_init(&b, a, TREE_SIZE);
	buf_adds(&b, "");
	for (m = list->members; m != NULL; m = m->next) {
		if (m->value->kind != NODE_SCALAR)
			return NULL;
		buf_adds(&b, b.n == 0 ? "" : ", ");
		buf_adds(&b, m->value->text);
	}
	return b.full ? NULL : b.p;
}

/* docker-registry reads the value of a variable as YAML since 0.8. A value that is not YAML
 * is taken as it is, as all were up to 0.7: a password that begins with `@` must not prevent
 * the start. */
static void
add_from_environment(struct settings *set, struct arena *a, struct setting s)
{
	const char *name = s.text + strlen(ENV_MARK);
	const char *end = strchrnul(name, ':');
	const struct node *node;
	struct notes unread;
	struct tree_input input;
	struct err ignored;

	name = arena_strndup(a, name, (size_t)(end - name));
	s.text = set->env(name);
	if (s.text != NULL)
		s.variable = name;
	else
		s.text = *end == ':' ? end + 1 : "";
	notes_init(&unread, a);
	input = (struct tree_input){name, str_of(s.text), &unread};
	if (tree_parse(a, &input, &node, &ignored) == RC_OK) {
		if (tree_is_null(node))
			return;
		s.is_list = node->kind == NODE_SEQUENCE;
		s.text = s.is_list ? text_of_list(a, node) : node->text;
	}
	append_setting(set, a, s);
}

void
settings_add(struct settings *set, struct arena *a, const char *name, int line,
    const char *text)
{
	struct setting s = {.name = name, .text = text, .line = line};

	if (text != NULL && str_starts(str_of(text), ENV_MARK))
		add_from_environment(set, a, s);
	else
		append_setting(set, a, s);
}

static void
add_node(struct settings *set, struct arena *a, const char *name, int line,
    const struct node *node)
{
	const struct member *m;

	if (tree_is_null(node))
		return;
	if (node->kind == NODE_SEQUENCE) {
		append_setting(set, a,
		    (struct setting){.name = name,
			.text = text_of_list(a, node),
			.is_list = true,
			.line = line});
		return;
	}
	if (node->kind != NODE_MAP) {
		settings_add(set, a, name, line, node->text);
		return;
	}
	for (m = node->members; m != NULL; m = m->next)
		add_node(set, a, arena_printf(a, "%s.%s", name, m->key), m->line,
		    m->value);
}

static const char *
names_of(struct arena *a, const struct node *root)
{
	const struct member *m;
	struct buf names;

	buf_init(&names, a, NAMES_MAX);
	for (m = root->members; m != NULL; m = m->next) {
		if (m->value->kind != NODE_MAP)
			continue;
		if (names.n > 0)
			buf_adds(&names, ", ");
		buf_adds(&names, m->key);
	}
	return names.n == 0 ? "none" : names.p;
}

static enum result
refuse_flavor(const struct member *m, const char *file, struct err *err)
{
	return err_set(err, RC_BAD_DATA,
	    "%s:%d: %s must be a map of keys and values", file, m->line, m->key);
}

enum result
settings_read(struct settings *set, struct arena *a, const struct node *root,
    const char *file, struct err *err)
{
	const struct member *own = tree_get(root, set->flavor);
	const struct member *common = tree_get(root, "common");
	const struct member *m;

	if (root == NULL || root->kind != NODE_MAP)
		return err_set(err, RC_BAD_DATA,
		    "%s: must be a map of flavors, each a map of keys and values",
		    file);
	if (own == NULL)
		return err_set(err, RC_BAD_DATA,
		    "%s: there is no flavor %s; the flavors are: %s", file,
		    set->flavor, names_of(a, root));
	if (!tree_is_null(own->value) && own->value->kind != NODE_MAP)
		return refuse_flavor(own, file, err);
	if (common != NULL && !tree_is_null(common->value) &&
	    common->value->kind != NODE_MAP)
		return refuse_flavor(common, file, err);
	for (m = own->value->members; m != NULL; m = m->next)
		add_node(set, a, m->key, m->line, m->value);
	if (common == NULL || common == own)
		return RC_OK;
	for (m = common->value->members; m != NULL; m = m->next)
		if (tree_get(own->value, m->key) == NULL)
			add_node(set, a, m->key, m->line, m->value);
	return RC_OK;
}

const struct setting *
settings_get(const struct settings *set, const char *name)
{
	const struct setting *s;

	for (s = set->first; s != NULL; s = s->next)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}
