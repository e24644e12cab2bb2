/* v1chain_json.c: see v1chain_json.h. */
#include "image/v1chain_json.h"

#include <stdint.h>

#include "base/buf.h"
#include "base/json_slice.h"
#include "base/json_sorted.h"
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

void
v1chain_write_json(
    struct arena *a, const struct v1chain_entry *entry, struct v1chain_image *image)
{
	struct buf b;

	buf_init(&b, a, SIZE_MAX);
	buf_printf(&b, "{\"id\":\"%s\"", image->id);
	write_text(&b, ",\"parent\":", str_of(image->parent));
	write_text(&b, ",\"comment\":", entry->comment);
	buf_printf(&b, ",\"created\":%.*s", STR_ARG(entry->created));
	buf_adds(&b, ",\"container_config\":{\"Cmd\":[");
	go_json_string(&b, entry->created_by);
	buf_adds(&b, "]}");
	write_text(&b, ",\"author\":", entry->author);
	buf_adds(&b, image->throwaway ? ",\"throwaway\":true}" : "}");
	image->json = image->schema1 = buf_str(&b);
}

/* ---- the top ---- */

static struct str
quoted(struct arena *a, const char *text)
{
	return str_of(text == NULL ? NULL : arena_printf(a, "\"%s\"", text));
}

/* [created_by] */
static struct str
command_of(struct arena *a, const struct v1chain_entry *entry)
{
	struct buf b;

	buf_init(&b, a, SIZE_MAX);
	buf_addc(&b, '[');
	go_json_string(&b, entry->created_by);
	buf_addc(&b, ']');
	return buf_str(&b);
}

/* The config's container_config, with a Cmd. False: it has too many members. */
static bool
container_config_of(struct arena *a, const struct v1chain_entry *entry,
    struct str own, struct str *out)
{
	const struct go_json_change cmd = {"Cmd", command_of(a, entry)};
	struct buf b;

	*out = own;
	if (json_slice_kind(json_slice_get(own, "Cmd")) != JSON_NONE)
		return true;
	buf_init(&b, a, SIZE_MAX);
	if (!go_json_map(a, &b, own, &cmd, 1))
		return false;
	*out = buf_str(&b);
	return true;
}

/* The config's created. docker before 1.10 refuses a json whose time is malformed or null. */
static struct str
created_of(struct arena *a, const struct v1chain_entry *entry, struct str own)
{
	struct rfc3339 ignored;

	return rfc3339_parse(json_slice_text(a, own), &ignored) ? own
								: entry->created;
}

enum result
v1chain_write_top(struct arena *a, const struct v1chain_entry *entry,
    struct str config, struct v1chain_image *image, struct err *err)
{
	/* a config's own id, parent and throwaway would be those of another image */
	const struct go_json_change schema1[] = {
	    {"history", str_of(NULL)},
	    {"id", quoted(a, image->id)},
	    {"parent", quoted(a, image->parent)},
	    {"rootfs", str_of(NULL)},
	    {"throwaway", str_of(image->throwaway ? "true" : NULL)},
	};
	struct go_json_change api[] = {
	    {"container_config", json_slice_get(config, "container_config")},
	    {"created", json_slice_get(config, "created")}};
	struct buf b, c;

	buf_init(&b, a, SIZE_MAX);
	buf_init(&c, a, SIZE_MAX);
	api[1].value = created_of(a, entry, api[1].value);
	if (!go_json_map(
		a, &b, config, schema1, sizeof(schema1) / sizeof(schema1[0])) ||
	    !container_config_of(a, entry, api[0].value, &api[0].value) ||
	    !go_json_map(a, &c, buf_str(&b), api, sizeof(api) / sizeof(api[0])))
		return err_set(err, RC_BAD_DATA,
		    "an object of the config has more than %d members",
		    JSON_SORTED_MAX);
	image->schema1 = buf_str(&b);
	image->json = buf_str(&c);
	return RC_OK;
}
