/* privileged.c: requests that are signed with the operator's key. Keys and signatures
 * were made by openssl(1). */

#include "auth/privileged.h"
#include "lib/unit.h"

#define A_PKCS1 \
	"-----BEGIN RSA PUBLIC KEY-----\n" \
	"MIGJAoGBAMui4WFszcyuSRLKyTL04BMo9150KEwwoPzLqVzQVQA79+AwPmP0cVIE\n" \
	"W0YTl1lihy9VXbrCUGD7nsiKFUbJbeXZbLz1YspQcEGo632h1ioey/1jnoC8F9rt\n" \
	"I/Hr0yY9p7vllFEv6rmGuTSzFpNcPdkSdnr2DjsD4C/5SLIVWAVDAgMBAAE=\n" \
	"-----END RSA PUBLIC KEY-----\n"

#define A_SPKI \
	"-----BEGIN PUBLIC KEY-----\n" \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDLouFhbM3MrkkSysky9OATKPde\n" \
	"dChMMKD8y6lc0FUAO/fgMD5j9HFSBFtGE5dZYocvVV26wlBg+57IihVGyW3l2Wy8\n" \
	"9WLKUHBBqOt9odYqHsv9Y56AvBfa7SPx69MmPae75ZRRL+q5hrk0sxaTXD3ZEnZ6\n" \
	"9g47A+Av+UiyFVgFQwIDAQAB\n" \
	"-----END PUBLIC KEY-----\n"

#define L_PKCS1 \
	"-----BEGIN RSA PUBLIC KEY-----\n" \
	"MIIBCgKCAQEAt9VvJ0sK6BJ5VZeyecAwzHKmJ7NFfrti/WRAyY51odDo385xTX1+\n" \
	"9AA7F3jZrL1NYZ5whLry7xDXpL61yhtxOQYknBFwP8bb9ENRePWie/d0VoNYGCVD\n" \
	"hOmJUA/rc1122U6K80vOaBjJv3HeuUWvQp6vJAfNosVbvdyfNshihm3iM0nvGMwA\n" \
	"/gD5uhAug+nO2QDRNXvW5WlQYN/66in6oSRbqjEaXEqXOXri7gdzzIma7XszNq/d\n" \
	"uTSDZ6455vU+6onXFz4XIwoMURrIGzfJF360QrS6RRPigbT3wIt34uuougANXxnf\n" \
	"fsA4H6wvF5QiqW/ndYB5qvj1gu6wN4P/pwIDAQAB\n" \
	"-----END RSA PUBLIC KEY-----\n"

#define S_PKCS1 \
	"-----BEGIN RSA PUBLIC KEY-----\n" \
	"MEgCQQCj2VC/VNOR2Xg7+LreGTM9ZZlOECxx1hvoO83MGNbcJi1/abr9pdxRjR7s\n" \
	"Gmvk1QqrtSzsTj8LiKcJRtdnVvgJAgMBAAE=\n" \
	"-----END RSA PUBLIC KEY-----\n"

#define EC_SPKI \
	"-----BEGIN PUBLIC KEY-----\n" \
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEnjWDRbNq4ZNelyKPy233q7nCJD7u\n" \
	"nnDri9aoZ00iFQvTTZTpqRZYaRVHjMIpoIDL8sSpfZImfOzT2gbxnlQ0Cg==\n" \
	"-----END PUBLIC KEY-----\n"

#define PSS_SPKI \
	"-----BEGIN PUBLIC KEY-----\n" \
	"MIGdMAsGCSqGSIb3DQEBCgOBjQAwgYkCgYEAwF6kwJAwU6U9esVI2ceMy3IqWfD9\n" \
	"tZMbGTLn90FGSjggLd/F39fotd+lNbjqpiHRsVdXqlI/UAoD9VSNgCLiFb3GqOjN\n" \
	"qUJVQrr4dRf24Ki9AznN/wEwdBKGslZhdwvXBQpXYxhNykrs/46iF1A4VgS5LfUt\n" \
	"/69VzA36q8qdeVUCAwEAAQ==\n" \
	"-----END PUBLIC KEY-----\n"

/* Over "PUT,/v1/repositories/team/app/tags/v1,X-Docker-Checksum:sha256:ab,X-Docker-Foo2Bar:x, y". */

