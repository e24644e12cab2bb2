/* docker_archive.c: see docker_archive.h.
 *
 *	[{"Config": "<digits>.json", "RepoTags": ["repository:tag"],
 *	  "Layers": ["<digits>.tar", ...]}, ...]
 *
 * An archive names its files as it likes and has no digests but those of the config: the diff_id of
 * each layer, which is that of the tar archive in it. So an import reads each layer for its
 * diff_id, then stores its bytes as they are, plain or compressed by gzip, and makes the manifest. */
#include "port/docker_archive.h"

#include <string.h>

#include "base/json.h"
#include "base/jsonw.h"
#include "content/blob.h"
#include "image/layer_sums.h"
#include "layer/layer_read.h"
#include "port/importing.h"
#include "port/v1files.h"
#include "store/bridge.h"
#include "store/guard.h"

#define MANIFEST       "manifest.json"
#define SCHEMA2        "application/vnd.docker.distribution.manifest.v2+json"
#define SCHEMA2_CONFIG "application/vnd.docker.container.image.v1+json"
#define LAYERS_MAX     1024

bool
docker_archive_is(const struct input *in)
{
	return input_has(in, MANIFEST);
}

/* ---- which image of the archive ---- */

static const struct json *
find_named(const struct json *list, const char *name)
{
	const struct json *tags;
	size_t i, k;

	for (i = 0; i < json_length(list); i++) {
		tags = json_get(json_at(list, i), "RepoTags");
		for (k = 0; k < json_length(tags); k++)
			if (str_is(json_text(json_at(tags, k)), name))
				return json_at(list, i);
	}
	return NULL;
}

static enum result
choose(const struct importing *imp, const struct port_import *how,
    const struct port_name *to, const struct json **out)
{
	const struct task *t = imp->task;
	const char *name = how->image, *why;
	struct json *list;
	struct str text;
	enum result r = input_read(t, imp->from, MANIFEST, MANIFEST_MAX, &text);

	if (r != RC_OK)
		return r;
	if (!json_parse(t->arena, text, &list, &why))
		return err_set(t->err, RC_BAD_DATA, "manifest.json: %s", why);
	if (name == NULL)
		name = arena_printf(t->arena, "%s:%s", to->repository, to->tag);
	*out = how->image == NULL && json_length(list) == 1
		   ? json_at(list, 0)
		   : find_named(list, name);
	if (*out != NULL)
		return RC_OK;
	return err_set(t->err, RC_BAD_DATA,
	    "manifest.json lists %zu images, none of them with the tag \"%s\"; "
	    "choose one with --image",
	    json_length(list), name);
}

/* ---- import ---- */

/* An image of an archive, and the manifest that is made of it. */
struct image {
	const struct json *entry; /* of manifest.json */
	const struct json *diff_ids;
	struct buf manifest;
};

/* The name of a file, which an entry of manifest.json gives. */
static enum result
read_name(const struct task *t, const struct json *value, const char **out)
{
	struct str text = json_text(value);

	while (str_starts(text, "./"))
		text = str_make(text.p + 2, text.n - 2);
	if (!input_is_name(text))
		return err_set(t->err, RC_BAD_DATA,
		    "manifest.json: Config and Layers must be names of files in the "
		    "archive");
	*out = str_dup(t->arena, text);
	return RC_OK;
}

static void
add_descriptor(struct buf *b, const char *type, uint64_t size, const char *digest)
{
	buf_printf(b, "{\"mediaType\":\"%s\",\"size\":%llu,\"digest\":\"%s\"}",
	    type, (unsigned long long)size, digest);
}

/* docker save names the config by its digest: then it must have it. */
static enum result
check_config_name(
    const struct task *t, const char *name, const struct digest *config)
{
	const char *last = strrchr(name, '/');
	struct str base = str_of(last == NULL ? name : last + 1);

	if (str_ends(base, ".json"))
		base.n -= strlen(".json");
	if (base.n == strlen(config->hex) &&
	    strspn(base.p, "0123456789abcdef") >= base.n &&
	    !str_is(base, config->hex))
		return err_set(t->err, RC_MISMATCH,
		    "%s: the bytes have the digest %s", name,
		    digest_text(t->arena, config));
	return RC_OK;
}

