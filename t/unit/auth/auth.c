/* auth.c: which caller is let in. The other index is played here: remote_get_cached() is this file's. */

#include "auth/auth.h"

#include "base/clock.h"
#include "base/json.h"
#include "lib/unit.h"
#include "remote/remote.h"

#define ID       "0123456789abcdef"
#define LONG_ID  ID ID ID ID
#define INDEX    "https://index.example.com"
#define OF_INDEX "Token signature=a1,repository=\"team/app\",access="

/* ---- the index ---- */

/* What it answers next, and what it was asked last. */
static struct {
	enum result result;
	int status;
	struct str body;

	size_t calls;
	struct remote *remote;
	char url[1024], authorization[512];
	size_t n_headers;
	struct remote_ttl memory;
} played;

enum result
remote_get_cached(struct remote *rm, struct arena *a,
    const struct remote_call *call, const struct remote_ttl *memory,
    struct remote_answer *out, struct err *why)
{
	size_t i;

	(void)a;
	played.calls++;
	played.remote = rm;
	played.memory = *memory;
	(void)snprintf(played.url, sizeof(played.url), "%s", call->url);
	played.authorization[0] = '\0';
	for (i = 0; call->headers[i] != NULL; i++)
		if (strncmp(call->headers[i], "Authorization:", 14) == 0)
			(void)snprintf(played.authorization,
			    sizeof(played.authorization), "%s", call->headers[i]);
	played.n_headers = i;
	memset(out, 0, sizeof(*out));
	if (played.result != RC_OK)
		return err_set(why, played.result, "no answer");
	out->status = played.status;
	out->body = played.body;
	return RC_OK;
}

static void
play(int status, struct str body)
{
	memset(&played, 0, sizeof(played));
	played.status = status;
	played.body = exact_copy(body);
}

static void
play_down(void)
{
	play(0, TEXT(""));
	played.result = RC_UPSTREAM;
}

/* ---- requests ---- */

#define SECRET TEXT("0123456789abcdef0123456789abcdef")

static int somewhere;

static struct auth
auth_of(enum auth_mode mode)
{
	return (struct auth){.mode = mode,
	    .secret = SECRET,
	    .index_endpoint = INDEX,
	    .remote = (struct remote *)(void *)&somewhere};
}

static const struct v1name team_app = {"team", "app"}, team_web = {"team", "web"},
			   other_app = {"other", "app"},
			   slashed = {"team", "app/web x"};

static struct caller caller;
static enum result
admit(const struct auth *auth, const char *authorization, const struct v1name *name,
    enum token_access need)
{
	const struct auth_request request = {
	    .request = {.method = "GET", .path = TEXT("/v1/images/" ID "/json")},
	    .authorization = exact_copy(str_of(authorization))};
	const struct auth_access access = {need, name};

	memset(&caller, 0xff, sizeof(caller));
	err.text[0] = '\0';
	auth_authenticate(auth, arena, &request, &caller);
	return auth_authorize(auth, arena, &access, &caller, &err);
}

static const char *
own(const struct v1name *name, enum token_access access)
{
	return token_new(arena, SECRET, name, access, clock_now());
}

/* ---- nobody is asked for a token ---- */

static void
test_open(void)
{
	struct auth auth = auth_of(AUTH_OPEN);

	play_down();
	is_int(admit(&auth, NULL, &team_app, TOKEN_WRITE), RC_OK, "open: no token");
	ok(!caller.bound, "not bound");
	is_str(caller.repository.ns, NULL, "in nobody's name");
	is_int(caller.granted.n, 0, "nothing granted");
	is_int(admit(&auth, "Basic dTpw", NULL, TOKEN_READ), RC_OK,
	    "open: a password");
	is_str(caller.repository.ns, NULL, "in nobody's name");
	is_text(caller.authorization, "Basic dTpw", "kept");
	is_int(admit(&auth, OF_INDEX "read", &team_web, TOKEN_DELETE), RC_OK,
	    "open: a token of another repository, for another access");
	ok(!caller.bound, "not bound");
	is_str(caller.repository.ns, "team", "in its name");
	is_str(caller.repository.repo, "app", "in its name");
	is_int(caller.access, TOKEN_READ, "with its access");
	is_text(caller.authorization, OF_INDEX "read", "kept");
	is_int(played.calls, 0, "nobody was asked");
}