#define PUT_SHA1 \
	"INl+MYpRm3Ue8boHTKvZU3eFbklkLZ0Q/kbPECTLHqcmVN+q6ANI2jLskfyJ9qryJzJZ6nHe" \
	"uTQQvIhGGio+HahJkWFZT6c3Lxmf3gyNHtLrcYr9E/yqdEMDB/GztOLneCJJ0mc2r3166B2l" \
	"h+VBMoIN39KV54CpMD4Rmmfko4U="

#define PUT_SHA224 \
	"MYQFlvKwWUfd2CU8r25bFC/t4OtYboaSpJYpgFQ0xBsGPaoqGzfdRFaWnop+nY/k0jkLMXAf" \
	"rKiDm3ojHTCuuG2yOBCiU581CVgknLhu4+hYy+nY2l4VmsVyt0cDZJbNyQWGQhVXvWO+818N" \
	"gcclUK9HzvnJcWzVx8Bk+bkVECI="

#define PUT_SHA256 \
	"TX4BSwTqaXSSxmjIqgtNFpLQPslOy3QR3Q3bUwWx8ZLPi8PBkqvSr+F35NoVabwLhvZNM0Mw" \
	"p/Sw1FBfGTZ2EraMD6i26mjA/H3wtY5KeTA2IcEPn0usrVuNgkuJrXqKmJErEnFFrf5L1UcT" \
	"3X864MHG3KBskoTnDOLRT1KuCtg="

#define PUT_SHA384 \
	"uNtkBZUIcItCaWk3eK0gdb4814xTp1XewtQI7QomOlvKI3sdmKvNyAuRSsFmOF2HpaXQTewc" \
	"rNrX+xmIzkxV4ubn7099KDsKRLYKoCA1TQqsa/5irOOk1TE4nwudNWDEZQnF8tSQ9nFi54K2" \
	"7JhjncBCuIDYrWXaJbnkqwrFnC0="

#define PUT_SHA512 \
	"Z7ppIvpxigN9V9oKq9lh1eRQgPKr5q/tL7rv1vyxlSMlXpQ8dljdT9gRvqfLFJxZ8HSVf1XY" \
	"nAyemlUYLAoWVEN5bqZ8+UbfczjkFYsL9AyRw99JJX5ka4VGberPjrVPZaNBXK6yPM6PamDe" \
	"tz7rnsuG1l7qUKh+LqwE3PEFVbg="

#define PUT_MD5 \
	"qK8LaoYcJPvNLR5kUpzMIvertThCUAHVBSqcTPapHwhjMgdd47wBKprGJSconqCxkBnY3fpI" \
	"u6L8/l+2HJZyxBC884ejrf5mb+kRawijVvSIMCfJxnTxV4RxnY1FsOChUiDt5rQD+VIN/CS6" \
	"ptm32pSlF/7XUOl8Pw02coxnR/A="

#define PUT_OTHER \
	"sD2Fzx04moGI8vZB7PzRH+Qb3aKhz8Ru9SgwSbg+Db/DX+x9kb2Em2qyeK+mHrzpMlKVNTxA" \
	"lSlllMl/pV9GR4gI1sM/bvvv5asR3OaOsJ9js7azE5qp+nHNvTn+HnFRfVNVQoKrjPEU3H7V" \
	"3TNhom/Ufr6sL5LnUXPIIn6JDFo="

#define PUT_PSS \
	"PEWuYwYwFIegBaw7gJo9XtXWrr+XR0Y1DCAGP+XrKFl9nwz0WSInVNY9LK/pQFPX8oQbr3P1" \
	"473pHs3KvmlklASWh5rb+GI1R+nBMxP90Wr6EUSv47J6qguKDrLfEQgVTbYa+J00UjMp5zPa" \
	"jVTwoQYOcMK1puwD3REGqaEFW60="

#define GET_SHA1 \
	"sNrro3VbtsUxIF+FdxjIjNqNu17DqOScT5c7v1wwSniDNW1xuixWdemnVGN3wWfx5/1LZTwC" \
	"7vX/AIczXon8J4iROWncgg7ndj0grgVhxlAhfHF3UmDkap/gzqZFsXsydsMEZJlTXvuTy/dw" \
	"xZxEz/IWQ9hFfpjtTW7bur1vnys="

