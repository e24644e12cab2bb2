/* canonical_config.c: see canonical_config.h.
 *
 * The members that are kept are a table, in the order of their names, with a function for each
 * type. A function writes its member, or nothing if the value is empty or of another type. */
#include "image/canonical_config.h"

#include "base/json_slice.h"
#include "base/json_sorted.h"
#include "image/canonical_write.h"

struct writer {
	struct arena *arena;
	struct buf *buf;
	struct str port_specs; /* where docker before 0.6.5 had the ports */
	const char *too_many;  /* the member with too many elements; NULL: none */
};

/* ---- lists of strings ---- */

/* Is it a list of strings, with one or more? */
static bool
is_list(struct str v)
{
	struct json_walk walk = json_slice_walk(v);
	bool any = false;

	if (json_slice_kind(v) != JSON_ARRAY)
		return false;
	for (; json_slice_next(&walk); any = true)
		if (json_slice_kind(walk.value) != JSON_STRING)
			return false;
	return any;
}

static void
write_list(struct writer *w, const char *name, struct str v)
{
	struct json_walk walk = json_slice_walk(v);

	if (!is_list(v))
		return;
	canonical_write_name(w->buf, name);
	buf_addc(w->buf, '[');
	while (json_slice_next(&walk)) {
		canonical_write_comma(w->buf);
		canonical_write_string(
		    w->buf, json_slice_text(w->arena, walk.value));
	}
	buf_addc(w->buf, ']');
}

/* A list of strings; docker also took one string. */
static void
write_command(struct writer *w, const char *name, struct str v)
{
	struct str text = json_slice_text(w->arena, v);

	if (text.n == 0) {
		write_list(w, name, v);
		return;
	}
	canonical_write_name(w->buf, name);
	buf_addc(w->buf, '[');
	canonical_write_string(w->buf, text);
	buf_addc(w->buf, ']');
}

struct str
canonical_config_command(struct arena *a, struct str v)
{
	struct json_walk walk = json_slice_walk(v);
	struct str text;
	struct buf b;
	bool first = true;

	if (!is_list(v))
		return json_slice_text(a, v);
	buf_init(&b, a, v.n);
	for (; json_slice_next(&walk); first = false) {
		text = json_slice_text(a, walk.value);
		if (!first)
			buf_addc(&b, ' ');
		buf_add(&b, text.p, text.n);
	}
	return buf_str(&b);
}

/* ---- sets of names ---- */

/* Names as members whose values are empty objects. They are sorted, each once. */
static void
write_names(struct writer *w, const char *name, const struct str *names, size_t n)
{
	size_t i;

	if (n == 0)
		return;
	canonical_write_name(w->buf, name);
	buf_addc(w->buf, '{');
	for (i = 0; i < n; i++) {
		canonical_write_comma(w->buf);
		canonical_write_string(w->buf, names[i]);
		buf_adds(w->buf, ":{}");
	}
	buf_addc(w->buf, '}');
}

/* The members of an object; if there are too many, none. */
static struct json_sorted
members_of(struct writer *w, const char *name, struct str v)
{
	struct json_sorted sorted;

	if (!json_sorted(w->arena, v, &sorted))
		w->too_many = name;
	return sorted;
}

/* Returns whether there was a name. */
static bool
write_set(struct writer *w, const char *name, struct str v)
{
	struct json_sorted sorted = members_of(w, name, v);
	struct str *names = arena_alloc(w->arena, (sorted.n + 1) * sizeof(*names));
	size_t i, n = 0;

	for (i = 0; i < sorted.n; i++)
		if (sorted.members[i].name.n > 0)
			names[n++] = sorted.members[i].name;
	write_names(w, name, names, n);
	return n > 0;
}

static void
write_volumes(struct writer *w, const char *name, struct str v)
{
	(void)write_set(w, name, v);
}

/* "80", "8080:80", ":53/udp": the last number is the port of the container. False: it is not
 * such a text. */
