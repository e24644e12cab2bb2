/* v1chain.c: see v1chain.h.
 *
 * The id of an image is a hash over the digest of its layer and the id of its parent, that of
 * the top over the config as well: two manifests with the same lower layers have the same
 * images, and docker fetches them once. The formula is that of distribution 2.3 to 2.8, which
 * uses it to make schema 1 of schema 2, so dockers of every age know the images by the same
 * ids:
 *
 *	below the top	sha256(layer " " parent)
 *	the top		sha256(layer " " parent " " config)
 *
 * where layer is the digits of its digest (of an image without a layer those of
 * v1chain_empty_layer), parent is an id, empty for the base, and config all bytes of the
 * config. If the config names a base_layer (of Windows), the base has a parent in its json
 * that is made of that name and is not in the chain. */
#include "image/v1chain.h"

#include <string.h>

#include "base/buf.h"
#include "base/json_slice.h"
#include "base/json_sorted.h"
#include "base/jsonw.h"
#include "image/v1chain_history.h"
#include "image/v1chain_json.h"
#include "image/v1chain_manifest.h"

static const char empty_layer[] =
    "\x1f\x8b\x08\x00\x00\x09\x6e\x88\x00\xff\x62\x18\x05\xa3\x60\x14"
    "\x8c\x58\x00\x08\x00\x00\xff\xff\x2e\xaf\xb5\xef\x00\x04\x00\x00";

const struct str v1chain_empty_layer = {empty_layer, sizeof(empty_layer) - 1};

/* The config, and the members that are read, slices of JSON. */
struct config {
	struct str bytes; /* all of them, for the hash */
	struct str root;  /* without the blanks around it */
	struct str os, architecture, rootfs;
	struct v1chain_config_parts parts;
};

/* ---- the config ---- */

static enum result
read_config(struct config *c, struct err *err)
{
	const struct json_pick wanted[] = {
	    {"architecture", &c->architecture},
	    {"created", &c->parts.created},
	    {"history", &c->parts.history},
	    {"os", &c->os},
	    {"rootfs", &c->rootfs},
	};
	struct json_fault fault;

	if (!json_slice_check(c->bytes, &c->root, &fault))
		return err_set(err, RC_BAD_DATA,
		    "the config must be JSON: %s at byte %zu", fault.why, fault.at);
	if (!json_slice_pick(c->root, wanted, sizeof(wanted) / sizeof(wanted[0])))
		return err_set(
		    err, RC_BAD_DATA, "the config must be a JSON object");
	return RC_OK;
}

static enum result
check_platform(struct arena *a, const struct config *c,
    const struct v1chain_platform *platform, struct err *err)
{
	struct str os = json_slice_text(a, c->os);
	struct str architecture = json_slice_text(a, c->architecture);

	if (v1chain_is_for(a, platform, c->os, c->architecture))
		return RC_OK;
	if (os.n == 0)
		os = str_of("linux");
	if (architecture.n == 0)
		architecture = str_of("amd64");
	return err_set(err, RC_NOT_BRIDGED,
	    "the image is for %.*s/%.*s; dockers before 1.10 get those for %s/%s",
	    STR_ARG(os), STR_ARG(architecture), platform->os,
	    platform->architecture);
}

/* A config of another image would give ids that mean nothing. */
static enum result
check_rootfs(const struct config *c, size_t layers, struct err *err)
{
	size_t n = json_slice_count(json_slice_get(c->rootfs, "diff_ids"));

	if (n == layers)
		return RC_OK;
	return err_set(err, RC_NOT_BRIDGED,
	    "the config has %zu diff_ids, and the manifest %zu layers: they must be "
	    "as many",
	    n, layers);
}

/* ---- the chain ---- */

struct making {
	struct arena *arena;
	struct v1chain_writer writer;
	const struct config *config;
	struct v1chain_history history;
	const struct v1chain_layer *layer; /* the next */
	struct v1chain_image *images;
};

/* The parent in the json of the base; NULL: none. */
static const char *
parent_of_base(struct making *mk)
{
	struct str name = json_slice_text(
	    mk->arena, json_slice_get(mk->config->rootfs, "base_layer"));
	char hex[HASH_SHA384_HEX_SIZE];

	/* distribution forgets it if the base is also the top */
	if (name.n == 0 || mk->history.n == 1)
		return NULL;
	hash_sha384(name, hex);
	return arena_strndup(mk->arena, hex, HASH_SHA256_HEX_SIZE - 1);
}

