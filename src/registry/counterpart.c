/* counterpart.c: the records of the form in API v2 of images of API v1; see counterpart.h.
 *
 *	image	"manifest sha256:...\nconfig sha256:...\n", or "refused <reason>\n";
 *		of an image of API v1 also "images <version of its ancestry>\n"
 *	layer	"<version of the image>\n<sums>\n"
 *	blob	"<sums>\n" */
#include "registry/counterpart.h"

#include <string.h>

#include "base/fnv.h"
#include "base/json_slice.h"
#include "image/v1name.h"
#include "registry/recently.h"
#include "registry/v1image.h"
#include "store/bridge.h"

#define REFUSED_MAX 1000 /* bytes of a reason */

static enum result
read_record(const struct task *t, enum store_bridge_kind kind, const char *key,
    struct str *out)
{
	return store_bridge_record(t->reg->store, t->arena,
	    (struct store_bridge_key){kind, key}, out, t->err);
}

static enum result
write_record(const struct task *t, enum store_bridge_kind kind, const char *key,
    const char *text)
{
	return store_bridge_set_record(t->reg->store, t->arena,
	    (struct store_bridge_key){kind, key}, str_of(text), t->err);
}

/* A record that an earlier berth has written differently, or that is damaged, is made again. */
static enum result
fail_unreadable(const struct task *t, const char *key)
{
	return err_set(t->err, RC_NOT_FOUND,
	    "the record of %s is not one of this version", key);
}

/* ---- images ---- */

static bool
parse_line(struct str *text, const char *word, struct str *out)
{
	struct str line = str_cut(text, '\n');

	*out = line;
	return str_is(str_cut(out, ' '), word);
}

static bool
parse_image(const struct task *t, struct str *text, struct counterpart_image *out)
{
	struct str manifest, config;

	*out = (struct counterpart_image){.refused = str_of("")};
	if (str_starts(*text, "refused "))
		return parse_line(text, "refused", &out->refused);
	return parse_line(text, "manifest", &manifest) &&
	       parse_line(text, "config", &config) &&
	       digest_parse(manifest, &out->manifest, t->err) == RC_OK &&
	       digest_parse(config, &out->config, t->err) == RC_OK;
}

/* Is the version that the record ends with that of the ancestry now? Another server may write to
 * the store, so this is asked each time, but it looks at three files of each image: of an image
 * that many clients ask for, only once in a while. */
static enum result
check_version(const struct task *t, const char *id, struct str text)
{
	const uint64_t what = fnv_add(
	    fnv_add(FNV_START, id, strlen(id)), text.p, text.n);
	const struct task *quiet = task_quiet(t);
	struct counterpart_version now;
	const char *const *ids;
	struct str then;
	size_t n;
	enum result r;

	if (recently_noted(t->reg, what))
		return RC_OK;
	r = counterpart_ancestry(quiet, id, &ids, &n);
	if (r == RC_OK)
		r = counterpart_version(quiet, ids, n, &now);
	if (r == RC_IO)
		*t->err = *quiet->err;
	if (r == RC_OK && parse_line(&text, "images", &then) &&
	    str_is(then, now.text)) {
		recently_note(t->reg, what);
		return RC_OK;
	}
	return r == RC_IO ? r
			  : err_set(t->err, RC_NOT_FOUND,
				"the image %s has changed since its form in API v2 "
				"was made",
				id);
}

static enum result
read_image(const struct task *t, const char *key, struct str *text,
    struct counterpart_image *out)
{
	enum result r = read_record(t, STORE_BRIDGE_IMAGE, key, text);

	if (r != RC_OK)
		return r;
	return parse_image(t, text, out) ? RC_OK : fail_unreadable(t, key);
}

bool
counterpart_was_another(
    const struct task *t, const char *id, const struct digest *manifest)
{
	struct counterpart_image image;
	struct str ignored;

	return read_image(task_quiet(t), id, &ignored, &image) == RC_OK &&
	       (image.refused.n > 0 || !digest_eq(&image.manifest, manifest));
}

enum result
counterpart_image(
    const struct task *t, const char *key, struct counterpart_image *out)
{
	struct str text;
	enum result r = read_image(t, key, &text, out);

	if (r != RC_OK)
		return r;
	return v1name_is_image_id(str_of(key)) ? check_version(t, key, text)
					       : RC_OK;
}

enum result
counterpart_check(const struct task *t, const struct counterpart_image *image)
{
	if (image->refused.n == 0)
		return RC_OK;
	return err_set(t->err, RC_NOT_BRIDGED, "%.*s", STR_ARG(image->refused));
}

/* The reason on one line. */
static const char *
refusal_text(struct arena *a, struct str reason)
{
	char *text = arena_printf(a, "refused %.*s\n",
	    (int)(reason.n < REFUSED_MAX ? reason.n : REFUSED_MAX), reason.p);
	size_t i;

	for (i = 0; text[i + 1] != '\0'; i++)
		if (text[i] == '\n')
			text[i] = ' ';
	return text;
}

