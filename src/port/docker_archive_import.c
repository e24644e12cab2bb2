/* docker_archive_import.c: docker_archive_is() and docker_archive_import() of docker_archive.h.
 *
 * An archive names its files as it likes and has no digests but those of the config: the diff_id
 * of each layer, which is that of the tar archive in it. So an import reads each layer for its
 * diff_id, then stores its bytes as they are, plain or compressed by gzip, and makes the manifest. */
#include "port/docker_archive.h"

#include <string.h>

#include "base/json.h"
#include "image/layer_sums.h"
#include "image/manifest.h"
#include "layer/layer_read.h"
#include "port/importing.h"
#include "store/guard.h"

#define LAYERS_MAX 1024

bool
docker_archive_is(const struct input *in)
{
	return input_has(in, DOCKER_ARCHIVE_MANIFEST);
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
	enum result r = input_read(
	    t, imp->from, DOCKER_ARCHIVE_MANIFEST, MANIFEST_MAX, &text);

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
	add_descriptor(&im->manifest, MANIFEST_SCHEMA2_CONFIG, text.n,
	    digest_text(t->arena, &d));
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
	struct str want;
	enum result r = read_name(
	    t, json_at(json_get(im->entry, "Layers"), i), &name);

	if (r == RC_OK)
		r = read_sums(imp, name, &sums);
	if (r != RC_OK)
		return r;
	diff_id = digest_text(t->arena, &sums.diff_id);
	want = json_text(json_at(im->diff_ids, i));
	if (!str_is(want, diff_id))
		return err_set(t->err, RC_MISMATCH,
		    "%s: its tar archive has the digest %s, the config says \"%.*s\"",
		    name, diff_id, STR_ARG(want));
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
	struct importing_manifest m = {
	    .type = str_of(MANIFEST_SCHEMA2), .tag = to->tag};
	struct image im = {.entry = NULL};
	struct importing imp;
	enum result r = importing_begin(t, in, to, &imp);

	if (r == RC_OK)
		r = choose(&imp, how, to, &im.entry);
	buf_init(&im.manifest, t->arena, MANIFEST_MAX);
	buf_adds(&im.manifest,
	    "{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST_SCHEMA2
	    "\",\"config\":");
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