static void
set_layer(struct making *mk, struct v1chain_image *image, bool empty)
{
	image->throwaway = empty;
	if (empty) {
		image->layer.kind = HASH_SHA256;
		memcpy(
		    image->layer.hex, V1CHAIN_EMPTY_HEX, sizeof(V1CHAIN_EMPTY_HEX));
		image->layer_size = v1chain_empty_layer.n;
		return;
	}
	image->layer = mk->layer->digest;
	image->layer_size = mk->layer->size;
	mk->layer++;
}

static void
set_id(struct making *mk, size_t i, const char *parent)
{
	struct v1chain_image *image = &mk->images[i];
	struct hash h;

	hash_begin(&h, HASH_SHA256);
	hash_add(&h, image->layer.hex, strlen(image->layer.hex));
	hash_add(&h, " ", 1);
	hash_add(&h, parent, strlen(parent));
	if (i + 1 == mk->history.n) {
		hash_add(&h, " ", 1);
		hash_add(&h, mk->config->bytes.p, mk->config->bytes.n);
	}
	hash_end(&h, image->id);
}

/* False: the config has too many members. */
static bool
make_chain(struct making *mk)
{
	const struct v1chain_entry *entry = mk->history.entries;
	size_t i, top = mk->history.n - 1;

	mk->images = arena_alloc(mk->arena, mk->history.n * sizeof(*mk->images));
	for (i = 0; i <= top; i++, entry++) {
		struct v1chain_image *image = &mk->images[i];

		set_layer(mk, image, entry->empty);
		set_id(mk, i, i == 0 ? "" : mk->images[i - 1].id);
		image->parent = i == 0 ? parent_of_base(mk) : mk->images[i - 1].id;
		if (i < top)
			v1chain_write_json(&mk->writer, entry, image);
	}
	return v1chain_write_top(
	    &mk->writer, &entry[-1], mk->config->root, &mk->images[top]);
}

static enum result
check_jsons(const struct making *mk, bool ok, struct err *err)
{
	if (mk->writer.full)
		return err_set(err, RC_NOT_BRIDGED,
		    "the jsons of its images would have more than %zu bytes, the "
		    "limit",
		    V1CHAIN_JSON_MAX);
	if (!ok)
		return err_set(err, RC_BAD_DATA,
		    "an object of the config has more than %d members",
		    JSON_SORTED_MAX);
	return RC_OK;
}

enum result
v1chain_make(struct arena *a, const struct v1chain_source *source,
    const struct v1chain_platform *platform, struct v1chain *out, struct err *err)
{
	struct config c = {.bytes = source->config};
	struct making mk = {.arena = a,
	    .writer = {.arena = a, .left = V1CHAIN_JSON_MAX},
	    .config = &c};
	struct v1chain_layers layers;
	enum result r = v1chain_read_layers(a, source->manifest, &layers, err);

	if (r == RC_OK)
		r = read_config(&c, err);
	if (r == RC_OK)
		r = check_platform(a, &c, platform, err);
	if (r == RC_OK)
		r = check_rootfs(&c, layers.n, err);
	if (r == RC_OK)
		r = v1chain_read_history(a, &c.parts, layers.n, &mk.history, err);
	if (r != RC_OK)
		return r;
	mk.layer = layers.items;
	r = check_jsons(&mk, make_chain(&mk), err);
	if (r == RC_OK)
		*out = (struct v1chain){.images = mk.images,
		    .n = mk.history.n,
		    .architecture = str_dup(a, json_slice_text(a, c.architecture))};
	return r;
}

/* ---- the finished chain ---- */

struct str
v1chain_ancestry(struct arena *a, const struct v1chain *chain, size_t at)
{
	struct jsonw w;
	struct buf b;
	size_t i;

	buf_init(&b, a, V1CHAIN_MAX * (sizeof(chain->images->id) + 4));
	jsonw_init(&w, buf_sink(&b));
	jsonw_array(&w);
	for (i = at + 1; i > 0; i--)
		jsonw_text(&w, chain->images[i - 1].id);
	jsonw_end(&w);
	return buf_str(&b);
}

size_t
v1chain_find(const struct v1chain *chain, const char *id)
{
	size_t i;

	for (i = 0; i < chain->n; i++)
		if (strcmp(chain->images[i].id, id) == 0)
			break;
	return i;
}
