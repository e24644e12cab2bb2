/* privileged.c: see privileged.h.
 *
 * docker-registry rebuilt the signed text from WSGI's environment, in which
 * X-Docker-Foo-2bar is HTTP_X_DOCKER_FOO_2BAR. The name's original case is lost there, so
 * the signer and the registry had to agree on one: that of Python's str.title().
 * canonical() does the same.
 *
 * The signature does not say which hash was used, so all are tried. This accepts nothing
 * that the key has not signed: PKCS#1 v1.5 puts the name of the hash under the signature. */
#include "auth/privileged.h"

#include <ctype.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"

#define KEY_BITS_MIN  1024
#define KEY_BITS_MAX  16384 /* the limit of OpenSSL */
#define SIGNATURE_MAX ((size_t)KEY_BITS_MAX / 8)
#define ENCODED_MAX   ((SIGNATURE_MAX + 2) / 3 * 4)
#define SIGNED_MAX    ((size_t)256 << 10) /* bytes */

struct privileged_key {
	EVP_PKEY *pkey;
};

/* ---- the key ---- */

static EVP_PKEY *
read_pkcs1(const unsigned char *der, long n)
{
	return d2i_PublicKey(EVP_PKEY_RSA, NULL, &der, n);
}

static EVP_PKEY *
read_spki(const unsigned char *der, long n)
{
	return d2i_PUBKEY(NULL, &der, n);
}

static EVP_PKEY *
read_pem(struct str pem)
{
	BIO *bio = must_have(BIO_new_mem_buf(pem.p, (int)pem.n));
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	EVP_PKEY *pkey = NULL;
	long n;

	while (pkey == NULL && PEM_read_bio(bio, &name, &header, &der, &n) == 1) {
		if (strcmp(name, "RSA PUBLIC KEY") == 0)
			pkey = read_pkcs1(der, n);
		else if (strcmp(name, "PUBLIC KEY") == 0)
			pkey = read_spki(der, n);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(der);
	}
	BIO_free(bio);
	ERR_clear_error(); /* OpenSSL reports the end of the text, too */
	return pkey;
}

enum result
privileged_key_parse(struct str pem, struct privileged_key **out, struct err *err)
{
	struct privileged_key *key;
	EVP_PKEY *pkey;

	if (pem.n == 0 || pem.n > INT_MAX || (pkey = read_pem(pem)) == NULL)
		return err_set(
		    err, RC_BAD_DATA, "the file must hold a public key in PEM");
	if (EVP_PKEY_base_id(pkey) != EVP_PKEY_RSA ||
	    EVP_PKEY_bits(pkey) < KEY_BITS_MIN ||
	    EVP_PKEY_bits(pkey) > KEY_BITS_MAX) {
		EVP_PKEY_free(pkey);
		return err_set(err, RC_BAD_DATA,
		    "the key must be an RSA key of %d to %d bits", KEY_BITS_MIN,
		    KEY_BITS_MAX);
	}
	key = must_alloc(1, sizeof(*key));
	key->pkey = pkey;
	*out = key;
	return RC_OK;
}