/* ---- own tokens ---- */

static void
test_own(void)
{
	struct auth auth = auth_of(AUTH_OWN);
	const char *token = own(&team_app, TOKEN_READ);

	play_down();
	is_int(admit(&auth, token, &team_app, TOKEN_READ), RC_OK, "own token");
	ok(caller.bound, "bound");
	is_str(caller.repository.ns, "team", "in its name");
	is_str(caller.repository.repo, "app", "in its name");
	is_int(caller.access, TOKEN_READ, "with its access");
	is_str(printable(caller.authorization), token, "kept");
	is_int(caller.granted.n, 0, "nothing granted");
	is_int(admit(&auth, token, NULL, TOKEN_READ), RC_OK, "the path names none");
	is_int(admit(&auth, arena_printf(arena, "Token %s", token), &team_app,
		   TOKEN_READ),
	    RC_OK, "Token Token");
	is_int(admit(&auth, own(&slashed, TOKEN_WRITE), &slashed, TOKEN_WRITE),
	    RC_OK, "a name with a slash and a blank");
	is_int(played.calls, 0, "nobody was asked");
}

static void
test_own_refused(void)
{
	const char *const texts[] = {NULL, "", "Basic dTpw", "Token", "Token x",
	    OF_INDEX "read",
	    token_new(arena, TEXT("x"), &team_app, TOKEN_READ, clock_now()),
	    token_new(
		arena, SECRET, &team_app, TOKEN_READ, clock_now() - TOKEN_LIFE - 5),
	    own(&team_web, TOKEN_READ), own(&other_app, TOKEN_READ),
	    own(&slashed, TOKEN_READ)};
	struct auth auth = auth_of(AUTH_OWN);
	size_t i;

	play_down();
	for (i = 0; i < COUNT(texts); i++) {
		is_int(admit(&auth, texts[i], &team_app, TOKEN_READ),
		    RC_UNAUTHORIZED, "refused: %s",
		    texts[i] == NULL ? "none" : texts[i]);
		ok(!caller.bound, "not bound");
		ok(err.text[0] != '\0', "says why: %s", err.text);
	}
	is_int(played.calls, 0, "nobody was asked");
}

/* Of every mode that asks: a token is for one access. */
static void
test_access(void)
{
	static const enum token_access all[] = {
	    TOKEN_READ, TOKEN_WRITE, TOKEN_DELETE};
	struct auth by_own = auth_of(AUTH_OWN), by_index = auth_of(AUTH_INDEX);
	size_t i, j;

	for (i = 0; i < COUNT(all); i++)
		for (j = 0; j < COUNT(all); j++) {
			const char *token = own(&team_app, all[i]);
			enum result want = i == j ? RC_OK : RC_UNAUTHORIZED;

			play(200, TEXT("[]"));
			is_int(admit(&by_own, token, NULL, all[j]), want,
			    "own: %zu for %zu", i, j);
			is_int(admit(&by_index, token, NULL, all[j]), want,
			    "index: %zu for %zu", i, j);
			is_int(played.calls, i == j, "asked only when it may be");
		}
}

/* ---- another index ---- */