#define GET_LARGE \
	"Zz/V0sS2xukSSgZiZKRL9wYC04TDtzlqhH2xdpmOVPVbbO/uFz80sLCMwXazfZlwWxntLWDG" \
	"K3OIMcSBFELUPD4SIVYhla+7cZ3pG7iOVKxJGF+gSnJb0zXXul2eH9LKXZl3LE+eMUFMjvZ4" \
	"5EvuaXKjkzUbmU6gUBFq8A0CQNtO/2JQndS/rH9DkKDjrxUHb2UoJXJ51V7rXaX89lR+zs5k" \
	"rvpeB4AT4nGKnOS0QrqIYQ0ZBHCPxRNCdeMJOgMLdQkCSuuBQVyGE1MpQDU1R7XVGf8pE3AP" \
	"w5rXJR7VPlhzPWk9NhPFfK83n+Be+QBziOcUDkPPDiteiOoDe4TTYQ=="

#define PUT_BARE \
	"nO78cDohG5zPWkW8sj4lW07dFaGlEs3QA/TgzgIBvdd+KF0oHT0C0lgN81vasn21v2MR6S1N" \
	"3rMqMEW3dHiqaWDpkJ0Mqe/4m8H273cHidrzJMrfx/gp2fr1jWN/FPTzsvn0+QBmul0iE77/" \
	"/OWAxLkg+Sc3NgassLmk3tppGVU="

/* The first four digits of PUT_SHA1, the last two, and these with other bits that no byte holds. */
#define PUT_BEGIN    "INl+"
#define PUT_END      "4U"
#define PUT_END_BITS "4V"

/* Over "PUT,/,X-Docker-A:1", and the same with ",X-Docker-A:2" after it. */
#define ONCE_SHA1 \
	"mdFkptGWOC0GfBOYTGPFpFrHDt4fzIQ7l4HIoHpDbEXz0tWuef8/ELsjk02BLbdoRLPjbTrc" \
	"i/6i8lL0jpof/1w5CzGagde4RvFn5Fn8XrxqZdmeGTBVlUZQgsfPc1sXrRpoQkg2BFmYl7cC" \
	"JieImIDuwF6IKhlvL8YjjfViWNQ="

#define TWICE_SHA1 \
	"i76LHamG5MmP6T4GWmJkFHkcgcVc1LwKNNCKssgV8VhA4BRpGlOZYn/eItoSfRPscxQKsP5P" \
	"50TlqMr0rpPCNL07yGuHQ9OmOeV/unKjEGv6tDu0VcLOZ6HtDl5/YPssyVbIg4hPd3ehE71K" \
	"q/aRYzaozsiFZmFQIKRgoorNp8s="

#define BEGIN_PKCS1 "-----BEGIN RSA PUBLIC KEY-----\n"
#define END_PKCS1   "-----END RSA PUBLIC KEY-----\n"
#define OTHER_PEM   "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"

#define SIGNED(data) "signature=any;data=" data

static struct privileged_key *
key_of(const char *pem)
{
	struct privileged_key *key = NULL;

	if (privileged_key_parse(exact_copy(str_of(pem)), &key, &err) != RC_OK) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
	arena_defer(arena, (void (*)(void *))privileged_key_free, key);
	return key;
}

/* ---- keys ---- */

static void
test_keys(void)
{
	static const struct {
		const char *name;
		struct str pem;
		enum result want;
	} rows[] = {
	    {"PKCS#1", LIT(A_PKCS1), RC_OK},
	    {"SubjectPublicKeyInfo", LIT(A_SPKI), RC_OK},
	    {"2048 bits", LIT(L_PKCS1), RC_OK},
	    {"text around it", LIT("the key\n" A_PKCS1 "that was it\n"), RC_OK},
	    {"something else first", LIT(OTHER_PEM A_SPKI), RC_OK},
	    {"no line break at the end", {A_PKCS1, sizeof(A_PKCS1) - 2}, RC_OK},
	    {"512 bits", LIT(S_PKCS1), RC_BAD_DATA},
	    {"elliptic", LIT(EC_SPKI), RC_BAD_DATA},
	    {"RSA for PSS alone", LIT(PSS_SPKI), RC_BAD_DATA},
	    {"nothing", LIT(""), RC_BAD_DATA},
	    {"no PEM", LIT("ssh-rsa AAAAB3NzaC1yc2E= me@here\n"), RC_BAD_DATA},
	    {"something else", LIT(OTHER_PEM), RC_BAD_DATA},
	    {"NULs", LIT("\0\0\0\0"), RC_BAD_DATA},
	    {"cut off", {A_PKCS1, sizeof(A_PKCS1) / 2}, RC_BAD_DATA},
	    {"no base64", LIT(BEGIN_PKCS1 "????\n" END_PKCS1), RC_BAD_DATA},
	    {"no DER", LIT(BEGIN_PKCS1 "AAAA\n" END_PKCS1), RC_BAD_DATA},
	    {"empty", LIT(BEGIN_PKCS1 END_PKCS1), RC_BAD_DATA},
	    {"cut DER", LIT(BEGIN_PKCS1 "MIGJAoGBAMui\n" END_PKCS1), RC_BAD_DATA},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct privileged_key *key = NULL;

		err.text[0] = '\0';
		is_int(privileged_key_parse(exact_copy(rows[i].pem), &key, &err),
		    rows[i].want, "key: %s", rows[i].name);
		ok((key != NULL) == (rows[i].want == RC_OK), "a key, or none");
		ok((err.text[0] == '\0') == (rows[i].want == RC_OK), "says why: %s",
		    err.text);
		privileged_key_free(key);
	}
	privileged_key_free(NULL);
}