enum result
counterpart_set_image(const struct task *t, const char *key,
    const struct counterpart_version *version,
    const struct counterpart_image *image)
{
	const char *text = image->refused.n > 0
			       ? refusal_text(t->arena, image->refused)
			       : arena_printf(t->arena, "manifest %s\nconfig %s\n",
				     digest_text(t->arena, &image->manifest),
				     digest_text(t->arena, &image->config));

	if (version != NULL)
		text = arena_printf(t->arena, "%simages %s\n", text, version->text);
	return write_record(t, STORE_BRIDGE_IMAGE, key, text);
}

enum result
counterpart_version(const struct task *t, const char *const *ids, size_t n,
    struct counterpart_version *out)
{
	struct arena *scratch = arena_new();
	struct store_v1image im;
	struct str one;
	enum result r = RC_OK;
	struct hash h;
	size_t i;

	hash_begin(&h, HASH_SHA256);
	for (i = 0; r == RC_OK && i < n; i++) {
		arena_clear(scratch);
		im = store_v1image_make(t->reg->store, scratch, ids[i]);
		r = store_v1image_version(&im, &one, t->err);
		if (r == RC_OK)
			hash_add(&h, one.p, one.n);
	}
	hash_end(&h, out->text);
	arena_free(scratch);
	if (r == RC_IMAGE_UNKNOWN)
		return err_set(t->err, r,
		    "the image %s of its ancestry is not here, or not whole",
		    ids[i - 1]);
	return r;
}

/* ---- layers ---- */

enum result
counterpart_layer(const struct task *t, const char *id, struct layer_sums *out)
{
	const struct store_v1image im = v1image_of(t, id);
	struct str text, version;
	enum result r = read_record(t, STORE_BRIDGE_LAYER, id, &text);

	if (r == RC_OK)
		r = store_v1image_version(&im, &version, t->err);
	if (r != RC_OK)
		return r;
	if (!str_eq(str_cut(&text, '\n'), version))
		return err_set(t->err, RC_NOT_FOUND,
		    "the image %s has changed since its layer was read", id);
	return layer_sums_parse(str_cut(&text, '\n'), out) ? RC_OK
							   : fail_unreadable(t, id);
}

enum result
counterpart_set_layer(const struct task *t, const char *id, struct str version,
    const struct layer_sums *sums)
{
	return write_record(t, STORE_BRIDGE_LAYER, id,
	    arena_printf(t->arena, "%.*s\n%s\n", STR_ARG(version),
		layer_sums_text(t->arena, sums)));
}

enum result
counterpart_blob(
    const struct task *t, const struct digest *d, struct layer_sums *out)
{
	const char *key = digest_text(t->arena, d);
	struct str text;
	enum result r = read_record(t, STORE_BRIDGE_BLOB, key, &text);

	if (r != RC_OK)
		return r;
	return layer_sums_parse(str_cut(&text, '\n'), out)
		   ? RC_OK
		   : fail_unreadable(t, key);
}

enum result
counterpart_set_blob(
    const struct task *t, const struct digest *d, const struct layer_sums *sums)
{
	return write_record(t, STORE_BRIDGE_BLOB, digest_text(t->arena, d),
	    arena_printf(t->arena, "%s\n", layer_sums_text(t->arena, sums)));
}

/* ---- the images below an image ---- */

static enum result
take_ids(const struct task *t, struct str list, const char **ids, size_t n)
{
	struct json_walk walk = json_slice_walk(list);
	struct str id;

	while (n > 0 && json_slice_next(&walk)) {
		id = json_slice_text(t->arena, walk.value);
		if (!v1name_is_image_id(id))
			return err_set(t->err, RC_BAD_DATA,
			    "its ancestry must be a list of image ids");
		ids[--n] = str_dup(t->arena, id);
	}
	return RC_OK;
}

enum result
counterpart_ancestry(
    const struct task *t, const char *id, const char *const **ids, size_t *n)
{
	struct json_fault fault;
	struct str text;
	const char **list;
	enum result r = v1image_ancestry(t, id, &text);

	*n = 0;
	if (r != RC_OK)
		return r;
	if (!json_slice_check(text, &text, &fault))
		return err_set(t->err, RC_BAD_DATA,
		    "its ancestry must be JSON: %s at byte %zu", fault.why,
		    fault.at);
	*n = json_slice_count(text);
	list = arena_alloc(t->arena, (*n + 1) * sizeof(*list));
	*ids = list;
	r = take_ids(t, text, list, *n);
	if (r == RC_OK && (*n == 0 || !str_is(str_of(list[*n - 1]), id)))
		return err_set(
		    t->err, RC_BAD_DATA, "its ancestry must begin with its own id");
	return r;
}
