/* canonical.c: see canonical.h.
 *
 * The config has what a container is started with, from the json of the top image; an element
 * of the history for each image; and the digests of the archives. An image whose layer holds
 * nothing is only an element of the history, without a layer, as docker's builder writes it;
 * but an image has one layer at least. The manifest names the config and the layers.
 *
 * Everything is written in a fixed order, and only from what is in the images, so that every
 * registry makes the same bytes. A change of a byte here changes the digest of every such
 * image: doc/bridge.md has the rule, and t/data has images with their digests. */
#include "image/canonical.h"

#include <assert.h>
#include <inttypes.h>

#include "base/buf.h"
#include "base/json_slice.h"
#include "base/rfc3339.h"
#include "image/canonical_config.h"
#include "image/canonical_write.h"
#include "image/manifest.h"

/* The images that are being converted. */
struct making {
	struct arena *arena;
	const struct canonical_layer *layers;
	size_t n;
	bool all_zero;
	struct buf buf; /* what is being written */
};

/* Has the image a layer in schema 2? */
static bool
has_layer(const struct making *mk, size_t i)
{
	return !mk->layers[i].sums.zero || (mk->all_zero && i == 0);
}

static bool
are_all_zero(const struct canonical_layer *layers, size_t n)
{
	while (n > 0)
		if (!layers[--n].sums.zero)
			return false;
	return true;
}

/* The members of an image's json, slices of JSON. */
struct image {
	struct str architecture, author, comment, config, container_config, created,
	    docker_version, os;
};

static enum result
read_image(const struct making *mk, size_t i, struct image *out, struct err *err)
{
	const struct json_pick wanted[] = {
	    {"architecture", &out->architecture},
	    {"author", &out->author},
	    {"comment", &out->comment},
	    {"config", &out->config},
	    {"container_config", &out->container_config},
	    {"created", &out->created},
	    {"docker_version", &out->docker_version},
	    {"os", &out->os},
	};
	struct json_fault fault;
	struct str root;

	if (!json_slice_check(mk->layers[i].json, &root, &fault))
		return err_set(err, RC_BAD_DATA,
		    "the json of image %zu of %zu, counted from the base, must be "
		    "JSON: %s at byte %zu",
		    i + 1, mk->n, fault.why, fault.at);
	if (!json_slice_pick(root, wanted, sizeof(wanted) / sizeof(wanted[0])))
		return err_set(err, RC_BAD_DATA,
		    "the json of image %zu of %zu, counted from the base, must be an "
		    "object",
		    i + 1, mk->n);
	return RC_OK;
}

/* ---- the config ---- */

/* A member, unless its text is empty. */
static void
write_text(struct making *mk, const char *name, struct str text)
{
	if (text.n > 0)
		canonical_write_member(&mk->buf, name, text);
}

static void
write_time(struct making *mk, struct str v)
{
	struct str text = json_slice_text(mk->arena, v);
	struct rfc3339 ignored;

	/* a client written in Go refuses a config with another text */
	if (rfc3339_parse(text, &ignored))
		canonical_write_member(&mk->buf, "created", text);
}

static enum result
write_entry(struct making *mk, size_t i, struct err *err)
{
	struct image image;
	enum result r = read_image(mk, i, &image, err);

	if (r != RC_OK)
		return r;
	canonical_write_comma(&mk->buf);
	buf_addc(&mk->buf, '{');
	write_text(mk, "author", json_slice_text(mk->arena, image.author));
	write_text(mk, "comment", json_slice_text(mk->arena, image.comment));
	write_time(mk, image.created);
	write_text(mk, "created_by",
	    canonical_config_command(
		mk->arena, json_slice_get(image.container_config, "Cmd")));
	if (!has_layer(mk, i)) {
		canonical_write_name(&mk->buf, "empty_layer");
		buf_adds(&mk->buf, "true");
	}
	buf_addc(&mk->buf, '}');
	return RC_OK;
}

static enum result
write_history(struct making *mk, struct err *err)
{
	enum result r = RC_OK;
	size_t i;

	canonical_write_name(&mk->buf, "history");
	buf_addc(&mk->buf, '[');
	for (i = 0; r == RC_OK && i < mk->n; i++)
		r = write_entry(mk, i, err);
	buf_addc(&mk->buf, ']');
	return r;
}

