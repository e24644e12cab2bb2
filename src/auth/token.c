/* token.c: see token.h.
 *
 * Tokens are parsed in the same way whether berth or another index issued them, and
 * strictly: in AUTH_INDEX berth compares the parsed repository with the path, but the index
 * verifies the text of the token. If the two could read one text in different ways, a
 * client might get access to a repository that the index did not mean. So values with
 * quotes, commas or blanks are refused, and so are members that occur twice.
 *
 * berth's own tokens need no storage: the signature contains the time of expiry, and an
 * HMAC protects it together with repository and access. */
#include "auth/token.h"

#include <inttypes.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/must.h"
#include "base/percent.h"

#define TIME_DIGITS 16
#define MAC_BYTES   32 /* of HMAC-SHA256 */
#define MAC_DIGITS  (2 * MAC_BYTES)

static const char *const access_names[] = {"read", "write", "delete"};

const char *
token_access_name(enum token_access access)
{
	return access_names[access];
}

/* "ns/repo". The slashes in repo are written as %2F, so that there is only one. */
static const char *
repository_text(struct arena *a, const struct v1name *name)
{
	return arena_printf(a, "%s/%s",
	    percent_encode(a, str_of(name->ns), "_.-", true),
	    percent_encode(a, str_of(name->repo), "_.-", true));
}

/* ---- parsing ---- */

static bool
take_word(struct str *rest, const char *word)
{
	size_t n = strlen(word);

	if (rest->n <= n || strncasecmp(rest->p, word, n) != 0 ||
	    (rest->p[n] != ' ' && rest->p[n] != '\t'))
		return false;
	*rest = str_trim(str_make(rest->p + n, rest->n - n));
	return true;
}

static bool
read_access(struct str text, enum token_access *out)
{
	size_t i;

	for (i = 0; i < sizeof(access_names) / sizeof(access_names[0]); i++)
		if (str_is(text, access_names[i])) {
			*out = (enum token_access)i;
			return true;
		}
	return false;
}

/* Decodes each of the two parts once: "team/app%2Fweb" is the repository app/web of team. */
static bool
read_repository(struct arena *a, struct str text, struct v1name *out)
{
	struct str repo = text, ns = str_cut(&repo, '/');
	struct err ignored;
	struct buf path;

	if (str_has(repo, '/') || !percent_decode(a, ns, true, &ns) ||
	    !percent_decode(a, repo, true, &repo) || str_has(ns, '/'))
		return false;
	buf_init(&path, a, text.n + 1);
	buf_add(&path, ns.p, ns.n);
	/* Also if the text has no slash: v1name_parse() would read "app" as "library/app". */
	buf_addc(&path, '/');
	buf_add(&path, repo.p, repo.n);
	return v1name_parse(a, buf_str(&path), out, &ignored) == RC_OK;
}

/* False for what an index might parse in another way. */
static bool
is_plain(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f ||
		    s.p[i] == '"' || s.p[i] == ',')
			return false;
	return s.n > 0;
}

/* Cuts `key=value` or `key="value"` from the beginning, with the comma after it. */
static bool
cut_member(struct str *rest, struct str *key, struct str *value)
{
	*key = str_trim(str_cut(rest, '='));
	*rest = str_trim(*rest);
	if (rest->n > 0 && rest->p[0] == '"') {
		*rest = str_make(rest->p + 1, rest->n - 1);
		*value = str_cut(rest, '"');
		if (rest->p == NULL || str_trim(str_cut(rest, ',')).n > 0)
			return false;
	} else {
		*value = str_trim(str_cut(rest, ','));
	}
	*rest = str_trim(*rest);
	return is_plain(*key) && is_plain(*value);
}

enum { SIGNATURE = 1, REPOSITORY = 2, ACCESS = 4, ALL_MEMBERS = 7 };

/* *bit: which member it is; 0: an unknown one, which another index may add. */
static bool
read_member(struct arena *a, struct str key, struct str value, struct token *out,
    unsigned *bit)
{
	*bit = 0;
	if (str_is(key, "signature")) {
		*bit = SIGNATURE;
		out->signature = value;
	} else if (str_is(key, "repository")) {
		*bit = REPOSITORY;
		return read_repository(a, value, &out->repository);
	} else if (str_is(key, "access")) {
		*bit = ACCESS;
		return read_access(value, &out->access);
	}
	return true;
}

bool
token_parse(struct arena *a, struct str authorization, struct token *out)
{
	struct str rest = str_trim(authorization), key, value;
	struct token token;
	unsigned seen = 0, bit;

	if (!take_word(&rest, "Token"))
		return false;
	(void)take_word(&rest, "Token"); /* docker repeats it */
	while (rest.n > 0) {
		if (!cut_member(&rest, &key, &value) ||
		    !read_member(a, key, value, &token, &bit) || (seen & bit) != 0)
			return false;
		seen |= bit;
	}
	if (seen != ALL_MEMBERS)
		return false;
	*out = token;
	return true;
}

/* ---- tokens of berth ---- */

/* hex: the HMAC of "time access repository". No two tokens have the same text: the time has
 * a fixed length, and there is no blank in the other two. The token's signature begins with
 * the time, and need not be longer. */
static void
sign(struct arena *a, struct str key, const struct token *token,
    char hex[MAC_DIGITS + 1])
{
	const char *text = arena_printf(a, "%.*s %s %s", TIME_DIGITS,
	    token->signature.p, access_names[token->access],
	    repository_text(a, &token->repository));
	unsigned char mac[MAC_BYTES];

	must_succeed(key.n <= INT_MAX && HMAC(EVP_sha256(), key.p, (int)key.n,
					     (const unsigned char *)text,
					     strlen(text), mac, NULL) != NULL,
	    "HMAC");
	hex_encode(mac, sizeof(mac), hex);
}

const char *
token_new(struct arena *a, struct str key, const struct v1name *name,
    enum token_access access, int64_t now)
{
	char mac[MAC_DIGITS + 1];
	const char *time = arena_printf(
	    a, "%016" PRIx64, (uint64_t)now + TOKEN_LIFE);
	const struct token token = {.signature = str_make(time, TIME_DIGITS),
	    .repository = *name,
	    .access = access};

	sign(a, key, &token, mac);
	return arena_printf(a, "Token signature=%s%s,repository=\"%s\",access=%s",
	    time, mac, repository_text(a, name), access_names[access]);
}

static int64_t
read_time(const char *digits)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < TIME_DIGITS; i++)
		v = v << 4 | (uint64_t)hex_value(digits[i]);
	return v > INT64_MAX ? 0 : (int64_t)v;
}

/* The time is compared only after the HMAC: without a valid HMAC the client may have
 * written any time. */
bool
token_is_valid(
    struct arena *a, struct str key, const struct token *token, int64_t now)
{
	char mac[MAC_DIGITS + 1];
	const char *signature = token->signature.p;

	if (key.n == 0 || !hex_is(token->signature, TIME_DIGITS + MAC_DIGITS))
		return false;
	sign(a, key, token, mac);
	return CRYPTO_memcmp(signature + TIME_DIGITS, mac, MAC_DIGITS) == 0 &&
	       read_time(signature) >= now;
}
