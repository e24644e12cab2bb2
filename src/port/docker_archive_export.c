/* docker_archive_export.c: docker_archive_export() of docker_archive.h. The files for docker 1.10
 * and later are written first; those for earlier versions link to the layers among them. */
#include "port/docker_archive.h"

#include "base/json.h"
#include "base/jsonw.h"
#include "content/blob.h"
#include "image/manifest.h"
#include "port/v1files.h"

/* ---- for docker 1.10 and later ---- */

/* What is exported. */
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
	return output_text(l->ex->to, DOCKER_ARCHIVE_MANIFEST, buf_str(&b));
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

/* ---- for all dockers ---- */

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
