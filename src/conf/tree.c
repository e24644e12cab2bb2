/* tree.c: see tree.h.
 *
 * libyaml delivers the text as events: a scalar, the start or end of a sequence or map, an
 * alias. `event` is always the current one. read_node() reads the node that begins with it and
 * leaves the last event of the node current; advance() fetches the next. Sequences and maps
 * call read_node() for their children, so the recursion is as deep as the text, at most
 * TREE_DEPTH levels.
 *
 * A node is kept under its anchor only when it is complete. So an alias inside of it finds
 * nothing, and circles are impossible. Merged members are appended to a map at its end, when
 * its own keys are known, because they have precedence. */
#include "conf/tree.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

struct anchor {
	struct anchor *next;
	const char *name;
	const struct node *node;
};

struct reader {
	struct arena *arena;
	const struct tree_input *input;
	struct err *err;
	yaml_parser_t parser;
	yaml_event_t event; /* the current one */
	/* the latest first: an anchor may be defined again */
	struct anchor *anchors;
};

static enum result read_node(
    struct reader *rd, unsigned depth, const struct node **out);

__attribute__((format(printf, 3, 4))) static enum result
fail(struct reader *rd, int line, const char *fmt, ...)
{
	const char *reason;
	va_list ap;

	va_start(ap, fmt);
	reason = arena_vprintf(rd->arena, fmt, ap);
	va_end(ap);
	return err_set(
	    rd->err, RC_BAD_DATA, "%s:%d: %s", rd->input->name, line, reason);
}

static int
event_line(const struct reader *rd)
{
	return (int)rd->event.start_mark.line + 1;
}

/* For a byte that is not valid in its encoding libyaml reports the offset, but no line. */
static int
line_at(struct str text, size_t offset)
{
	size_t i;
	int line = 1;

	for (i = 0; i < offset && i < text.n; i++)
		if (text.p[i] == '\n')
			line++;
	return line;
}

static enum result
advance(struct reader *rd)
{
	const yaml_parser_t *p = &rd->parser;

	yaml_event_delete(&rd->event);
	if (yaml_parser_parse(&rd->parser, &rd->event))
		return RC_OK;
	if (p->error == YAML_READER_ERROR)
		return fail(rd, line_at(rd->input->text, p->problem_offset), "%s",
		    p->problem);
	return fail(rd, (int)p->problem_mark.line + 1, "%s",
	    p->problem != NULL ? p->problem : "it is not YAML");
}

static const char *
copy_anchor(struct reader *rd)
{
	const yaml_char_t *name = NULL;

	if (rd->event.type == YAML_SCALAR_EVENT)
		name = rd->event.data.scalar.anchor;
	else if (rd->event.type == YAML_SEQUENCE_START_EVENT)
		name = rd->event.data.sequence_start.anchor;
	else if (rd->event.type == YAML_MAPPING_START_EVENT)
		name = rd->event.data.mapping_start.anchor;
	return name == NULL ? NULL : arena_strdup(rd->arena, (const char *)name);
}

static void
keep_anchor(struct reader *rd, const char *name, const struct node *node)
{
	struct anchor *an = arena_alloc(rd->arena, sizeof(*an));

	an->next = rd->anchors;
	an->name = name;
	an->node = node;
	rd->anchors = an;
}

static enum result
read_alias(struct reader *rd, const struct node **out)
{
	const char *name = (const char *)rd->event.data.alias.anchor;
	const struct anchor *an;

	for (an = rd->anchors; an != NULL; an = an->next)
		if (strcmp(an->name, name) == 0) {
			*out = an->node;
			return RC_OK;
		}
	return fail(rd, event_line(rd),
	    "*%.64s must refer to an anchor that ends before it", name);
}

