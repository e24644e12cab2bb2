/* signature.c: see signature.h. */
#include "content/signature.h"

#include "auth/jws.h"
#include "auth/signing_key.h"
#include "base/base64url.h"
#include "base/log.h"
#include "image/pretty_jws.h"
#include "image/schema1.h"
#include "store/secret.h"

/* ---- in ---- */

enum result
signature_check(
    struct arena *a, struct str body, struct str *payload, struct err *err)
{
	struct pretty_jws jws;
	struct jws_text text;
	enum result r = pretty_jws_open(a, body, &jws, err);
	size_t i;

	if (r != RC_OK)
		return r;
	text.payload = base64url_encode(a, jws.payload);
	for (i = 0; r == RC_OK && i < jws.n_signatures; i++) {
		text.protected_text = jws.signatures[i].protected_text;
		r = jws_verify(a, jws.signatures[i].header, &text,
		    jws.signatures[i].bytes, err);
	}
	*payload = jws.payload;
	return r;
}

/* ---- the key ---- */

static enum result
read_key(const struct task *t, const struct signing_key **out)
{
	struct err why;
	struct str pem;
	enum result r = store_secret_read(
	    t->reg->store, t->arena, STORE_SECRET_SIGNING_KEY, &pem, t->err);

	if (r == RC_OK && signing_key_parse(t->arena, pem, out, &why) != RC_OK)
		r = err_set(t->err, RC_IO,
		    "%s: %s; remove the file, and berth makes a new one",
		    store_secret_name(STORE_SECRET_SIGNING_KEY), why.text);
	return r;
}

/* The first request that needs a key makes it. If it cannot be stored (the disk is
 * full, or a directory is in its place), this answer is signed all the same: no client
 * compares the keys of two answers. */
static enum result
make_key(const struct task *t, const struct signing_key **out)
{
	const struct signing_key *key = signing_key_new(t->arena);
	enum result r = store_secret_make(t->reg->store, STORE_SECRET_SIGNING_KEY,
	    signing_key_pem(t->arena, key), t->err);

	if (r == RC_OK) {
		r = read_key(t, out);
		if (r != RC_NOT_FOUND)
			return r;
	}
	log_line(LOG_WARN, "signing.key",
	    "error=%s reason=%s note=\"not stored: the next answer has another key\"",
	    err_name(r), log_value(t->arena, t->err->text));
	*out = key;
	return RC_OK;
}

static enum result
find_key(const struct task *t, const struct signing_key **out)
{
	enum result r;

	*out = t->reg->signing_key;
	if (*out != NULL)
		return RC_OK;
	r = read_key(t, out);
	return r == RC_NOT_FOUND ? make_key(t, out) : r;
}

/* ---- out ---- */

enum result
signature_add(const struct task *t, struct str *bytes, struct str *type)
{
	const struct signing_key *key;
	struct jws_text text;
	enum result r;

	if (pretty_jws_is_signed(*bytes) ||
	    !pretty_jws_protect(t->arena, *bytes, &text.protected_text))
		return RC_OK;
	r = find_key(t, &key);
	if (r != RC_OK)
		return r;
	text.payload = base64url_encode(t->arena, *bytes);
	*bytes = pretty_jws_seal(t->arena, *bytes, signing_key_public(key),
	    text.protected_text, signing_key_sign(t->arena, key, &text));
	*type = str_of(SCHEMA1_SIGNED);
	return RC_OK;
}