/* ---- signatures ---- */

#define NAMED(name, value) \
	{ \
		LIT(name), LIT(value) \
	}

static const struct privileged_header put_headers[] = {
    NAMED("X-Docker-Checksum", "sha256:ab"),
    NAMED("X-Docker-Foo2Bar", "x, y"),
};

/* The request that was signed. */
static const struct privileged_request put = {
    .method = "PUT",
    .path = LIT("/v1/repositories/team/app/tags/v1"),
    .headers = put_headers,
    .n_headers = COUNT(put_headers),
};

static bool
is_signed(const char *pem, struct privileged_request request, struct str signature)
{
	request.signature = exact_copy(signature);
	return privileged_is_signed(arena, key_of(pem), &request);
}

static void
test_digests(void)
{
	static const struct {
		const char *name;
		struct str signature;
		bool want;
	} rows[] = {
	    {"SHA-1", LIT(SIGNED(PUT_SHA1)), true},
	    {"SHA-224", LIT(SIGNED(PUT_SHA224)), true},
	    {"SHA-256", LIT(SIGNED(PUT_SHA256)), true},
	    {"SHA-384", LIT(SIGNED(PUT_SHA384)), true},
	    {"SHA-512", LIT(SIGNED(PUT_SHA512)), true},
	    {"MD5", LIT(SIGNED(PUT_MD5)), false},
	    {"the digest without its name", LIT(SIGNED(PUT_BARE)), false},
	    {"PSS", LIT(SIGNED(PUT_PSS)), false},
	    {"another key", LIT(SIGNED(PUT_OTHER)), false},
	    {"another text", LIT(SIGNED(GET_SHA1)), false},
	};
	struct privileged_request request = put;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		ok(is_signed(A_PKCS1, put, rows[i].signature) == rows[i].want, "%s",
		    rows[i].name);
		ok(is_signed(A_SPKI, put, rows[i].signature) == rows[i].want,
		    "%s, of a PUBLIC KEY", rows[i].name);
		ok(!is_signed(L_PKCS1, put, rows[i].signature),
		    "%s, of another key", rows[i].name);
	}
	request.signature = TEXT(SIGNED(PUT_SHA1));
	ok(!privileged_is_signed(arena, NULL, &request), "no key");
}

static void
test_no_headers(void)
{
	struct privileged_request get = {
	    .method = "GET", .path = TEXT("/v1/images/0123456789abcdef/json")};

	ok(is_signed(A_PKCS1, get, TEXT(SIGNED(GET_SHA1))), "no header");
	ok(is_signed(L_PKCS1, get, TEXT(SIGNED(GET_LARGE))), "2048 bits");
	ok(!is_signed(A_PKCS1, get, TEXT(SIGNED(GET_LARGE))),
	    "too long for the key");
	ok(!is_signed(A_PKCS1, put, TEXT(SIGNED(GET_SHA1))), "another request");
	get.method = "HEAD";
	ok(!is_signed(A_PKCS1, get, TEXT(SIGNED(GET_SHA1))), "another method");
}

/* ---- what is signed ---- */

