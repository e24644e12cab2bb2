/* schema1.c: see schema1.h.
 *
 * The checks have two aims. First, the manifest must mean the same to every client, whether
 * it is written in Go (which matches names without regard to case, and lets the last of two
 * win) or not: so repeated and unusual names are refused, and so are members of other kinds of
 * manifests. Second, the image must be usable: there is a layer for each entry of the
 * history, and each entry is the parent of the one before it, so that a v1 client can follow
 * the chain. Only the layers are references: the ids in the history are not content. */
#include "image/schema1.h"

#include <string.h>

#include "base/json_slice.h"
#include "image/v1config.h"

#define NAMES_MAX 32 /* members of one object; docker writes seven */
#define ID_MAX    64 /* bytes of an image's id */

bool
schema1_is_type(struct str type)
{
	return str_is_nocase(type, SCHEMA1_PLAIN) ||
	       str_is_nocase(type, SCHEMA1_SIGNED);
}

/* ---- names ---- */

/* Printable ASCII without escapes. With others two spellings could be the same name to some
 * clients: "\u0069d" is "id", and Go takes some letters outside ASCII for s and k. */
static bool
is_plain(struct str name)
{
	size_t i;

	for (i = 0; i < name.n; i++)
		if (name.p[i] < ' ' || name.p[i] > '~' || name.p[i] == '\\')
			return false;
	return true;
}

static enum result
check_names(struct str object, const char *place, struct err *err)
{
	struct json_walk walk = json_slice_walk(object);
	struct str seen[NAMES_MAX];
	size_t n = 0, i;

	if (!walk.in_object)
		return err_set(err, RC_BAD_MANIFEST, "%s must be an object", place);
	while (json_slice_next(&walk)) {
		if (!is_plain(walk.key))
			return err_set(err, RC_BAD_MANIFEST,
			    "%s: the names of members must be plain ASCII", place);
		if (n == NAMES_MAX)
			return err_set(err, RC_BAD_MANIFEST,
			    "%s has more than %d members", place, NAMES_MAX);
		for (i = 0; i < n; i++)
			if (str_eq_nocase(seen[i], walk.key))
				return err_set(err, RC_BAD_MANIFEST,
				    "%s: the member \"%.*s\" must be there only once",
				    place, STR_ARG(walk.key));
		seen[n++] = walk.key;
	}
	return RC_OK;
}

/* Some clients would take a payload with these members for another kind of manifest. */
static enum result
refuse_other_kinds(struct str root, struct err *err)
{
	static const char *const others[] = {
	    "signatures", "manifests", "layers", "config", "subject"};
	struct json_walk walk = json_slice_walk(root);
	size_t i;

	while (json_slice_next(&walk))
		for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
			if (str_is_nocase(walk.key, others[i]))
				return err_set(err, RC_BAD_MANIFEST,
				    "a manifest of schema 1 must not have the member %s",
				    others[i]);
	return RC_OK;
}

/* Checks the names in each object of a list. */
static enum result
check_list(struct str list, const char *place, struct err *err)
{
	struct json_walk walk = json_slice_walk(list);
	enum result r = RC_OK;

	while (r == RC_OK && json_slice_next(&walk))
		r = check_names(walk.value, place, err);
	return r;
}

/* ---- layers ---- */

static enum result
read_layers(struct arena *a, struct str layers, size_t n, struct manifest *out,
    struct err *err)
{
	struct str *refs = arena_alloc(a, n * sizeof(*refs));
	struct json_walk walk = json_slice_walk(layers);
	struct err ignored;
	struct digest d;
	size_t i;

	for (i = 0; json_slice_next(&walk); i++) {
		refs[i] = json_slice_text(a, json_slice_get(walk.value, "blobSum"));
		if (digest_parse(refs[i], &d, &ignored) != RC_OK)
			return err_set(err, RC_BAD_MANIFEST,
			    "fsLayers[%zu]: blobSum must be a digest of sha256 or "
			    "sha512",
			    i);
	}
	out->refs = refs;
	out->n_refs = str_sort_unique(refs, n);
	return RC_OK;
}

/* ---- history ---- */

