/* pretty_jws.c: see pretty_jws.h.
 *
 * Opening: find the last member, "signatures"; parse its list; decode formatLength and
 * formatTail from the "protected" header of each signature, which must all be the same; check
 * that the cut is exactly before the comma that precedes "signatures"; join the two parts of
 * the payload. Sealing is the reverse, in the layout that libtrust writes. */
#include "image/pretty_jws.h"

#include <string.h>

#include "base/base64url.h"
#include "base/buf.h"
#include "base/json_slice.h"
#include "image/manifest.h"

#define TAIL_MAX 64 /* bytes: a brace and blanks around it */

/* No client checks when a manifest was signed. With a fixed time the signed document of a
 * payload always has the same length, so that HEAD can announce it. (A signature always has
 * 64 bytes; ECDSA's random number makes it differ each time.) */
#define SIGNED_AT "1970-01-01T00:00:00Z"

/* ---- opening ---- */

/* The member "signatures", which must be the last one. */
static enum result
find_signatures(struct str body, struct json_walk *out, struct err *err)
{
	struct json_walk walk;
	struct str root;
	enum result r = manifest_check_json(body, &root, err);

	*out = json_slice_walk(str_of(""));
	if (r != RC_OK)
		return r;
	*out = json_slice_walk(root);
	while (json_slice_next(out) && !str_is(out->key, "signatures"))
		; /* elements of a list have an empty key */
	if (!str_is(out->key, "signatures"))
		return err_set(err, RC_BAD_MANIFEST,
		    "a manifest of schema 1 must be signed: it has no member "
		    "\"signatures\"");
	walk = *out;
	if (json_slice_next(&walk))
		return err_set(err, RC_BAD_MANIFEST,
		    "\"signatures\" must be the last member of the object");
	return RC_OK;
}

/* Where the payload is cut, from a protected header. */
struct format {
	long long length;
	struct str tail;
};

static enum result
read_format(
    struct arena *a, struct str protected_text, struct format *out, struct err *err)
{
	struct json *header;
	const char *why;
	struct str text;

	if (!base64url_decode(a, protected_text, &text) ||
	    !json_parse(a, text, &header, &why))
		return err_set(err, RC_BAD_MANIFEST,
		    "\"protected\" of a signature must be JSON in base64url");
	if (!json_int(json_get(header, "formatLength"), &out->length))
		return err_set(err, RC_BAD_MANIFEST,
		    "formatLength of a signature must be a number");
	text = json_text(json_get(header, "formatTail"));
	if (text.n > 2 * (size_t)TAIL_MAX || !base64url_decode(a, text, &out->tail))
		return err_set(err, RC_BAD_MANIFEST,
		    "formatTail of a signature must be base64url");
	return RC_OK;
}

static bool
is_blank(const char *p, size_t n)
{
	return json_slice_trim(str_make(p, n)).n == 0;
}

/* Is body[length] the comma before the member with this name, with only blanks between? */
static bool
is_cut_at(struct str body, long long length, struct str name)
{
	size_t quote = (size_t)(name.p - body.p) - 1, at;

	if (length <= 0 || (unsigned long long)length >= quote)
		return false;
	at = (size_t)length;
	return body.p[at] == ',' && is_blank(body.p + at + 1, quote - at - 1);
}

static enum result
read_signature(struct arena *a, const struct json *v,
    struct pretty_jws_signature *out, struct format *format, struct err *err)
{
	out->header = json_get(v, "header");
	out->protected_text = json_text(json_get(v, "protected"));
	if (!base64url_decode(a, json_text(json_get(v, "signature")), &out->bytes))
		return err_set(
		    err, RC_BAD_MANIFEST, "a signature must be base64url");
	return read_format(a, out->protected_text, format, err);
}

/* Reads all signatures; they must agree on where the payload ends. */
static enum result
read_signatures(struct arena *a, struct str list, struct pretty_jws *out,
    struct format *format, struct err *err)
{
	struct pretty_jws_signature *all;
	struct format other;
	struct json *v;
	const char *why;
	enum result r;
	size_t i, n;