static bool
read_port(struct arena *a, struct str spec, struct str *out)
{
	struct str protocol = spec, port = str_cut(&protocol, '/');
	bool has_protocol = protocol.p != NULL;
	long long number;

	while (str_has(port, ':'))
		(void)str_cut(&port, ':');
	if (has_protocol && !str_is(protocol, "tcp") && !str_is(protocol, "udp"))
		return false;
	if (!str_to_int64(port, &number) || number < 1 || number > 65535)
		return false;
	*out = str_of(arena_printf(a, "%lld/%s", number,
	    has_protocol && str_is(protocol, "udp") ? "udp" : "tcp"));
	return true;
}

static void
write_port_specs(struct writer *w, const char *name)
{
	struct json_walk walk = json_slice_walk(w->port_specs);
	struct str *ports, text;
	size_t most = json_slice_count(w->port_specs), n = 0;

	if (!is_list(w->port_specs))
		return;
	if (most > JSON_SORTED_MAX) {
		w->too_many = "PortSpecs";
		return;
	}
	ports = arena_alloc(w->arena, most * sizeof(*ports));
	while (n < most && json_slice_next(&walk)) {
		text = json_slice_text(w->arena, walk.value);
		n += read_port(w->arena, text, &ports[n]);
	}
	write_names(w, name, ports, str_sort_unique(ports, n));
}

static void
write_ports(struct writer *w, const char *name, struct str v)
{
	if (!write_set(w, name, v) && w->too_many == NULL)
		write_port_specs(w, name);
}

/* ---- the other types ---- */

static void
write_text(struct writer *w, const char *name, struct str v)
{
	struct str text = json_slice_text(w->arena, v);

	if (text.n > 0)
		canonical_write_member(w->buf, name, text);
}

static void
write_true(struct writer *w, const char *name, struct str v)
{
	if (!str_is(v, "true"))
		return;
	canonical_write_name(w->buf, name);
	buf_adds(w->buf, "true");
}

/* A label may be empty; its name may not. */
static void
write_labels(struct writer *w, const char *name, struct str v)
{
	struct json_sorted sorted = members_of(w, name, v);
	bool any = false;
	size_t i;

	for (i = 0; i < sorted.n; i++) {
		const struct json_member *m = &sorted.members[i];

		if (m->name.n == 0 || json_slice_kind(m->value) != JSON_STRING)
			continue;
		if (!any) {
			canonical_write_name(w->buf, name);
			buf_addc(w->buf, '{');
		}
		any = true;
		canonical_write_comma(w->buf);
		canonical_write_string(w->buf, m->name);
		buf_addc(w->buf, ':');
		canonical_write_string(w->buf, json_slice_text(w->arena, m->value));
	}
	if (any)
		buf_addc(w->buf, '}');
}

/* ---- the whole ---- */

static const struct {
	const char *name;
	void (*write)(struct writer *w, const char *name, struct str v);
} members[] = {
    {"ArgsEscaped", write_true},
    {"Cmd", write_command},
    {"Entrypoint", write_command},
    {"Env", write_list},
    {"ExposedPorts", write_ports},
    {"Labels", write_labels},
    {"OnBuild", write_list},
    {"Shell", write_list},
    {"StopSignal", write_text},
    {"User", write_text},
    {"Volumes", write_volumes},
    {"WorkingDir", write_text},
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

enum result
canonical_config_write(
    struct arena *a, struct buf *b, struct str config, struct err *err)
{
	struct writer w = {.arena = a, .buf = b};
	struct json_pick wanted[MEMBERS + 1] = {{"PortSpecs", &w.port_specs}};
	struct str values[MEMBERS];
	size_t i;

	for (i = 0; i < MEMBERS; i++)
		wanted[i + 1] = (struct json_pick){members[i].name, &values[i]};
	(void)json_slice_pick(config, wanted, MEMBERS + 1);
	buf_addc(b, '{');
	for (i = 0; i < MEMBERS; i++)
		members[i].write(&w, members[i].name, values[i]);
	buf_addc(b, '}');
	if (w.too_many == NULL)
		return RC_OK;
	return err_set(err, RC_BAD_DATA, "config.%s has more than %d elements",
	    w.too_many, JSON_SORTED_MAX);
}
