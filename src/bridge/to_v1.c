/* to_v1.c: see to_v1.h. Nothing of it is stored: ids, jsons and ancestries are computed from
 * manifest and config for each request, and layers are the blobs themselves. */
#include "bridge/to_v1.h"

#include <string.h>

#include "bridge/origins.h"
#include "bridge/tag_entry.h"
#include "bridge/to_v1_find.h"
#include "bridge/to_v1_layer.h"
#include "image/reference.h"
#include "index/index.h"

/* ---- an image ---- */

enum result
to_v1_json(const struct task *t, const char *id, struct to_v1_image *out)
{
	struct to_v1_found found;
	const struct content *layer;
	enum result r = to_v1_find(t, id, &found);

	if (r == RC_OK)
		r = to_v1_layer_find(t, &found, found.at, &layer);
	if (r != RC_OK)
		return r;
	*out = (struct to_v1_image){.json = found.chain.images[found.at].json,
	    .layer_size = store_content_size(layer),
	    .repository = found.repository,
	    .may_change = found.at + 1 < found.chain.n};
	return RC_OK;
}

enum result
to_v1_ancestry(const struct task *t, const char *id, struct str *out)
{
	struct to_v1_found found;
	enum result r = to_v1_find(t, id, &found);

	if (r == RC_OK)
		*out = v1chain_ancestry(t->arena, &found.chain, found.at);
	return r;
}

enum result
to_v1_layer(const struct task *t, const char *id, const struct content **out)
{
	struct to_v1_found found;
	enum result r = to_v1_find(t, id, &found);

	return r == RC_OK ? to_v1_layer_find(t, &found, found.at, out) : r;
}

/* ---- a tag ---- */

enum result
to_v1_tag(const struct task *t, const struct pair *p, const char *tag,
    const struct digest *d, const char **id)
{
	const struct tag_entry entry = {p->v2, tag, {.in = PAIR_V2, .digest = *d}};
	struct v1chain chain;
	bool known = false;
	enum result r = to_v1_chain(t, p->v2, d, &chain);

	if (r == RC_MANIFEST_UNKNOWN)
		return err_set(t->err, RC_TAG_UNKNOWN, "its manifest %s is lost",
		    digest_text(t->arena, d));
	if (r != RC_OK)
		return r;
	*id = chain.images[chain.n - 1].id;
	/* the index may have missed the push, or what was made after it */
	r = to_v1_has(t, p, *id, &known);
	return r == RC_OK && !known ? tag_entry_put(t, &entry) : r;
}

/* ---- what a repository has ---- */

enum result
to_v1_has(const struct task *t, const struct pair *p, const char *id, bool *out)
{
	enum result r;

	*out = false;
	if (p->v2 == NULL)
		return RC_OK;
	r = origins_has(t, p->v2, id, out);
	return r == RC_REBUILDING ? RC_OK : r;
}

struct listing {
	bool (*tag)(void *arg, const char *tag, const char *id);
	bool (*image)(void *arg, struct str id);
	void *arg;
	char name[REFERENCE_TAG_MAX + 1], id[V1NAME_IMAGE_ID_SIZE];
};

static bool
copy_text(char *out, size_t size, struct str text)
{
	if (text.n >= size)
		return false;
	memcpy(out, text.p, text.n);
	out[text.n] = '\0';
	return true;
}

static bool
show_tag(void *arg, const struct index_tag *tag)
{
	struct listing *l = arg;

	if (!copy_text(l->name, sizeof(l->name), tag->name) ||
	    !copy_text(l->id, sizeof(l->id), tag->image))
		return true; /* not from counterpart_rows_of_manifest() */
	return l->tag(l->arg, l->name, l->id);
}

enum result
to_v1_tags(const struct task *t, const struct pair *p,
    bool (*visit)(void *arg, const char *tag, const char *id), void *arg)
{
	struct listing l = {.tag = visit, .arg = arg};
	const struct index_page all = {str_of(""), SIZE_MAX};
	const struct index_tag_visitor visitor = {show_tag, &l};

	return p->v2 == NULL ? RC_OK
			     : index_tag_images(t->reg->index, str_of(p->v2), &all,
				   &visitor, t->err);
}

/* Counterparts of the repository's tags of API v1 are digests. */
static bool
show_image(void *arg, struct str key)
{
	struct listing *l = arg;

	return !v1name_is_image_id(key) || l->image(l->arg, key);
}

enum result
to_v1_images(const struct task *t, const struct pair *p,
    bool (*visit)(void *arg, struct str id), void *arg)
{
	struct listing l = {.image = visit, .arg = arg};
	const struct index_page all = {str_of(""), SIZE_MAX};
	const struct index_name_visitor visitor = {show_image, &l};

	return p->v2 == NULL ? RC_OK
			     : index_counterpart_keys(t->reg->index, str_of(p->v2),
				   &all, &visitor, t->err);
}