static enum result
read_scalar(struct reader *rd, struct node *node)
{
	struct str text = str_make((const char *)rd->event.data.scalar.value,
	    rd->event.data.scalar.length);

	if (str_has(text, '\0'))
		return fail(rd, node->line, "a value must not contain a NUL byte");
	node->text = str_dup(rd->arena, text);
	node->plain = rd->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	return RC_OK;
}

static void
append_member(struct reader *rd, struct node *node, const char *key, int line,
    const struct node *value)
{
	struct member *m = arena_alloc(rd->arena, sizeof(*m));

	m->key = key;
	m->line = line;
	m->value = value;
	*node->end = m;
	node->end = &m->next;
}

/* Adds the weight of a value to its map or sequence. Fails if it is too much. */
static enum result
add_weight(struct reader *rd, struct node *node, const struct node *value)
{
	node->weight += value->weight;
	if (node->weight <= TREE_WEIGHT)
		return RC_OK;
	return fail(rd, event_line(rd),
	    "more than %d values, with each alias counted in full", TREE_WEIGHT);
}

static enum result
read_sequence(struct reader *rd, unsigned depth, struct node *node)
{
	const struct node *item;
	enum result r;

	for (;;) {
		r = advance(rd);
		if (r != RC_OK || rd->event.type == YAML_SEQUENCE_END_EVENT)
			return r;
		r = read_node(rd, depth + 1, &item);
		if (r == RC_OK)
			r = add_weight(rd, node, item);
		if (r != RC_OK)
			return r;
		append_member(rd, node, NULL, item->line, item);
	}
}