static void
test_index(void)
{
	struct auth auth = auth_of(AUTH_INDEX);

	play(200, TEXT("[{\"id\": \"" ID "\"}, {\"id\": \"" LONG_ID
		       "\", \"Tag\": \"v1\"}]"));
	is_int(
	    admit(&auth, OF_INDEX "write", &team_app, TOKEN_WRITE), RC_OK, "index");
	ok(caller.bound, "bound");
	is_str(caller.repository.ns, "team", "in its name");
	is_str(caller.repository.repo, "app", "in its name");
	is_int(caller.access, TOKEN_WRITE, "with its access");
	is_text(caller.authorization, OF_INDEX "write", "kept");
	is_text(caller.granted, "[\"" ID "\", \"" LONG_ID "\"]", "granted");
	is_int(played.calls, 1, "asked once");
	ok(played.remote == auth.remote, "by the remote");
	is_str(played.url, INDEX "/v1/repositories/team/app/images", "where");
	is_str(played.authorization, "Authorization: " OF_INDEX "write",
	    "in whose name");
	is_int(played.n_headers, 2, "with a header next to it");
	is_int(played.memory.ok_ms, 10000, "yes is remembered");
	is_int(played.memory.error_ms, 3000, "no is remembered");
	is_int(played.memory.unreachable_ms, 1000, "no answer is remembered");
}

static void
test_index_address(void)
{
	struct auth auth = auth_of(AUTH_INDEX);

	play(200, TEXT("[]"));
	is_int(admit(&auth, own(&slashed, TOKEN_READ), &slashed, TOKEN_READ), RC_OK,
	    "a name with a slash and a blank");
	is_str(played.url, INDEX "/v1/repositories/team/app%2Fweb%20x/images",
	    "where");
	is_int(
	    admit(&auth,
		"Token Token signature=a1,repository=\"t%3F%23/%2E..%26\",access=read",
		NULL, TOKEN_READ),
	    RC_OK, "a name that means something in an address");
	is_str(played.url, INDEX "/v1/repositories/t%3F%23/...%26/images", "where");
	is_str(played.authorization,
	    "Authorization: Token Token "
	    "signature=a1,repository=\"t%3F%23/%2E..%26\",access=read",
	    "as it came");
}

static void
test_granted(void)
{
	static const struct {
		struct str body, want;
	} rows[] = {
	    {LIT("[]"), LIT("[]")},
	    {LIT(" [ ] "), LIT("[]")},
	    {LIT("[{\"id\":\"" ID "\"}]"), LIT("[\"" ID "\"]")},
	    {LIT("[{\"id\":\"\\u0030123456789abcdef\"}]"), LIT("[\"" ID "\"]")},
	    {LIT("[{\"checksum\":\"x\",\"id\":\"" ID "\",\"id\":\"" LONG_ID "\"}]"),
		LIT("[\"" LONG_ID "\"]")},
	    /* what is not an image's id grants nothing */
	    {LIT("[{},null,1,[],\"" ID "\",{\"id\":null},{\"id\":1},{\"id\":[]},"
		 "{\"id\":\"x\"},{\"id\":\"0123456789ABCDEF\"},"
		 "{\"id\":\"" ID "\\u0000\"},{\"id\":\"\"},{\"ID\":\"" ID "\"}]"),
		LIT("[]")},
	};
	struct auth auth = auth_of(AUTH_INDEX);
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		play(200, rows[i].body);
		is_int(admit(&auth, OF_INDEX "read", &team_app, TOKEN_READ), RC_OK,
		    "says %s", printable(rows[i].body));
		is_str(
		    printable(caller.granted), printable(rows[i].want), "granted");
	}
}

/* More images than a JSON document may have values. */
static void
test_many_granted(void)
{
	enum { MANY = JSON_VALUES + 1 };
	struct auth auth = auth_of(AUTH_INDEX);
	char *body = arena_alloc(arena, (size_t)MANY * 32), *p = body;
	size_t i;

	*p++ = '[';
	for (i = 0; i < MANY; i++)
		p += sprintf(p, "%s{\"id\":\"%016zx\"}", i == 0 ? "" : ",", i);
	*p++ = ']';
	play(200, str_make(body, (size_t)(p - body)));
	is_int(
	    admit(&auth, OF_INDEX "read", NULL, TOKEN_READ), RC_OK, "many images");
	is_int(caller.granted.n, MANY * 20, "all are granted");
}

