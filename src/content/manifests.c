/* manifests.c: manifests_get() of manifests.h: which form of an image a client gets.
 *
 *	reference	is			the client gets
 *	a digest	stored			that
 *			a form of an image	that form (bridge/to_v2.h)
 *	a tag		of API v2		its manifest; if it is of schema 1, and the client
 *						reads only others: its schema 2 form
 *			of API v1		its schema 2 form
 *			of either		schema 1, if the client reads nothing else
 *
 * Schema 1 is signed for each answer (signature.h). */
#include "content/manifests.h"

#include "bridge/to_schema1.h"
#include "bridge/to_v2.h"
#include "content/meaning.h"
#include "content/signature.h"
#include "image/manifest.h"
#include "image/schema1.h"
#include "registry/manifest_load.h"
#include "registry/worklimit.h"
#include "store/blob.h"
#include "store/manifest.h"

/* ---- what is stored ---- */

/* Only for a long manifest: it is sent from its file, so its bytes do not stay in
 * memory until a client has read them. */
static enum result
find_file(const struct task *t, const struct manifests_found *found,
    const struct content **out)
{
	struct store_blob blob;
	enum result r;

	if (found->bytes.n <= WORKLIMIT_FREE)
		return RC_OK;
	r = store_blob_find_anywhere(
	    t->reg->store, t->arena, &found->digest, &blob, t->err);
	if (r == RC_OK)
		*out = blob.content;
	return r == RC_BLOB_UNKNOWN ? RC_MANIFEST_UNKNOWN : r;
}

static enum result
find_stored(const struct task *t, const char *name, const struct digest *d,
    struct manifests_found *out)
{
	struct store_manifest stored;
	enum result r = manifest_load_bytes(t, name, d, MANIFEST_MAX, &stored);

	if (r != RC_OK)
		return r;
	out->digest = stored.digest;
	out->bytes = stored.bytes;
	return manifest_load_type(t, name, &stored, &out->type);
}

/* As it goes to the client. */
static enum result
finish_stored(const struct task *t, struct manifests_found *out)
{
	return schema1_is_type(out->type)
		   ? signature_add(t, &out->bytes, &out->type)
		   : find_file(t, out, &out->content);
}

/* ---- other forms ---- */

static void
take_form(const struct to_v2_manifest *form, struct manifests_found *out)
{
	out->digest = form->digest;
	out->bytes = form->bytes;
	out->type = form->type;
}

/* The digest is that of the payload. */
static enum result
take_schema1(const struct task *t, enum result r, struct str payload,
    struct manifests_found *out)
{
	if (r != RC_OK)
		return r;
	digest_of(HASH_SHA256, payload, &out->digest);
	out->bytes = payload;
	return signature_add(t, &out->bytes, &out->type);
}

/* ---- by digest ---- */

static enum result
get_digest(const struct task *t, const char *name, const struct digest *d,
    struct manifests_found *out)
{
	struct to_v2_manifest form;
	enum result r = find_stored(t, name, d, out);

	if (r == RC_OK)
		return finish_stored(t, out);
	if (r == RC_MANIFEST_UNKNOWN)
		r = to_v2_digest(t, name, d, &form);
	if (r == RC_OK)
		take_form(&form, out);
	return r;
}

/* ---- by tag ---- */

static enum result
get_v1_tag(const struct task *t, const struct meaning *m, enum manifests_form form,
    struct manifests_found *out)
{
	struct to_v2_manifest schema2;
	struct str payload;
	enum result r;

	/* also for schema 1: it enters the layers in the index, which finds them for the
	 * requests that follow */
	r = to_v2_tag(t, &m->pair, m->tag, m->is.image, &schema2);
	if (r != RC_OK)
		return r;
	if (form != MANIFESTS_SCHEMA1) {
		take_form(&schema2, out);
		return RC_OK;
	}
	r = to_schema1_of_image(t, &m->pair, m->tag, m->is.image, &payload);
	return take_schema1(t, r, payload, out);
}

/* A schema 1 that has no other form is better than nothing. */
static enum result
get_stored_schema1(const struct task *t, const struct meaning *m,
    enum manifests_form form, struct manifests_found *out)
{
	struct to_v2_manifest schema2;
	enum result r = RC_NOT_BRIDGED;

	if (form == MANIFESTS_NOT_SCHEMA1)
		r = to_v2_schema1(t, &m->pair, m->tag, &m->is.digest, &schema2);
	if (r == RC_NOT_BRIDGED)
		return finish_stored(t, out);
	if (r == RC_OK)
		take_form(&schema2, out);
	return r;
}

static enum result
get_v2_tag(const struct task *t, const struct meaning *m, enum manifests_form form,
    struct manifests_found *out)
{
	const char *name = m->pair.v2;
	struct str payload;
	enum result r = find_stored(t, name, &m->is.digest, out);

	if (r != RC_OK)
		return r;
	if (schema1_is_type(out->type))
		return get_stored_schema1(t, m, form, out);
	if (form != MANIFESTS_SCHEMA1)
		return finish_stored(t, out);
	r = to_schema1_of_manifest(t, name, m->tag, &m->is.digest, &payload);
	return take_schema1(t, r, payload, out);
}

enum result
manifests_get(const struct task *t, const char *name, struct str reference,
    enum manifests_form form, struct manifests_found *out)
{
	struct meaning m;
	enum result r = meaning_find(t, name, reference, &m);

	if (r != RC_OK)
		return r;
	*out = (struct manifests_found){.by_digest = m.tag == NULL};
	if (out->by_digest)
		return get_digest(t, name, &m.is.digest, out);
	return m.is.in == PAIR_V1 ? get_v1_tag(t, &m, form, out)
				  : get_v2_tag(t, &m, form, out);
}
