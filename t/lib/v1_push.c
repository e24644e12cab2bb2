/* v1_push.c: see v1_push.h. */
#include "lib/v1_push.h"

#include "image/v1name.h"
#include "images/push.h"
#include "images/tag.h"
#include "lib/registry.h"
#include "lib/vectors.h"

#define AGENT "docker/0.11.1 go/go1.2.1 kernel/3.13 os/linux arch/amd64"

static const char *
payload_sum(struct str json, struct str layer)
{
	char hex[HASH_SHA256_HEX_SIZE];
	struct hash h;

	hash_begin(&h, HASH_SHA256);
	hash_add(&h, json.p, json.n);
	hash_add(&h, "\n", 1);
	hash_add(&h, layer.p, layer.n);
	hash_end(&h, hex);
	return arena_printf(arena, "sha256:%s", hex);
}

enum result
send_v1_image(const char *id, struct str json, struct str layer)
{
	const char *body = make_body(layer);
	enum result r = push_json(TASK(arena), id, json, str_of(NULL));

	if (r == RC_OK)
		r = push_layer(TASK(arena), id, body);
	(void)unlink(body);
	if (r == RC_OK)
		r = push_checksum(TASK(arena), id, str_of(payload_sum(json, layer)),
		    str_of(NULL));
	return r;
}

void
push_v1_image(const char *id, struct str json, struct str layer)
{
	enum result r = send_v1_image(id, json, layer);

	if (r != RC_OK && r != RC_IMAGE_EXISTS)
		bail_out(arena_printf(arena, "push of %s: %s", id, err.text));
}

const char *
push_v1_layer(char digit, const char *parent, struct str layer)
{
	char *id = arena_alloc(arena, 65);

	memset(id, digit, 64);
	push_v1_image(id,
	    str_of(parent == NULL
		       ? arena_printf(arena, "{\"id\": \"%s\"}", id)
		       : arena_printf(arena, "{\"id\": \"%s\", \"parent\": \"%s\"}",
			     id, parent)),
	    layer);
	return id;
}

static struct v1name
name_of(const char *name)
{
	struct v1name parsed;

	if (v1name_parse(arena, str_of(name), &parsed, &err) != RC_OK)
		bail_out(name);
	return parsed;
}

void
tag_v1(const char *name, const char *tag, const char *id)
{
	const struct v1name parsed = name_of(name);

	if (tag_put(TASK(arena), &parsed, tag, id, str_of(AGENT)) != RC_OK)
		bail_out(arena_printf(arena, "tag %s: %s", tag, err.text));
}

void
untag_v1(const char *name, const char *tag)
{
	const struct v1name parsed = name_of(name);

	if (tag_remove(TASK(arena), &parsed, tag) != RC_OK)
		bail_out(arena_printf(arena, "removal of %s: %s", tag, err.text));
}

void
hide_v1(const char *name)
{
	const struct v1name parsed = name_of(name);
	const bool yes = true;
	const struct properties_change change = {&yes, NULL};

	if (properties_put(TASK(arena), &parsed, &change) != RC_OK)
		bail_out(arena_printf(arena, "%s: %s", name, err.text));
}

const char *
push_v1_vector(const struct json *vector)
{
	const struct json *images = json_get(vector, "v1_images_base_first");
	const struct json *image;
	const char *id = "";
	size_t i;

	for (i = 0; i < json_length(images); i++) {
		image = json_at(images, i);
		id = vector_text(image, "id");
		push_v1_image(id, json_text(json_get(image, "json")),
		    vector_bytes(image, "layer_base64"));
	}
	return id;
}
