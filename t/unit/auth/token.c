/* token.c: tokens, as others write them and berth's own. The sums were made with
 * Python's hmac. */
#include "auth/token.h"
#include "lib/unit.h"

#define NOW 1700000000 /* 2023-11-14 */

static const struct v1name team_app = {"team", "app"};

/* "ns|repo|access|signature"; NULL: it is none. */
static const char *
parsed(struct str text)
{
	static const char *const words[] = {"read", "write", "delete"};
	struct token t = {.access = (enum token_access)99};

	if (!token_parse(arena, exact_copy(text), &t))
		return t.access == (enum token_access)99 && t.signature.p == NULL &&
			       t.repository.ns == NULL
			   ? NULL
			   : "touched";
	return arena_printf(arena, "%s|%s|%s|%s", t.repository.ns,
	    t.repository.repo, words[t.access], printable(t.signature));
}

static void
test_forms(void)
{
	static const struct {
		struct str text;
		const char *want;
	} rows[] = {
	    {LIT("Token signature=0123456789abcdef,repository=\"team/app\",access=write"),
		"team|app|write|0123456789abcdef"},
	    {LIT("Token Token signature=a1,repository=\"team/app\",access=read"),
		"team|app|read|a1"},
	    {LIT("token TOKEN signature=a1,repository=team/app,access=read"),
		"team|app|read|a1"},
	    {LIT("tOkEn access=\"delete\",repository=\"team/app\",signature=\"a1\""),
		"team|app|delete|a1"},
	    {LIT("Token repository=team/app,signature=a1,access=read"),
		"team|app|read|a1"},
	    {LIT("\t Token \t signature = a1 ,\trepository = \"team/app\" , access =read "),
		"team|app|read|a1"},
	    {LIT("Token signature=a=b==,repository=\"team/app\",access=read"),
		"team|app|read|a=b=="},
	    {LIT("Token realm=\"x\",signature=a1,repository=team/app,access=read,v=2"),
		"team|app|read|a1"},
	    {LIT("Token token=1,signature=a1,repository=team/app,access=read"),
		"team|app|read|a1"},
	    /* names */
	    {LIT("Token signature=a1,repository=\"library/centos\",access=read"),
		"library|centos|read|a1"},
	    {LIT("Token signature=a1,repository=\"team/app%2Fweb\",access=read"),
		"team|app/web|read|a1"},
	    {LIT("Token signature=a1,repository=\"team/a%2fb%2Fc\",access=read"),
		"team|a/b/c|read|a1"},
	    {LIT("Token signature=a1,repository=\"team/a%252Fb\",access=read"),
		"team|a%2Fb|read|a1"},
	    {LIT("Token signature=a1,repository=\"team/a+b%2B%2C%22\",access=read"),
		"team|a b+,\"|read|a1"},
	    {LIT("Token signature=a1,repository=\"te%61m/app\",access=read"),
		"team|app|read|a1"},
	    {LIT("Token signature=a1,repository=\"t\xc3\xa9/%C3%A9\",access=read"),
		"t\xc3\xa9|\xc3\xa9|read|a1"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(parsed(rows[i].text), rows[i].want, "%s",
		    printable(rows[i].text));
}

#define WITH(repository) \
	LIT("Token signature=a1,repository=" repository ",access=read")

static void
test_no_token(void)
{
	static const struct str rows[] = {
	    LIT(""),
	    LIT(" "),
	    LIT("Token"),
	    LIT("Token "),
	    LIT("Token Token"),
	    LIT("Basic dXNlcjpwYXNz"),
	    LIT("Bearer signature=a1,repository=team/app,access=read"),
	    LIT("Basic signature=a1,repository=team/app,access=read"),
	    LIT("signature=a1,repository=team/app,access=read"),
	    LIT("Tokens signature=a1,repository=team/app,access=read"),
	    LIT("Token=signature=a1,repository=team/app,access=read"),
	    LIT("Token Token Token signature=a1,repository=team/app,access=read"),
	    LIT("Basic Token signature=a1,repository=team/app,access=read"),
	    LIT("Token\nsignature=a1,repository=team/app,access=read"),
	    /* missing */
	    LIT("Token repository=team/app,access=read"),
	    LIT("Token signature=a1,access=read"),
	    LIT("Token signature=a1,repository=team/app"),
	    LIT("Token signature=,repository=team/app,access=read"),
	    LIT("Token signature=\"\",repository=team/app,access=read"),
	    LIT("Token signature=a1,repository=team/app,access="),
	    LIT("Token signature=a1,repository=team/app,access"),
	    LIT("Token signature=a1,repository=,access=read"),
	    LIT("Token signature=a1,repository=\"\",access=read"),
	    /* doubled */
	    LIT("Token signature=a1,signature=a1,repository=team/app,access=read"),
	    LIT("Token signature=a1,repository=team/app,repository=team/app,access=read"),
	    LIT("Token signature=a1,repository=team/app,access=read,access=read"),
	    LIT("Token signature=a1,repository=team/app,access=read,access=write"),
	    /* no access */
	    LIT("Token signature=a1,repository=team/app,access=Read"),
	    LIT("Token signature=a1,repository=team/app,access=reader"),
	    LIT("Token signature=a1,repository=team/app,access=\"read,write\""),
	    LIT("Token signature=a1,repository=team/app,access=read write"),
	    /* no members */
	    LIT("Token a1"),
	    LIT("Token ,signature=a1,repository=team/app,access=read"),
	    LIT("Token signature=a1,,repository=team/app,access=read"),
	    LIT("Token signature=a1;repository=team/app;access=read"),
	    LIT("Token =x,signature=a1,repository=team/app,access=read"),
	    LIT("Token x signature=a1,repository=team/app,access=read"),
	    LIT("Token signature=\"a1,repository=team/app,access=read"),
	    LIT("Token repository=team/app,access=read,signature=\"a1"),
	    LIT("Token signature=\"a1\"x,repository=team/app,access=read"),
	    LIT("Token signature=a\"1,repository=team/app,access=read"),
	    LIT("Token signature=\"a1,repository=no/ne\",repository=team/app,access=read"),
	    LIT("Token x=\"y,repository=no/ne\",signature=a1,repository=team/app,access=read"),
	    LIT("Token signature=a1,repository=team/app,access=read,x y=z"),
	    LIT("Token signature=a1\nX: y,repository=team/app,access=read"),
	    LIT("Token signature=a1\0,repository=team/app,access=read"),
	    LIT("Token signature=a1,repository=team/app,access=read\0"),
	    LIT("Token signature=a1,repository=team/app,access=read,x=\x7f"),
	    /* no repositories */
	    WITH("app"),
	    WITH("\"app\""),
	    WITH("/app"),
	    WITH("team/"),
	    WITH("/"),
	    WITH("team/app/web"),
	    WITH("team/app/"),
	    WITH("/team/app"),
	    WITH("team%2Fapp"),
	    WITH("a%2Fb/c"),
	    WITH("team/.."),
	    WITH("../app"),
	    WITH("team/a%2F..%2Fb"),
	    WITH("team/a%2F%2Fb"),
	    WITH("team/%2Fb"),
	    WITH("team/%"),
	    WITH("team/%4"),
	    WITH("team/%zz"),
	    WITH("te%m/app"),
	    WITH("team/a%00"),
	    WITH("te%00am/app"),
	    WITH("team/a%0A"),
	    WITH("team/%FF"),
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(parsed(rows[i]), NULL, "none: %s", printable(rows[i]));
}

static void
test_long(void)
{
	const char *fits = repeated('a', 255).p, *longer = repeated('a', 256).p;
	const char *big = repeated(',', 1 << 20).p;

	is_str(parsed(str_of(arena_printf(arena,
		   "Token signature=a1,repository=%s/%s,access=read", fits, fits))),
	    arena_printf(arena, "%s|%s|read|a1", fits, fits), "255 bytes");
	is_str(parsed(str_of(arena_printf(arena,
		   "Token signature=a1,repository=team/%s,access=read", longer))),
	    NULL, "256 bytes");
	is_str(parsed(str_of(arena_printf(arena,
		   "Token signature=a1,repository=%s/app,access=read", longer))),
	    NULL, "256 of a namespace");
	is_str(parsed(str_of(arena_printf(arena, "Token x=%s", big))), NULL,
	    "a megabyte of commas");
}

/* ---- own ones ---- */

#define KEY "0123456789abcdef0123456789abcdef"

static const struct {
	struct str key;
	struct v1name name;
	enum token_access access;
	int64_t now;
	const char *want;
} made[] = {
    {LIT(KEY), {"team", "app"}, TOKEN_WRITE, 1700000000,
	"Token signature=000000006553ff10"
	"e192e277639a03fbaeaf3b97f57b6c73388d9aed099588cea42fbb8ac702cc1d"
	",repository=\"team/app\",access=write"},
    {LIT(KEY), {"library", "centos"}, TOKEN_READ, 1700000000,
	"Token signature=000000006553ff10"
	"bf339288d925c55742f006abf380255aecb87ca95e64d47411b1da0fb47fffaa"
	",repository=\"library/centos\",access=read"},
    {LIT(KEY), {"team", "app/web"}, TOKEN_DELETE, 0,
	"Token signature=0000000000000e10"
	"d76bfdfa48ab6a5ca37b01ee297cbd6cbdb90542060802e2c868bef1cf49e3fe"
	",repository=\"team/app%2Fweb\",access=delete"},
    {LIT(KEY), {"team", "a b+c,\"%2F"}, TOKEN_READ, 1,
	"Token signature=0000000000000e11"
	"c3ab4b13ae8c3eb070abba50f1eb4e1bd34d2270beb6ea3ca7a8bf0b1f6fbf34"
	",repository=\"team/a+b%2Bc%2C%22%252F\",access=read"},
    {LIT(KEY), {"a+b \"c\",", "d"}, TOKEN_WRITE, 253402300799,
	"Token signature=0000003afff44f8f"
	"a37084f5586fa554d12f9f2f363242d3703261366b1479e41a8e7c4f3518d702"
	",repository=\"a%2Bb+%22c%22%2C/d\",access=write"},
    {LIT(KEY), {"t\303\251", "\303\251"}, TOKEN_READ, 1700000000,
	"Token signature=000000006553ff10"
	"1d92fae650315334184c0c7333a048029f66baa7361a95c8c771259b4bc40bc1"
	",repository=\"t%C3%A9/%C3%A9\",access=read"},
    {LIT("\0k\xff"), {"team", "app"}, TOKEN_READ, 1700000000,
	"Token signature=000000006553ff10"
	"483ef9a4a3de6efa30e449788ac54d77c6f7896625f14bfbc034e845d10dacec"
	",repository=\"team/app\",access=read"},
    {LIT("0123456789012345678901234567890123456789012345678901234567890123456789"),
	{"team", "app"}, TOKEN_READ, 1700000000,
	"Token signature=000000006553ff10"
	"e3dc468c1a4b6f7620f035f15387b2514d80a1bbae507597259125e238643107"
	",repository=\"team/app\",access=read"},
};

static void
test_new(void)
{
	size_t i;

	for (i = 0; i < COUNT(made); i++)
		is_str(token_new(arena, made[i].key, &made[i].name, made[i].access,
			   made[i].now),
		    made[i].want, "token of %s/%s", made[i].name.ns,
		    made[i].name.repo);
}

static bool
holds(const char *text, struct str key, int64_t now)
{
	struct token t;

	return token_parse(arena, exact_copy(str_of(text)), &t) &&
	       token_is_valid(arena, key, &t, now);
}

/* What was handed out comes back, and says what it said. */
static void
test_there_and_back(void)
{
	size_t i;

	for (i = 0; i < COUNT(made); i++) {
		struct token t = {.access = TOKEN_READ};

		ok(token_parse(arena, str_of(made[i].want), &t), "parsed: %s",
		    made[i].want);
		ok(t.access == made[i].access, "the access");
		is_str(t.repository.ns, made[i].name.ns, "the namespace");
		is_str(t.repository.repo, made[i].name.repo, "the repository");
		ok(token_is_valid(arena, made[i].key, &t, made[i].now), "holds");
		ok(holds(arena_printf(arena, "Token %s", made[i].want), made[i].key,
		       made[i].now),
		    "holds when docker has put a word before it");
	}
}

static void
test_time(void)
{
	struct str key = TEXT(KEY);
	const char *text = token_new(arena, key, &team_app, TOKEN_WRITE, NOW);

	ok(holds(text, key, NOW + 3600), "holds for an hour");
	ok(!holds(text, key, NOW + 3601), "and no longer");
	ok(holds(text, key, 0), "a clock that was set back is not a reason");
	ok(!holds(text, key, INT64_MAX), "not for ever");
}

/* text with the first `from` replaced; as long. */
static const char *
changed(const char *text, const char *from, const char *to)
{
	char *copy = arena_strdup(arena, text), *at = strstr(copy, from);

	if (at == NULL || strlen(from) != strlen(to))
		abort();
	memcpy(at, to, strlen(to));
	return copy;
}

static void
test_forged(void)
{
	static const char text[] =
	    "Token signature=000000006553ff10"
	    "e192e277639a03fbaeaf3b97f57b6c73388d9aed099588cea42fbb8ac702cc1d"
	    ",repository=\"team/app\",access=write ";
	struct str key = TEXT(KEY);
	size_t i, first = strlen("Token signature="), bad = 0;

	ok(holds(text, key, NOW), "the real one");
	ok(!holds(text, TEXT("1123456789abcdef0123456789abcdef"), NOW),
	    "another key");
	ok(!holds(text, str_make(key.p, key.n - 1), NOW), "a part of the key");
	ok(!holds(changed(text, "team/app", "team/apq"), key, NOW), "repository");
	ok(!holds(changed(text, "team/app", "teal/app"), key, NOW), "namespace");
	ok(!holds(changed(text, "access=write", "access=read "), key, NOW),
	    "access");
	for (i = first; i < first + 80; i++) { /* one digit, each */
		char *copy = arena_strdup(arena, text);

		copy[i] = copy[i] == '0' ? '1' : '0';
		bad += holds(copy, key, 0);
	}
	is_int(bad, 0, "each digit counts");
	ok(!holds(changed(text, "000000006553ff10", "7fffffffffffffff"), key, NOW),
	    "a later time");
	ok(!holds(changed(text, "000000006553ff10", "000000006553FF10"), key, NOW),
	    "capitals");
}

static void
test_no_signature(void)
{
	static const char *const rows[] = {"0", "0123456789abcdef", "x",
	    "000000006553ff10"
	    "e192e277639a03fbaeaf3b97f57b6c73388d9aed099588cea42fbb8ac702cc1",
	    "000000006553ff10"
	    "e192e277639a03fbaeaf3b97f57b6c73388d9aed099588cea42fbb8ac702cc1d"
	    "0",
	    "ffffffffffffffff"
	    "0000000000000000000000000000000000000000000000000000000000000000"};
	struct token t = {.repository = {"team", "app"}, .access = TOKEN_WRITE};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		t.signature = exact_copy(str_of(rows[i]));
		ok(!token_is_valid(arena, TEXT(KEY), &t, NOW), "signature %s",
		    rows[i]);
	}
	ok(!holds(token_new(arena, TEXT(""), &team_app, TOKEN_READ, NOW), TEXT(""),
	       NOW),
	    "an empty key makes none that holds");
}

static const char *
sum_of(const struct v1name *name)
{
	const char *text = token_new(arena, TEXT(KEY), name, TOKEN_READ, NOW);

	return arena_strndup(arena, text + strlen("Token signature=") + 16, 64);
}

/* What a name is made of moves no border between the parts that are signed. */
static void
test_borders(void)
{
	static const struct v1name names[] = {{"a", "b"}, {"a", "b/c"},
	    {"a", "b%2Fc"}, {"a%2Fb", "c"}, {"a b", "c"}, {"a+b", "c"},
	    {"a%20b", "c"}, {"a", "b c"}, {"a", "b+c"}, {"read a", "b"},
	    {"a", "b read"}};
	size_t i, j, same = 0;

	for (i = 0; i < COUNT(names); i++)
		for (j = 0; j < i; j++)
			same += strcmp(sum_of(&names[i]), sum_of(&names[j])) == 0;
	is_int(same, 0, "no two names share a signature");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_forms, test_no_token, test_long,
	    test_new, test_there_and_back, test_time, test_forged,
	    test_no_signature, test_borders};

	return run_tests(tests, COUNT(tests));
}