static void
write_rootfs(struct making *mk)
{
	const struct digest *diff_id;
	size_t i;

	canonical_write_name(&mk->buf, "rootfs");
	buf_adds(&mk->buf, "{\"diff_ids\":[");
	for (i = 0; i < mk->n; i++)
		if (has_layer(mk, i)) {
			diff_id = &mk->layers[i].sums.diff_id;
			canonical_write_comma(&mk->buf);
			buf_printf(&mk->buf, "\"%s:%s\"", digest_algorithm(diff_id),
			    diff_id->hex);
		}
	buf_adds(&mk->buf, "],\"type\":\"layers\"}");
}

/* docker before 0.7.3 wrote x86_64, and before 0.4 nothing. */
static struct str
architecture_of(struct making *mk, const struct image *top)
{
	struct str text = json_slice_text(mk->arena, top->architecture);

	return text.n == 0 || str_is(text, "x86_64") ? str_of("amd64") : text;
}

static enum result
write_config(struct making *mk, struct err *err)
{
	struct image top;
	struct str os;
	enum result r = read_image(mk, mk->n - 1, &top, err);

	if (r != RC_OK)
		return r;
	os = json_slice_text(mk->arena, top.os);
	buf_addc(&mk->buf, '{');
	canonical_write_member(&mk->buf, "architecture", architecture_of(mk, &top));
	write_text(mk, "author", json_slice_text(mk->arena, top.author));
	canonical_write_name(&mk->buf, "config");
	r = canonical_config_write(mk->arena, &mk->buf, top.config, err);
	if (r != RC_OK)
		return r;
	write_time(mk, top.created);
	write_text(
	    mk, "docker_version", json_slice_text(mk->arena, top.docker_version));
	r = write_history(mk, err);
	canonical_write_member(&mk->buf, "os", os.n > 0 ? os : str_of("linux"));
	write_rootfs(mk);
	buf_addc(&mk->buf, '}');
	return r;
}

/* ---- the manifest ---- */

static void
write_descriptor(
    struct buf *b, const char *type, uint64_t size, const struct digest *digest)
{
	canonical_write_comma(b);
	buf_printf(b,
	    "{\"mediaType\":\"%s\",\"size\":%" PRIu64 ",\"digest\":\"%s:%s\"}",
	    type, size, digest_algorithm(digest), digest->hex);
}

static void
write_manifest(struct making *mk, const struct canonical *config)
{
	const struct digest *digest;
	uint64_t size;
	size_t i;

	buf_adds(&mk->buf, "{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST_SCHEMA2
			   "\",\"config\":");
	write_descriptor(&mk->buf, MANIFEST_SCHEMA2_CONFIG, config->config.n,
	    &config->config_digest);
	buf_adds(&mk->buf, ",\"layers\":[");
	for (i = 0; i < mk->n; i++)
		if (has_layer(mk, i)) {
			digest = layer_sums_blob(&mk->layers[i].sums, &size);
			write_descriptor(&mk->buf,
			    layer_sums_type(&mk->layers[i].sums), size, digest);
		}
	buf_adds(&mk->buf, "]}");
}

/* ---- both ---- */

static enum result
finish(struct making *mk, const char *what, struct str *bytes,
    struct digest *digest, struct err *err)
{
	if (mk->buf.full)
		return err_set(err, RC_TOO_LARGE,
		    "the %s would be larger than %zu bytes, the limit of clients",
		    what, CANONICAL_MAX);
	*bytes = buf_str(&mk->buf);
	digest_of(HASH_SHA256, *bytes, digest);
	return RC_OK;
}

enum result
canonical_make(struct arena *a, const struct canonical_layer *layers, size_t n,
    struct canonical *out, struct err *err)
{
	struct making mk = {.arena = a,
	    .layers = layers,
	    .n = n,
	    .all_zero = are_all_zero(layers, n)};
	enum result r;

	assert(n > 0);
	buf_init(&mk.buf, a, CANONICAL_MAX);
	r = write_config(&mk, err);
	if (r == RC_OK)
		r = finish(&mk, "config", &out->config, &out->config_digest, err);
	if (r != RC_OK)
		return r;
	buf_init(&mk.buf, a, CANONICAL_MAX);
	write_manifest(&mk, out);
	return finish(&mk, "manifest", &out->manifest, &out->manifest_digest, err);
}