static void
test_index_refuses(void)
{
	static const struct {
		int status;
		struct str body;
		enum result want;
	} rows[] = {
	    {400, LIT("[]"), RC_UNAUTHORIZED},
	    {401, LIT(""), RC_UNAUTHORIZED},
	    {401, LIT("[]"), RC_UNAUTHORIZED},
	    {403, LIT("[{\"id\":\"" ID "\"}]"), RC_UNAUTHORIZED},
	    {404, LIT("\"no such repository\""), RC_UNAUTHORIZED},
	    {499, LIT("[]"), RC_UNAUTHORIZED},
	    {500, LIT("[]"), RC_UPSTREAM},
	    {503, LIT(""), RC_UPSTREAM},
	    {100, LIT("[]"), RC_UPSTREAM},
	    {201, LIT("[]"), RC_UPSTREAM},
	    {204, LIT(""), RC_UPSTREAM},
	    {304, LIT("[]"), RC_UPSTREAM},
	    {0, LIT("[]"), RC_UPSTREAM},
	    {200, LIT(""), RC_UPSTREAM},
	    {200, LIT("<html>Welcome to this hotel's network</html>"), RC_UPSTREAM},
	    {200, LIT("{}"), RC_UPSTREAM},
	    {200, LIT("{\"id\":\"" ID "\"}"), RC_UPSTREAM},
	    {200, LIT("true"), RC_UPSTREAM},
	    {200, LIT("null"), RC_UPSTREAM},
	    {200, LIT("\"" ID "\""), RC_UPSTREAM},
	    {200, LIT("[{\"id\":\"" ID "\"}"), RC_UPSTREAM},
	    {200, LIT("[{\"id\":\"" ID "\"}]x"), RC_UPSTREAM},
	    {200, LIT("[{\"id\":\"" ID "\"},]"), RC_UPSTREAM},
	    {200, LIT("[{\"id\":\"" ID "\"}]\0"), RC_UPSTREAM},
	};
	struct auth auth = auth_of(AUTH_INDEX);
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		play(rows[i].status, rows[i].body);
		is_int(admit(&auth, OF_INDEX "read", &team_app, TOKEN_READ),
		    rows[i].want, "%d %s", rows[i].status, printable(rows[i].body));
		ok(!caller.bound, "not bound");
		is_int(caller.granted.n, 0, "nothing granted");
		ok(err.text[0] != '\0', "says why: %s", err.text);
	}
	play_down();
	is_int(admit(&auth, OF_INDEX "read", &team_app, TOKEN_READ), RC_UPSTREAM,
	    "down");
	ok(!caller.bound, "not bound");
	is_str(err.text, "no answer", "says why");
}

static void
test_index_not_asked(void)
{
	static const char *const texts[] = {NULL, "", "Basic dTpw", "Token x",
	    OF_INDEX "write", "Token signature=a1,repository=team/web,access=read",
	    "Token signature=a1,repository=other/app,access=read",
	    "Token signature=a1,repository=team/app%2Fx,access=read",
	    "Token signature=a1\r\nHost: x,repository=team/app,access=read"};
	struct auth auth = auth_of(AUTH_INDEX);
	size_t i;

	play(200, TEXT("[]"));
	for (i = 0; i < COUNT(texts); i++) {
		is_int(admit(&auth, texts[i], &team_app, TOKEN_READ),
		    RC_UNAUTHORIZED, "refused: %s",
		    texts[i] == NULL ? "none" : printable(str_of(texts[i])));
		ok(!caller.bound, "not bound");
	}
	is_int(played.calls, 0, "the index is not asked");
}

/* ---- images ---- */

static enum result
image_access(enum auth_mode mode, const struct caller *who, const char *id)
{
	struct auth auth = auth_of(mode);

	err.text[0] = '\0';
	return auth_image_access(&auth, arena, who, id, &err);
}