/* Clients read only two members of an image's json, so only these must not be repeated. */
static enum result
check_entry_names(struct str json, size_t i, struct err *err)
{
	struct json_walk walk = json_slice_walk(json_slice_trim(json));
	unsigned ids = 0, parents = 0;

	while (json_slice_next(&walk)) {
		ids += str_is_nocase(walk.key, "id");
		parents += str_is_nocase(walk.key, "parent");
		if (!is_plain(walk.key) || ids > 1 || parents > 1)
			return err_set(err, RC_BAD_MANIFEST,
			    "history[%zu]: the names of members must be plain ASCII, "
			    "and id and parent must be there only once",
			    i);
	}
	return RC_OK;
}

struct entry {
	char id[ID_MAX + 1], parent[ID_MAX + 1];
};

static bool
copy_id(char to[ID_MAX + 1], struct str id)
{
	if (id.n > ID_MAX || str_has(id, '\0'))
		return false;
	if (id.n > 0)
		memcpy(to, id.p, id.n);
	to[id.n] = '\0';
	return true;
}

static enum result
read_entry(struct arena *scratch, struct str v, size_t i, struct entry *out,
    struct err *err)
{
	struct str json = json_slice_text(
	    scratch, json_slice_get(v, "v1Compatibility"));
	struct v1config image;
	struct err why;

	if (v1config_parse(scratch, json, &image, &why) != RC_OK)
		return err_set(err, RC_BAD_MANIFEST,
		    "history[%zu]: v1Compatibility: %s", i, why.text);
	if (image.id.n == 0 || !copy_id(out->id, image.id) ||
	    !copy_id(out->parent, image.parent))
		return err_set(err, RC_BAD_MANIFEST,
		    "history[%zu]: v1Compatibility: id and parent must be ids of at "
		    "most %d bytes",
		    i, ID_MAX);
	return check_entry_names(json, i, err);
}

static enum result
read_history(struct str history, struct err *err)
{
	struct json_walk walk = json_slice_walk(history);
	struct arena *scratch = arena_new(); /* cleared for each entry */
	struct entry above, here;
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && json_slice_next(&walk); i++) {
		arena_clear(scratch);
		r = read_entry(scratch, walk.value, i, &here, err);
		if (r == RC_OK && i > 0 && strcmp(here.id, above.id) != 0 &&
		    strcmp(here.id, above.parent) != 0)
			r = err_set(err, RC_BAD_MANIFEST,
			    "history[%zu] must be the parent of the entry before it",
			    i);
		above = here;
	}
	arena_free(scratch);
	return r;
}

/* ---- the whole ---- */

static enum result
read_lists(struct arena *a, struct str layers, struct str history,
    struct manifest *out, struct err *err)
{
	size_t n = json_slice_count(layers);
	enum result r;

	if (json_slice_kind(layers) != JSON_ARRAY ||
	    json_slice_kind(history) != JSON_ARRAY || n == 0 ||
	    n != json_slice_count(history))
		return err_set(err, RC_BAD_MANIFEST,
		    "fsLayers and history must be lists of the same length, one "
		    "entry or more");
	r = check_list(layers, "fsLayers", err);
	if (r == RC_OK)
		r = check_list(history, "history", err);
	if (r == RC_OK)
		r = read_layers(a, layers, n, out, err);
	if (r == RC_OK)
		r = read_history(history, err);
	return r;
}

enum result
schema1_read(
    struct arena *a, struct str payload, struct manifest *out, struct err *err)
{
	struct str root, version, name, layers, history;
	const struct json_pick wanted[] = {{"schemaVersion", &version},
	    {"name", &name}, {"fsLayers", &layers}, {"history", &history}};
	long long number;
	enum result r = manifest_check_json(payload, &root, err);

	*out = (struct manifest){.type = str_of(SCHEMA1_PLAIN)};
	if (r == RC_OK)
		r = check_names(root, "the manifest", err);
	if (r == RC_OK)
		r = refuse_other_kinds(root, err);
	if (r != RC_OK)
		return r;
	(void)json_slice_pick(root, wanted, sizeof(wanted) / sizeof(wanted[0]));
	if (!json_slice_int(version, &number) || number != 1)
		return err_set(err, RC_BAD_MANIFEST, "schemaVersion must be 1");
	if (json_slice_text(a, name).n == 0)
		return err_set(err, RC_BAD_MANIFEST,
		    "there must be a name, and it must not be empty");
	return read_lists(a, layers, history, out, err);
}
