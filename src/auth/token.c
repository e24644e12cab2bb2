/* token.c: see token.h. */
#include "auth/token.h"

#include <inttypes.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/must.h"
#include "base/percent.h"

#define TIME_DIGITS 16
#define SUM_BYTES   32
#define SUM_DIGITS  (2 * SUM_BYTES)

static const char *const access_words[] = {"read", "write", "delete"};

/* "ns/repo" with the slashes of its second part written %2F, so that there is one. */
static const char *
repository_text(struct arena *a, const struct v1name *name)
{
	return arena_printf(a, "%s/%s",
	    percent_encode(a, str_of(name->ns), "_.-", true),
	    percent_encode(a, str_of(name->repo), "_.-", true));
}

/* ---- tokens of any index ---- */

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

	for (i = 0; i < sizeof(access_words) / sizeof(access_words[0]); i++)
		if (str_is(text, access_words[i])) {
			*out = (enum token_access)i;
			return true;
		}
	return false;
}

/* Decodes both parts: "team/app%2Fweb" is app/web of team. */
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
	buf_addc(&path, '/'); /* without one, the namespace is not "library" here */
	buf_add(&path, repo.p, repo.n);
	return v1name_parse(a, buf_str(&path), out, &ignored) == RC_OK;
}

/* The index is asked about exactly this text: a value that it may read in another way than
 * berth is refused. */
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

/* Cuts `key=value` or `key="value"` and the comma after it. */
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

/* *bit is the bit of the member; 0: a member that only the index knows. */
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
	(void)take_word(&rest, "Token");
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

/* ---- tokens of this registry ---- */

/* Signs the time, the access and the repository of a token. The time has a fixed length and
 * the others have no space, so no other token makes the same text. */
static void
sign(struct arena *a, struct str key, const char *time, const struct token *token,
    char hex[SUM_DIGITS + 1])
{
	const char *text = arena_printf(a, "%.*s %s %s", TIME_DIGITS, time,
	    access_words[token->access], repository_text(a, &token->repository));
	unsigned char sum[SUM_BYTES];

	must_succeed(key.n <= INT_MAX && HMAC(EVP_sha256(), key.p, (int)key.n,
					     (const unsigned char *)text,
					     strlen(text), sum, NULL) != NULL,
	    "HMAC");
	hex_encode(sum, sizeof(sum), hex);
}

const char *
token_new(struct arena *a, struct str key, const struct v1name *name,
    enum token_access access, int64_t now)
{
	const struct token token = {.repository = *name, .access = access};
	char time[TIME_DIGITS + 1], sum[SUM_DIGITS + 1];

	(void)snprintf(
	    time, sizeof(time), "%016" PRIx64, (uint64_t)now + TOKEN_LIFE);
	sign(a, key, time, &token, sum);
	return arena_printf(a, "Token signature=%s%s,repository=\"%s\",access=%s",
	    time, sum, repository_text(a, name), access_words[access]);
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

bool
token_holds(struct arena *a, struct str key, const struct token *token, int64_t now)
{
	char sum[SUM_DIGITS + 1];
	const char *given = token->signature.p;

	if (key.n == 0 || !hex_is(token->signature, TIME_DIGITS + SUM_DIGITS))
		return false;
	sign(a, key, given, token, sum);
	return CRYPTO_memcmp(given + TIME_DIGITS, sum, SUM_DIGITS) == 0 &&
	       read_time(given) >= now;
}