static const struct caller bound = {.bound = true,
    .repository = {"team", "app/web"},
    .access = TOKEN_WRITE,
    .authorization = LIT(OF_INDEX "write")};

static void
test_image_access(void)
{
	static const struct {
		int status;
		struct str body;
		enum result want;
	} rows[] = {
	    {200, LIT("{\"access\": true}"), RC_OK},
	    {200, LIT("{\"x\":1,\"access\":true}"), RC_OK},
	    {200, LIT("{\"access\": false}"), RC_UNAUTHORIZED},
	    {200, LIT("{\"access\":true,\"access\":false}"), RC_UNAUTHORIZED},
	    {200, LIT("{\"access\": \"true\"}"), RC_UNAUTHORIZED},
	    {200, LIT("{\"access\": 1}"), RC_UNAUTHORIZED},
	    {200, LIT("{\"Access\": true}"), RC_UNAUTHORIZED},
	    {200, LIT("{}"), RC_UNAUTHORIZED},
	    {200, LIT("true"), RC_UNAUTHORIZED},
	    {200, LIT("[{\"access\": true}]"), RC_UNAUTHORIZED},
	    {200, LIT(""), RC_UPSTREAM},
	    {200, LIT("{\"access\": true"), RC_UPSTREAM},
	    {200, LIT("{\"access\": true}x"), RC_UPSTREAM},
	    {201, LIT("{\"access\": true}"), RC_UPSTREAM},
	    {401, LIT("{\"access\": true}"), RC_UNAUTHORIZED},
	    {404, LIT(""), RC_UNAUTHORIZED},
	    {500, LIT("{\"access\": true}"), RC_UPSTREAM},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		play(rows[i].status, rows[i].body);
		is_int(image_access(AUTH_INDEX, &bound, ID), rows[i].want, "%d %s",
		    rows[i].status, printable(rows[i].body));
		ok((err.text[0] == '\0') == (rows[i].want == RC_OK), "says why: %s",
		    err.text);
	}
	play_down();
	is_int(image_access(AUTH_INDEX, &bound, ID), RC_UPSTREAM, "down");
}

static void
test_image_asked(void)
{
	static const char *const no_ids[] = {
	    "", "x", "../" ID, ID "/", "0123456789ABCDEF"};
	size_t i;

	play(200, TEXT("{\"access\": true}"));
	is_int(image_access(AUTH_INDEX, &bound, LONG_ID), RC_OK, "may be used");
	is_str(played.url,
	    INDEX "/v1/repositories/team/app%2Fweb/layer/" LONG_ID "/access",
	    "where");
	is_str(played.authorization, "Authorization: " OF_INDEX "write",
	    "in whose name");
	is_int(played.memory.ok_ms, 10000, "yes is remembered");
	is_int(played.memory.error_ms, 3000, "no is remembered");
	is_int(played.memory.unreachable_ms, 1000, "no answer is remembered");
	is_int(played.calls, 1, "asked once");
	for (i = 0; i < COUNT(no_ids); i++)
		is_int(image_access(AUTH_INDEX, &bound, no_ids[i]), RC_UNAUTHORIZED,
		    "no id: %s", no_ids[i]);
	is_int(played.calls, 1, "the index is not asked about what is none");
}

static void
test_image_not_asked(void)
{
	struct caller unbound = bound;

	unbound.bound = false;
	play_down();
	is_int(image_access(AUTH_OPEN, &bound, ID), RC_OK, "open");
	is_int(image_access(AUTH_OWN, &bound, ID), RC_OK, "own");
	is_int(image_access(AUTH_INDEX, &unbound, ID), RC_OK, "privileged");
	is_int(image_access(AUTH_INDEX, NULL, ID), RC_OK, "nobody");
	is_int(played.calls, 0, "the index is not asked");
}

/* ---- the privileged key ---- */

