/* layer_sums.c: see layer_sums.h. As text the sums are words with a blank between them:
 *
 *	gzip sha256:51bd... 101 sha256:f661... 2048 files
 *
 * The form, digest and size of the stored bytes; digest and size of the archive; "files", or
 * "zero" if there is nothing in it. */
#include "image/layer_sums.h"

#include <inttypes.h>

static const char *const forms[LAYER_FORMS] = {
    [LAYER_PLAIN] = "plain",
    [LAYER_GZIP] = "gzip",
    [LAYER_XZ] = "xz",
    [LAYER_BZIP2] = "bzip2",
};

bool
layer_sums_is_served(const struct layer_sums *sums)
{
	return sums->form == LAYER_PLAIN || sums->form == LAYER_GZIP;
}

const struct digest *
layer_sums_blob(const struct layer_sums *sums, uint64_t *size)
{
	bool served = layer_sums_is_served(sums);

	*size = served ? sums->size : sums->unpacked;
	return served ? &sums->digest : &sums->diff_id;
}

const char *
layer_sums_type(const struct layer_sums *sums)
{
	return sums->form == LAYER_GZIP
		   ? "application/vnd.docker.image.rootfs.diff.tar.gzip"
		   : "application/vnd.docker.image.rootfs.diff.tar";
}

const char *
layer_sums_text(struct arena *a, const struct layer_sums *sums)
{
	return arena_printf(a, "%s %s:%s %" PRIu64 " %s:%s %" PRIu64 " %s",
	    forms[sums->form], digest_algorithm(&sums->digest), sums->digest.hex,
	    sums->size, digest_algorithm(&sums->diff_id), sums->diff_id.hex,
	    sums->unpacked, sums->zero ? "zero" : "files");
}

/* ---- back ---- */

static bool
take_form(struct str *rest, enum layer_form *out)
{
	struct str word = str_cut(rest, ' ');
	size_t i;

	for (i = 0; i < LAYER_FORMS; i++)
		if (str_is(word, forms[i])) {
			*out = (enum layer_form)i;
			return true;
		}
	return false;
}

static bool
take_digest(struct str *rest, struct digest *out)
{
	struct err ignored;

	return digest_parse(str_cut(rest, ' '), out, &ignored) == RC_OK;
}

static bool
take_size(struct str *rest, uint64_t *out)
{
	long long n = 0;

	if (!str_to_int64(str_cut(rest, ' '), &n))
		return false;
	*out = (uint64_t)n;
	return true;
}

bool
layer_sums_parse(struct str text, struct layer_sums *out)
{
	if (!take_form(&text, &out->form) || !take_digest(&text, &out->digest) ||
	    !take_size(&text, &out->size) || !take_digest(&text, &out->diff_id) ||
	    !take_size(&text, &out->unpacked))
		return false;
	out->zero = str_is(text, "zero");
	return out->diff_id.kind == HASH_SHA256 &&
	       (out->zero || str_is(text, "files"));
}