static void
test_header_names(void)
{
	static const struct privileged_header forms[][5] = {
	    {NAMED("X-Docker-Foo2Bar", "x, y"),
		NAMED("X-Docker-Checksum", "sha256:ab")},
	    {NAMED("x-docker-checksum", "sha256:ab"),
		NAMED("x-docker-foo2bar", "x, y")},
	    {NAMED("X_DOCKER_FOO2BAR", "x, y"),
		NAMED("X_DOCKER_CHECKSUM", "sha256:ab")},
	    {NAMED("X_Docker-cHECKSUM", "sha256:ab"),
		NAMED("X-DOCKER-FOO2BAR", "x, y")},
	    {NAMED("Accept", "*/*"), NAMED("X-Docker-Checksum", "sha256:ab"),
		NAMED("X-Signature", "z"), NAMED("HOST", "h"),
		NAMED("X-Docker-Foo2bar", "x, y")},
	};
	static const size_t n[] = {2, 2, 2, 2, 5};
	size_t i;

	for (i = 0; i < COUNT(forms); i++) {
		struct privileged_request request = put;

		request.headers = forms[i];
		request.n_headers = n[i];
		ok(is_signed(A_PKCS1, request, TEXT(SIGNED(PUT_SHA1))),
		    "headers: %s", printable(forms[i][0].name));
	}
}

static void
test_other_headers(void)
{
	static const struct {
		const char *name;
		struct privileged_header headers[3];
		size_t n;
	} rows[] = {
	    {"none", {{{0}}}, 0},
	    {"one is missing", {NAMED("X-Docker-Checksum", "sha256:ab")}, 1},
	    {"another value",
		{NAMED("X-Docker-Checksum", "sha256:ac"),
		    NAMED("X-Docker-Foo2Bar", "x, y")},
		2},
	    {"an empty value",
		{NAMED("X-Docker-Checksum", "sha256:ab"),
		    NAMED("X-Docker-Foo2Bar", "")},
		2},
	    {"another name",
		{NAMED("X-Docker-Checksun", "sha256:ab"),
		    NAMED("X-Docker-Foo2Bar", "x, y")},
		2},
	    {"one more",
		{NAMED("X-Docker-Checksum", "sha256:ab"),
		    NAMED("X-Docker-Foo2Bar", "x, y"), NAMED("X-Docker-Size", "")},
		3},
	    {"one more, by the skin of its name",
		{NAMED("X-Docker-Checksum", "sha256:ab"),
		    NAMED("X-Docker-Foo2Bar", "x, y"), NAMED("x_dockerish", "")},
		3},
	    {"one doubled",
		{NAMED("X-Docker-Checksum", "sha256:ab"),
		    NAMED("X-Docker-Foo2Bar", "x, y"),
		    NAMED("X_DOCKER_CHECKSUM", "sha256:ab")},
		3},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct privileged_request request = put;

		request.headers = rows[i].headers;
		request.n_headers = rows[i].n;
		ok(!is_signed(A_PKCS1, request, TEXT(SIGNED(PUT_SHA1))),
		    "headers: %s", rows[i].name);
	}
}

/* Two with one name: a signature over any of their texts is none. */
static void
test_doubled_header(void)
{
	static const struct privileged_header twice[] = {
	    NAMED("X-Docker-A", "1"), NAMED("X_DOCKER_A", "2")};
	struct privileged_request request = {
	    .method = "PUT", .path = TEXT("/"), .headers = twice, .n_headers = 1};

	ok(is_signed(A_PKCS1, request, TEXT(SIGNED(ONCE_SHA1))), "once");
	request.n_headers = 2;
	ok(!is_signed(A_PKCS1, request, TEXT(SIGNED(ONCE_SHA1))),
	    "twice: the first");
	ok(!is_signed(A_PKCS1, request, TEXT(SIGNED(TWICE_SHA1))), "twice: both");
}

static void
test_other_requests(void)
{
	struct privileged_request request = put;
	struct privileged_header *many = arena_alloc(arena, 300 * sizeof(*many));
	size_t i;

	request.path = TEXT("/v1/repositories/team/app/tags/v2");
	ok(!is_signed(A_PKCS1, request, TEXT(SIGNED(PUT_SHA1))), "another path");
	request.path = TEXT(
	    "/v1/repositories/team/app/tags/v1,X-Docker-Checksum:sha256:ab");
	ok(!is_signed(A_PKCS1, request, TEXT(SIGNED(PUT_SHA1))),
	    "a path with a comma");
	request = put;
	request.method = "POST";
	ok(!is_signed(A_PKCS1, request, TEXT(SIGNED(PUT_SHA1))), "another method");
	for (i = 0; i < 300; i++) {
		many[i].name = str_of(arena_printf(arena, "X-Docker-%zu", i));
		many[i].value = repeated('v', 1024);
	}
	request.headers = many;
	request.n_headers = 300;
	ok(!is_signed(A_PKCS1, request, TEXT(SIGNED(PUT_SHA1))), "300 kilobytes");
}