static enum result
import_config(const struct importing *imp, struct image *im)
{
	const struct task *t = imp->task;
	struct json *config;
	struct digest d;
	const char *name, *why;
	struct str text;
	enum result r = read_name(t, json_get(im->entry, "Config"), &name);

	if (r == RC_OK)
		r = input_read(t, imp->from, name, MANIFEST_MAX, &text);
	if (r != RC_OK)
		return r;
	if (!json_parse(t->arena, text, &config, &why))
		return err_set(t->err, RC_BAD_DATA, "%s: %s", name, why);
	im->diff_ids = json_get(json_get(config, "rootfs"), "diff_ids");
	digest_of(HASH_SHA256, text, &d);
	add_descriptor(
	    &im->manifest, SCHEMA2_CONFIG, text.n, digest_text(t->arena, &d));
	r = check_config_name(t, name, &d);
	return r == RC_OK ? importing_blob(imp, name, &d) : r;
}

/* Reads the layer to its end; at most a few layers at once, on the whole machine. */
static enum result
read_sums(const struct importing *imp, const char *name, struct layer_sums *out)
{
	const struct task *t = imp->task;
	struct guard held = {0};
	struct source source;
	enum result r = input_file(imp->from, t->arena, name, &source, t->err);

	if (r == RC_OK)
		r = guard_take_walk(t->reg->store, &held, t->err);
	if (r == RC_OK)
		r = layer_read(&source, NULL, out, t->err);
	guard_release(&held);
	if (r == RC_OK && !layer_sums_is_served(out))
		r = err_set(t->err, RC_BAD_LAYER,
		    "it must be a plain tar archive, or one of gzip");
	return r;
}

static enum result
import_layer(const struct importing *imp, struct image *im, size_t i)
{
	const struct task *t = imp->task;
	const char *name, *diff_id;
	struct layer_sums sums;
	enum result r = read_name(
	    t, json_at(json_get(im->entry, "Layers"), i), &name);

	if (r == RC_OK)
		r = read_sums(imp, name, &sums);
	if (r != RC_OK)
		return r;
	diff_id = digest_text(t->arena, &sums.diff_id);
	if (!str_is(json_text(json_at(im->diff_ids, i)), diff_id))
		return err_set(t->err, RC_MISMATCH,
		    "%s: its tar archive has the digest %s, the config says another",
		    name, diff_id);
	if (i > 0)
		buf_addc(&im->manifest, ',');
	add_descriptor(&im->manifest, layer_sums_type(&sums), sums.size,
	    digest_text(t->arena, &sums.digest));
	return importing_blob(imp, name, &sums.digest);
}

static enum result
import_layers(const struct importing *imp, struct image *im)
{
	struct arena *scratch = arena_new();
	size_t n = json_length(json_get(im->entry, "Layers")), i;
	enum result r = RC_OK;

	if (n != json_length(im->diff_ids) || n > LAYERS_MAX)
		r = err_set(imp->task->err, RC_BAD_DATA,
		    "manifest.json lists %zu layers, the config %zu; both must list the "
		    "same, at most %d",
		    n, json_length(im->diff_ids), LAYERS_MAX);
	for (i = 0; r == RC_OK && i < n; i++) {
		struct importing own = *imp;

		arena_clear(scratch);
		own.task = task_with_arena(imp->task, scratch);
		r = import_layer(&own, im, i);
	}
	arena_free(scratch);
	return r;
}

enum result
docker_archive_import(const struct task *t, const struct input *in,
    const struct port_import *how, const struct port_name *to, const char **what)
{
	struct importing_manifest m = {.type = str_of(SCHEMA2), .tag = to->tag};
	struct image im = {.entry = NULL};
	struct importing imp;
	enum result r = importing_begin(t, in, to, &imp);

	if (r == RC_OK)
		r = choose(&imp, how, to, &im.entry);
	buf_init(&im.manifest, t->arena, MANIFEST_MAX);
	buf_adds(&im.manifest,
	    "{\"schemaVersion\":2,\"mediaType\":\"" SCHEMA2 "\",\"config\":");
	if (r == RC_OK)
		r = import_config(&imp, &im);
	buf_adds(&im.manifest, ",\"layers\":[");
	if (r == RC_OK)
		r = import_layers(&imp, &im);
	buf_adds(&im.manifest, "]}");
	if (r != RC_OK)
		return r;
	m.bytes = buf_str(&im.manifest);
	digest_of(HASH_SHA256, m.bytes, &m.digest);
	*what = digest_text(t->arena, &m.digest);
	return importing_manifest(&imp, &m);
}

/* ---- export ---- */

/* The form of today's dockers, on its way out. */
struct leaving {
	const struct exporting *ex;
	const char *config;
	struct layer {
		const char *name;
		const struct content *content;
	} * layers;
	size_t n;
};

static const char *
find_same(void *arg, const struct content *content)
{
	const struct leaving *l = arg;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (store_content_is_same(
			l->ex->task->reg->store, l->layers[i].content, content))
			return l->layers[i].name;
	return NULL;
}