void
privileged_key_free(struct privileged_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

/* ---- the signed text ---- */

/* "x_docker_foo" becomes "X-Docker-Foo": each run of letters begins with a capital. */
static struct str
canonical(struct arena *a, struct str name)
{
	char *p = arena_strndup(a, name.p, name.n);
	bool starts_word = true;
	size_t i;

	for (i = 0; i < name.n; i++) {
		int c = (unsigned char)p[i];

		p[i] = (char)(c == '_'      ? '-'
			      : starts_word ? toupper(c)
					    : tolower(c));
		starts_word = !isalpha(c);
	}
	return str_make(p, name.n);
}

static int
by_name(const void *pa, const void *pb)
{
	const struct privileged_header *a = pa, *b = pb;

	return strcmp(a->name.p, b->name.p);
}

/* Copies the headers that are signed to *out, sorted. False: two have the same name. */
static bool
signed_headers(struct arena *a, const struct privileged_request *request,
    struct privileged_header **out, size_t *n_out)
{
	struct privileged_header *headers = arena_alloc(
	    a, (request->n_headers + 1) * sizeof(*headers));
	size_t i, n = 0;

	for (i = 0; i < request->n_headers; i++) {
		headers[n].name = canonical(a, request->headers[i].name);
		headers[n].value = request->headers[i].value;
		n += str_starts(headers[n].name, "X-Docker");
	}
	qsort(headers, n, sizeof(*headers), by_name);
	for (i = 1; i < n; i++)
		if (str_eq(headers[i - 1].name, headers[i].name))
			return false;
	*out = headers;
	*n_out = n;
	return true;
}

static bool
signed_text(
    struct arena *a, const struct privileged_request *request, struct str *out)
{
	struct privileged_header *headers;
	struct buf b;
	size_t i, n;

	if (!signed_headers(a, request, &headers, &n))
		return false;
	buf_init(&b, a, SIGNED_MAX);
	buf_printf(&b, "%s,", request->method);
	buf_add(&b, request->path.p, request->path.n);
	for (i = 0; i < n; i++) {
		buf_addc(&b, ',');
		buf_add(&b, headers[i].name.p, headers[i].name.n);
		buf_addc(&b, ':');
		buf_add(&b, headers[i].value.p, headers[i].value.n);
	}
	*out = buf_str(&b);
	return !b.full;
}

/* ---- the signature ---- */

/* The data of "signature=...;data=..."; empty if it is missing or there twice, or if a part
 * is not of the form key=value. */
static struct str
find_data(struct str header)
{
	struct str rest = header, key, value, data = {"", 0};
	bool found = false;

	while (rest.p != NULL) {
		value = str_trim(str_cut(&rest, ';'));
		key = str_cut(&value, '=');
		if (value.p == NULL || (found && str_is(key, "data")))
			return str_of(NULL);
		if (str_is(key, "data")) {
			data = value;
			found = true;
		}
	}
	return data;
}

/* Decodes base64 (RFC 4648, section 4). Returns the number of bytes; 0: it is not exactly
 * what an encoder writes. OpenSSL ignores blanks and more, so the result is encoded again
 * and compared. */
static size_t
decode(struct str text, unsigned char out[SIGNATURE_MAX + 3])
{
	unsigned char again[ENCODED_MAX + 1];
	size_t pads = 0;
	int n;

	if (text.n == 0 || text.n % 4 != 0 || text.n > ENCODED_MAX)
		return 0;
	while (pads < 2 && text.p[text.n - 1 - pads] == '=')
		pads++;
	n = EVP_DecodeBlock(out, (const unsigned char *)text.p, (int)text.n);
	if (n != (int)(text.n / 4 * 3))
		return 0;
	n -= (int)pads;
	(void)EVP_EncodeBlock(again, out, n);
	return memcmp(again, text.p, text.n) == 0 ? (size_t)n : 0;
}

static bool
verify(EVP_PKEY *pkey, const EVP_MD *md, struct str text,
    const unsigned char *signature, size_t n)
{
	EVP_MD_CTX *ctx = must_have(EVP_MD_CTX_new());
	bool valid;

	valid = EVP_DigestVerifyInit(ctx, NULL, md, NULL, pkey) == 1 &&
		EVP_DigestVerify(
		    ctx, signature, n, (const unsigned char *)text.p, text.n) == 1;
	EVP_MD_CTX_free(ctx);
	return valid;
}

bool
privileged_is_signed(struct arena *a, const struct privileged_key *key,
    const struct privileged_request *request)
{
	const EVP_MD *const mds[] = {
	    EVP_sha1(), EVP_sha256(), EVP_sha512(), EVP_sha224(), EVP_sha384()};
	unsigned char signature[SIGNATURE_MAX + 3];
	struct str text;
	bool valid = false;
	size_t i, n;

	if (key == NULL || request->signature.n == 0)
		return false;
	n = decode(find_data(request->signature), signature);
	if (n != (size_t)EVP_PKEY_size(key->pkey) ||
	    !signed_text(a, request, &text))
		return false;
	for (i = 0; !valid && i < sizeof(mds) / sizeof(mds[0]); i++)
		valid = verify(key->pkey, mds[i], text, signature, n);
	ERR_clear_error();
	return valid;
}
