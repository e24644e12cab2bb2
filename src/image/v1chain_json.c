/* v1chain_json.c: see v1chain_json.h. */
#include "image/v1chain_json.h"

#include "base/buf.h"
#include "base/json_slice.h"
#include "base/rfc3339.h"
#include "image/go_json.h"

/* A member that is left away if it is empty (Go's "omitempty"). */
static void
write_text(struct buf *b, const char *before, struct str text)
{
	if (text.n == 0)
		return;
	buf_adds(b, before);
	go_json_string(b, text);
}

/* The finished json. */
static struct str
finish(struct v1chain_writer *w, const struct buf *b)
{
	w->left -= b->n;
	w->full |= b->full;
	return buf_str(b);
}

void
v1chain_write_json(struct v1chain_writer *w, const struct v1chain_entry *entry,
    struct v1chain_image *image)
{
	struct buf b;

	buf_init(&b, w->arena, w->left);
	buf_printf(&b, "{\"id\":\"%s\"", image->id);
	write_text(&b, ",\"parent\":", str_of(image->parent));
	write_text(&b, ",\"comment\":", entry->comment);
	buf_printf(&b, ",\"created\":%.*s", STR_ARG(entry->created));
	buf_adds(&b, ",\"container_config\":{\"Cmd\":[");
	go_json_string(&b, entry->created_by);
	buf_adds(&b, "]}");
	write_text(&b, ",\"author\":", entry->author);
	buf_adds(&b, image->throwaway ? ",\"throwaway\":true}" : "}");
	image->json = image->schema1 = finish(w, &b);
}

/* ---- the top ---- */

static struct str
quoted(struct arena *a, const char *text)
{
	return str_of(text == NULL ? NULL : arena_printf(a, "\"%s\"", text));
}

/* The config's container_config, with a Cmd. False: it has too many members. */
static bool
container_config_of(struct v1chain_writer *w, const struct v1chain_entry *entry,
    struct str own, struct str *out)
{
	struct go_json_change change = {"Cmd", str_of(NULL)};
	struct buf cmd, b;
	bool ok;

	*out = own;
	if (json_slice_kind(json_slice_get(own, "Cmd")) != JSON_NONE)
		return true;
	buf_init(&cmd, w->arena, w->left);
	buf_addc(&cmd, '[');
	go_json_string(&cmd, entry->created_by);
	buf_addc(&cmd, ']');
	change.value = buf_str(&cmd);
	buf_init(&b, w->arena, w->left);
	ok = go_json_map(w->arena, &b, own, &change, 1);
	w->full |= cmd.full || b.full;
	*out = buf_str(&b);
	return ok;
}

/* The config's created. docker before 1.10 refuses a json whose time is malformed or null. */
static struct str
created_of(struct arena *a, const struct v1chain_entry *entry, struct str own)
{
	struct rfc3339 ignored;

	return rfc3339_parse(json_slice_text(a, own), &ignored) ? own
								: entry->created;
}

/* What API v1 wants of a json, and schema 1 does not. */
static bool
write_for_api(struct v1chain_writer *w, const struct v1chain_entry *entry,
    struct str config, struct v1chain_image *image)
{
	struct str container_config = json_slice_get(config, "container_config");
	struct go_json_change changes[] = {
	    {"container_config", str_of(NULL)}, {"created", str_of(NULL)}};
	struct buf b;
	bool ok = container_config_of(
	    w, entry, container_config, &changes[0].value);

	changes[1].value = created_of(
	    w->arena, entry, json_slice_get(config, "created"));
	buf_init(&b, w->arena, w->left);
	ok = ok && go_json_map(w->arena, &b, image->schema1, changes, 2);
	image->json = finish(w, &b);
	return ok;
}

bool
v1chain_write_top(struct v1chain_writer *w, const struct v1chain_entry *entry,
    struct str config, struct v1chain_image *image)
{
	/* a config's own id, parent and throwaway would be those of another image */
	const struct go_json_change changes[] = {
	    {"history", str_of(NULL)},
	    {"id", quoted(w->arena, image->id)},
	    {"parent", quoted(w->arena, image->parent)},
	    {"rootfs", str_of(NULL)},
	    {"throwaway", str_of(image->throwaway ? "true" : NULL)},
	};
	struct buf b;
	bool ok;

	buf_init(&b, w->arena, w->left);
	ok = go_json_map(
	    w->arena, &b, config, changes, sizeof(changes) / sizeof(changes[0]));
	image->schema1 = finish(w, &b);
	return ok && (w->full || write_for_api(w, entry, config, image));
}