static bool
is_printable(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

static enum result
read_key(struct reader *rd, unsigned depth, const struct node **out)
{
	enum result r = read_node(rd, depth + 1, out);

	if (r != RC_OK)
		return r;
	if ((*out)->kind != NODE_SCALAR)
		return fail(rd, (*out)->line, "a key must not be a list or a map");
	if (strlen((*out)->text) > TREE_KEY)
		return fail(rd, (*out)->line,
		    "a key must not have more than %d bytes", TREE_KEY);
	if (!is_printable((*out)->text))
		return fail(
		    rd, (*out)->line, "a key must not contain a control character");
	return RC_OK;
}

static void
put_member(struct reader *rd, struct node *map, const struct node *key, int line,
    const struct node *value)
{
	struct member *m;

	for (m = map->members; m != NULL; m = m->next)
		if (strcmp(m->key, key->text) == 0)
			break;
	if (m == NULL) {
		append_member(rd, map, key->text, line, value);
		return;
	}
	notes_add(rd->input->notes, line,
	    "%s: it is also set on line %d; this line counts", m->key, m->line);
	m->line = line;
	m->value = value;
}

static enum result
merge_map(struct reader *rd, struct node *map, const struct node *from, int line)
{
	const struct member *m;

	if (from->kind != NODE_MAP)
		return fail(rd, line, "<< must be a map or a list of maps");
	for (m = from->members; m != NULL; m = m->next)
		if (tree_get(map, m->key) == NULL)
			append_member(rd, map, m->key, m->line, m->value);
	return RC_OK;
}

/* Merges the value of `<<`. The map's own keys have precedence, then earlier maps of the
 * list. */
static enum result
merge(struct reader *rd, struct node *map, const struct member *merged)
{
	const struct member *m;
	enum result r;

	if (merged->value == NULL)
		return RC_OK;
	if (merged->value->kind != NODE_SEQUENCE)
		return merge_map(rd, map, merged->value, merged->line);
	for (m = merged->value->members; m != NULL; m = m->next) {
		r = merge_map(rd, map, m->value, merged->line);
		if (r != RC_OK)
			return r;
	}
	return RC_OK;
}

static enum result
read_map(struct reader *rd, unsigned depth, struct node *node)
{
	const struct node *key, *value;
	struct member merged = {0};
	enum result r;
	int line;

	for (;;) {
		r = advance(rd);
		if (r != RC_OK)
			return r;
		if (rd->event.type == YAML_MAPPING_END_EVENT)
			return merge(rd, node, &merged);
		line = event_line(rd);
		r = read_key(rd, depth, &key);
		if (r == RC_OK)
			r = advance(rd);
		if (r == RC_OK)
			r = read_node(rd, depth + 1, &value);
		if (r == RC_OK)
			r = add_weight(rd, node, value);
		if (r != RC_OK)
			return r;
		if (!key->plain || strcmp(key->text, "<<") != 0) {
			put_member(rd, node, key, line, value);
			continue;
		}
		if (merged.value != NULL)
			return fail(
			    rd, line, "<< must be there only once: give it a list");
		merged.line = line;
		merged.value = value;
	}
}

static enum result
read_node(struct reader *rd, unsigned depth, const struct node **out)
{
	struct node *node;
	const char *anchor;
	enum result r;

	if (rd->event.type == YAML_ALIAS_EVENT)
		return read_alias(rd, out);
	if (depth == TREE_DEPTH)
		return fail(
		    rd, event_line(rd), "more than %d nested levels", TREE_DEPTH);
	node = arena_alloc(rd->arena, sizeof(*node));
	node->line = event_line(rd);
	node->weight = 1;
	node->end = &node->members;
	anchor = copy_anchor(rd);
	if (rd->event.type == YAML_MAPPING_START_EVENT) {
		node->kind = NODE_MAP;
		r = read_map(rd, depth, node);
	} else if (rd->event.type == YAML_SEQUENCE_START_EVENT) {
		node->kind = NODE_SEQUENCE;
		r = read_sequence(rd, depth, node);
	} else {
		node->kind = NODE_SCALAR;
		r = read_scalar(rd, node);
	}
	if (r == RC_OK && anchor != NULL)
		keep_anchor(rd, anchor, node);
	*out = node;
	return r;
}

/* The events are: stream start; if there is a document, its start, its node, its end; stream
 * end. */
static enum result
read_stream(struct reader *rd, const struct node **out)
{
	enum result r;

	*out = NULL;
	r = advance(rd);
	if (r == RC_OK)
		r = advance(rd);
	if (r != RC_OK || rd->event.type == YAML_STREAM_END_EVENT)
		return r;
	r = advance(rd);
	if (r == RC_OK)
		r = read_node(rd, 0, out);
	if (r == RC_OK)
		r = advance(rd);
	if (r == RC_OK)
		r = advance(rd);
	if (r == RC_OK && rd->event.type != YAML_STREAM_END_EVENT)
		return fail(rd, event_line(rd), "there must be only one document");
	return r;
}

enum result
tree_parse(struct arena *a, const struct tree_input *input, const struct node **out,
    struct err *err)
{
	struct reader rd = {.arena = a, .input = input, .err = err};
	enum result r;

	if (input->text.n > TREE_SIZE)
		return err_set(err, RC_BAD_DATA, "%s: more than %d bytes",
		    input->name, TREE_SIZE);
	if (!yaml_parser_initialize(&rd.parser))
		return err_set(err, RC_IO, "%s: out of memory", input->name);
	yaml_parser_set_input_string(
	    &rd.parser, (const unsigned char *)input->text.p, input->text.n);
	r = read_stream(&rd, out);
	yaml_event_delete(&rd.event);
	yaml_parser_delete(&rd.parser);
	return r;
}

const struct member *
tree_get(const struct node *map, const char *key)
{
	const struct member *m;

	if (map == NULL || map->kind != NODE_MAP)
		return NULL;
	for (m = map->members; m != NULL; m = m->next)
		if (strcmp(m->key, key) == 0)
			return m;
	return NULL;
}

bool
tree_is_null(const struct node *node)
{
	if (node == NULL)
		return true;
	return node->kind == NODE_SCALAR && node->plain &&
	       (node->text[0] == '\0' || strcmp(node->text, "~") == 0 ||
		   strcasecmp(node->text, "null") == 0);
}