	if (list.n > PRETTY_JWS_LIST_MAX)
		return err_set(err, RC_BAD_MANIFEST,
		    "the signatures have %zu bytes; at most %zu are allowed",
		    list.n, PRETTY_JWS_LIST_MAX);
	if (!json_parse(a, list, &v, &why) || json_kind(v) != JSON_ARRAY)
		return err_set(
		    err, RC_BAD_MANIFEST, "\"signatures\" must be a list");
	n = json_length(v);
	if (n == 0 || n > PRETTY_JWS_SIGNATURES_MAX)
		return err_set(err, RC_BAD_MANIFEST,
		    "there are %zu signatures; there must be 1 to %d", n,
		    PRETTY_JWS_SIGNATURES_MAX);
	all = arena_alloc(a, n * sizeof(*all));
	r = read_signature(a, json_at(v, 0), &all[0], format, err);
	for (i = 1; r == RC_OK && i < n; i++) {
		r = read_signature(a, json_at(v, i), &all[i], &other, err);
		if (r == RC_OK && (other.length != format->length ||
				      !str_eq(other.tail, format->tail)))
			r = err_set(err, RC_BAD_MANIFEST,
			    "all signatures must be of the same payload");
	}
	out->signatures = all;
	out->n_signatures = n;
	return r;
}

enum result
pretty_jws_open(
    struct arena *a, struct str body, struct pretty_jws *out, struct err *err)
{
	struct json_walk member;
	struct format format;
	struct buf payload;
	enum result r = find_signatures(body, &member, err);

	if (r == RC_OK)
		r = read_signatures(a, member.value, out, &format, err);
	if (r != RC_OK)
		return r;
	if (!is_cut_at(body, format.length, member.key))
		return err_set(err, RC_BAD_MANIFEST,
		    "formatLength of a signature must be where \"signatures\" begins");
	if (!str_is(json_slice_trim(format.tail), "}"))
		return err_set(err, RC_BAD_MANIFEST,
		    "formatTail of a signature must be the closing brace");
	buf_init(&payload, a, (size_t)format.length + format.tail.n);
	buf_add(&payload, body.p, (size_t)format.length);
	buf_add(&payload, format.tail.p, format.tail.n);
	out->payload = buf_str(&payload);
	return RC_OK;
}

bool
pretty_jws_is_signed(struct str body)
{
	return json_slice_get(json_slice_trim(body), "signatures").n > 0;
}

/* ---- sealing ---- */

/* The length of the payload without its closing brace and the blanks before it. 0: it does
 * not end like an object. */
static size_t
format_length(struct str payload)
{
	size_t n = payload.n;

	while (n > 0 && is_blank(&payload.p[n - 1], 1))
		n--;
	if (n == 0 || payload.p[--n] != '}')
		return 0;
	while (n > 0 && is_blank(&payload.p[n - 1], 1))
		n--;
	return n;
}

/* The members in the order of their names, as libtrust writes them. */
bool
pretty_jws_protect(struct arena *a, struct str payload, struct str *out)
{
	size_t n = format_length(payload);
	struct str tail = str_make(payload.p + n, payload.n - n);
	const char *text;

	if (n == 0 || tail.n > TAIL_MAX)
		return false;
	tail = base64url_encode(a, tail);
	text = arena_printf(a,
	    "{\"formatLength\":%zu,\"formatTail\":\"%.*s\",\"time\":\"" SIGNED_AT
	    "\"}",
	    n, STR_ARG(tail));
	*out = base64url_encode(a, str_of(text));
	return true;
}

struct str
pretty_jws_seal(struct arena *a, struct str payload,
    const struct pretty_jws_key *key, struct str protected_text,
    struct str signature)
{
	struct str x = base64url_encode(a, key->x), y = base64url_encode(a, key->y);
	struct str text = base64url_encode(a, signature);
	const char *signatures = arena_printf(a,
	    ",\n"
	    "   \"signatures\": [\n"
	    "      {\n"
	    "         \"header\": {\n"
	    "            \"jwk\": {\n"
	    "               \"crv\": \"P-256\",\n"
	    "               \"kid\": \"%s\",\n"
	    "               \"kty\": \"EC\",\n"
	    "               \"x\": \"%.*s\",\n"
	    "               \"y\": \"%.*s\"\n"
	    "            },\n"
	    "            \"alg\": \"ES256\"\n"
	    "         },\n"
	    "         \"signature\": \"%.*s\",\n"
	    "         \"protected\": \"%.*s\"\n"
	    "      }\n"
	    "   ]\n"
	    "}",
	    key->kid, STR_ARG(x), STR_ARG(y), STR_ARG(text),
	    STR_ARG(protected_text));
	size_t n = format_length(payload);
	struct buf b;

	buf_init(&b, a, n + strlen(signatures));
	buf_add(&b, payload.p, n);
	buf_adds(&b, signatures);
	return buf_str(&b);
}