/* ---- the form of X-Signature ---- */

static void
test_forms(void)
{
	static const struct str good[] = {
	    LIT("signature=any;data=" PUT_SHA1),
	    LIT("data=" PUT_SHA1 ";signature=any"),
	    LIT("signature=;data=" PUT_SHA1),
	    LIT(" signature=any ; data=" PUT_SHA1 " "),
	    LIT("data=" PUT_SHA1),
	    LIT("a=1;b=2;data=" PUT_SHA1 ";signature=x=y"),
	};
	static const struct str bad[] = {
	    LIT(""),
	    LIT(" "),
	    LIT(";"),
	    LIT("data"),
	    LIT("data="),
	    LIT("signature=any"),
	    LIT("signature=" PUT_SHA1),
	    LIT(PUT_SHA1),
	    LIT("Data=" PUT_SHA1),
	    LIT("data:" PUT_SHA1),
	    LIT("data=" PUT_SHA1 ";any"),
	    LIT("any;data=" PUT_SHA1),
	    LIT("data=" PUT_SHA1 ";data=" PUT_SHA1),
	    LIT("data=;data=" PUT_SHA1),
	    LIT("data=" PUT_SHA1 ",signature=any"),
	};
	size_t i;

	for (i = 0; i < COUNT(good); i++)
		ok(is_signed(A_PKCS1, put, good[i]), "form %zu", i);
	for (i = 0; i < COUNT(bad); i++)
		ok(!is_signed(A_PKCS1, put, bad[i]), "no form: %.40s",
		    printable(bad[i]));
}

/* Base64 with a piece of PUT_SHA1 replaced. */
static bool
is_signed_by(const char *from, const char *to)
{
	char *text = arena_strdup(arena, PUT_SHA1), *at = strstr(text, from);

	if (at == NULL)
		abort();
	*at = '\0';
	return is_signed(A_PKCS1, put,
	    str_of(arena_printf(
		arena, SIGNED("%s%s%s"), text, to, at + strlen(from))));
}

static void
test_base64(void)
{
	ok(is_signed_by(PUT_END, PUT_END), "as it was made");
	ok(!is_signed_by(PUT_END, PUT_END_BITS), "other bits after the last byte");
	ok(!is_signed_by(PUT_END "=", PUT_END), "no padding");
	ok(!is_signed_by(PUT_END "=", PUT_END "=="), "too much padding");
	ok(!is_signed_by(PUT_END "=", PUT_END "=AAAA"), "more after the padding");
	ok(!is_signed_by(PUT_END "=", PUT_END "=----"),
	    "an end that is overlooked");
	ok(!is_signed_by(PUT_END "=", PUT_END "=\n\n\n\n"), "line breaks after it");
	ok(!is_signed_by(PUT_BEGIN, " " PUT_BEGIN "   "), "blanks");
	ok(!is_signed_by(PUT_BEGIN, "\n\n\n\n" PUT_BEGIN), "line breaks before it");
	ok(!is_signed_by(PUT_BEGIN, "-_-_"), "the alphabet of addresses");
	ok(!is_signed_by(PUT_BEGIN, "===="), "nothing but padding");
	ok(!is_signed_by(PUT_BEGIN, "AAAA"), "other bytes");
	ok(!is_signed_by(PUT_BEGIN, "AAAA" PUT_BEGIN), "zeros before it");
	ok(!is_signed_by(PUT_BEGIN, "\xff\xfe\xfd\xfc"), "no text");
	ok(!is_signed(A_PKCS1, put, str_of("data=====")), "four of padding");
	ok(!is_signed(A_PKCS1, put, TEXT("data=AA\0\0")), "NULs");
	ok(!is_signed(A_PKCS1, put,
	       str_of(arena_printf(arena, "data=%s", repeated('A', 2732).p))),
	    "as long as the longest key");
	ok(!is_signed(A_PKCS1, put,
	       str_of(arena_printf(arena, "data=%s", repeated('A', 1 << 20).p))),
	    "a megabyte");
	ok(!is_signed(A_PKCS1, put,
	       str_of(arena_printf(arena, "data=%s", repeated('A', 172).p))),
	    "zeros");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_keys, test_digests,
	    test_no_headers, test_header_names, test_other_headers,
	    test_doubled_header, test_other_requests, test_forms, test_base64};

	return run_tests(tests, COUNT(tests));
}