static enum result
write_layer(struct leaving *l, struct layer *layer, struct str digest)
{
	const struct exporting *ex = l->ex;
	const struct task *t = ex->task;
	struct store_blob blob;
	struct digest d;
	enum result r = digest_parse(digest, &d, t->err);

	if (r == RC_OK)
		r = blob_find(t, ex->from->repository, &d, &blob);
	if (r != RC_OK)
		return r;
	*layer = (struct layer){
	    arena_printf(t->arena, "%s.tar", d.hex), blob.content};
	return exporting_blob(ex, &d, layer->name);
}

/* The layers in their order, which manifest_parse() does not keep. */
static enum result
write_layers(struct leaving *l, const struct json *list)
{
	enum result r = RC_OK;

	l->layers = arena_alloc(
	    l->ex->task->arena, (json_length(list) + 1) * sizeof(*l->layers));
	while (r == RC_OK && l->n < json_length(list)) {
		r = write_layer(l, &l->layers[l->n],
		    json_text(json_get(json_at(list, l->n), "digest")));
		if (r == RC_OK)
			l->n++;
	}
	return r;
}

static enum result
write_config(struct leaving *l, const struct json *descriptor)
{
	const struct task *t = l->ex->task;
	struct digest d;
	enum result r = digest_parse(
	    json_text(json_get(descriptor, "digest")), &d, t->err);

	if (r != RC_OK)
		return err_set(t->err, RC_NOT_BRIDGED,
		    "a docker-archive holds an image; this manifest has no config");
	l->config = arena_printf(t->arena, "%s.json", d.hex);
	return exporting_blob(l->ex, &d, l->config);
}

static enum result
write_manifest(const struct leaving *l)
{
	const struct port_name *from = l->ex->from;
	struct jsonw w;
	struct buf b;
	size_t i;

	buf_init(&b, l->ex->task->arena, MANIFEST_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_array(&w);
	jsonw_object(&w);
	jsonw_key(&w, "Config");
	jsonw_text(&w, l->config);
	jsonw_key(&w, "RepoTags");
	jsonw_array(&w);
	if (from->digest == NULL)
		jsonw_text(&w, arena_printf(l->ex->task->arena, "%s:%s",
				   from->repository, from->tag));
	jsonw_end(&w);
	jsonw_key(&w, "Layers");
	jsonw_array(&w);
	for (i = 0; i < l->n; i++)
		jsonw_text(&w, l->layers[i].name);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_end(&w);
	return output_text(l->ex->to, MANIFEST, buf_str(&b));
}

static enum result
export_now(struct leaving *l, const char **what)
{
	const struct task *t = l->ex->task;
	struct manifests_found found;
	struct manifest manifest;
	struct json *root;
	const char *why;
	enum result r = exporting_find(l->ex, &found);

	if (r == RC_OK)
		r = exporting_parse(l->ex, &found, &manifest);
	if (r != RC_OK)
		return r;
	if (!json_parse(t->arena, found.bytes, &root, &why))
		return err_set(t->err, RC_BAD_MANIFEST, "%s", why);
	*what = digest_text(t->arena, &found.digest);
	r = write_config(l, json_get(root, "config"));
	if (r == RC_OK)
		r = write_layers(l, json_get(root, "layers"));
	return r == RC_OK ? write_manifest(l) : r;
}

/* Has the name no image, or the image no form of this API? */
static bool
is_absent(enum result r)
{
	return r == RC_NOT_BRIDGED || r == RC_MANIFEST_UNKNOWN ||
	       r == RC_TAG_UNKNOWN || r == RC_REPOSITORY_UNKNOWN ||
	       r == RC_BAD_NAME;
}

/* The form of API v1 of an index is that of the registry's platform. */
static enum result
export_old(struct leaving *l, const char **id)
{
	const struct exporting *ex = l->ex;

	if (ex->platform != ex->task->reg->platform)
		return RC_NOT_BRIDGED;
	return v1files_export_saved(ex, find_same, l, id);
}

enum result
docker_archive_export(const struct exporting *ex, const char **what)
{
	struct leaving l = {.ex = ex};
	const char *id;
	struct err why;
	enum result now = export_now(&l, what), old;

	if (now != RC_OK && !is_absent(now))
		return now;
	why = *ex->task->err;
	old = export_old(&l, &id);
	if (old == RC_OK && now != RC_OK)
		*what = id;
	if (!is_absent(old))
		return old;
	*ex->task->err = why;
	return now;
}