/* Made by openssl(1); the signature is over "PUT,/,X-Docker-A:1". */
#define PUBLIC_KEY \
	"-----BEGIN RSA PUBLIC KEY-----\n" \
	"MIGJAoGBAMui4WFszcyuSRLKyTL04BMo9150KEwwoPzLqVzQVQA79+AwPmP0cVIE\n" \
	"W0YTl1lihy9VXbrCUGD7nsiKFUbJbeXZbLz1YspQcEGo632h1ioey/1jnoC8F9rt\n" \
	"I/Hr0yY9p7vllFEv6rmGuTSzFpNcPdkSdnr2DjsD4C/5SLIVWAVDAgMBAAE=\n" \
	"-----END RSA PUBLIC KEY-----\n"

#define SIGNATURE \
	"mdFkptGWOC0GfBOYTGPFpFrHDt4fzIQ7l4HIoHpDbEXz0tWuef8/ELsjk02BLbdoRLPjbTrc" \
	"i/6i8lL0jpof/1w5CzGagde4RvFn5Fn8XrxqZdmeGTBVlUZQgsfPc1sXrRpoQkg2BFmYl7cC" \
	"JieImIDuwF6IKhlvL8YjjfViWNQ="

static enum result
admit_signed(enum auth_mode mode, const struct privileged_key *key,
    const char *value, const char *authorization)
{
	struct privileged_header header = {
	    TEXT("X_DOCKER_A"), exact_copy(str_of(value))};
	const struct auth_request request = {
	    .request = {"PUT", TEXT("/"), TEXT("signature=x;data=" SIGNATURE),
		&header, 1},
	    .authorization = exact_copy(str_of(authorization))};
	const struct auth_access access = {TOKEN_WRITE, &team_app};
	struct auth auth = auth_of(mode);

	auth.privileged = key;
	memset(&caller, 0xff, sizeof(caller));
	auth_authenticate(&auth, arena, &request, &caller);
	return auth_authorize(&auth, arena, &access, &caller, &err);
}

static void
test_privileged(void)
{
	static const enum auth_mode modes[] = {AUTH_OPEN, AUTH_OWN, AUTH_INDEX};
	struct privileged_key *key;
	size_t i;

	is_int(privileged_key_parse(TEXT(PUBLIC_KEY), &key, &err), RC_OK, "a key");
	play_down();
	for (i = 0; i < COUNT(modes); i++) {
		is_int(admit_signed(modes[i], key, "1", NULL), RC_OK, "signed");
		ok(!caller.bound, "not bound");
		is_str(caller.repository.ns, NULL, "in nobody's name");
		is_int(admit_signed(modes[i], key, "1",
			   "Token signature=a1,repository=other/app,access=read"),
		    RC_OK, "signed, and another's token");
		ok(!caller.bound, "not bound");
		is_str(caller.repository.ns, "other", "in its name");
	}
	is_int(played.calls, 0, "nobody was asked");
	is_int(admit_signed(AUTH_OWN, key, "2", NULL), RC_UNAUTHORIZED, "not this");
	is_int(
	    admit_signed(AUTH_INDEX, key, "2", NULL), RC_UNAUTHORIZED, "not this");
	is_int(admit_signed(AUTH_OWN, NULL, "1", NULL), RC_UNAUTHORIZED, "no key");
	is_int(
	    admit_signed(AUTH_INDEX, NULL, "1", NULL), RC_UNAUTHORIZED, "no key");
	is_int(admit_signed(AUTH_OWN, key, "2", own(&team_app, TOKEN_WRITE)), RC_OK,
	    "a token that is right with a signature that is not");
	ok(caller.bound, "bound");
	privileged_key_free(key);
}

int
main(void)
{
	static void (*const tests[])(void) = {test_open, test_own, test_own_refused,
	    test_access, test_index, test_index_address, test_granted,
	    test_many_granted, test_index_refuses, test_index_not_asked,
	    test_image_access, test_image_asked, test_image_not_asked,
	    test_privileged};

	return run_tests(tests, COUNT(tests));
}
