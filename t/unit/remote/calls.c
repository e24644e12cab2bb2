/* calls.c: calls to other servers, and servers that do not behave. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "lib/stand_in.h"
#include "lib/unit.h"
#include "remote/remote.h"

#define BIG  ((size_t)3 << 20) /* bytes of a large body */
#define MANY 8                 /* threads that ask at once */

static struct stand_in server, elsewhere;
static struct remote *rm;
static atomic_int asked; /* requests that were answered */

/* ---- the server ---- */

static void
say(int fd, const char *text)
{
	stand_in_say(fd, text, strlen(text));
}

static void
say_body(int fd, const char *head, const char *body)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "%sContent-Length: %zu\r\n\r\n%s", head,
	    strlen(body), body);
	say(fd, text);
}

static void
say_big(int fd)
{
	char piece[65536];
	char head[128];
	size_t n;

	memset(piece, 'x', sizeof(piece));
	(void)snprintf(head, sizeof(head),
	    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", BIG);
	say(fd, head);
	for (n = 0; n < BIG; n += sizeof(piece))
		stand_in_say(fd, piece, sizeof(piece));
}

static void
say_slowly(int fd)
{
	char piece[200];
	int i;

	memset(piece, 'x', sizeof(piece));
	say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 8000\r\n\r\n");
	for (i = 0; i < 40; i++) {
		stand_in_say(fd, piece, sizeof(piece));
		(void)usleep(100 * 1000);
	}
}

static void
say_drops(int fd)
{
	int i;

	say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
	for (i = 0; i < 300; i++) {
		say(fd, "x");
		(void)usleep(100 * 1000);
	}
}

static void
say_moved(int fd, const char *where)
{
	char head[256];

	(void)snprintf(head, sizeof(head),
	    "HTTP/1.1 302 Found\r\nX-One: of the first\r\nLocation: %s\r\n", where);
	say_body(fd, head, "");
}

static void
say_authorization(int fd, const char *request)
{
	const char *from = strstr(request, "\r\nAuthorization: ");
	char value[64] = "none";

	if (from != NULL)
		(void)sscanf(from, "\r\nAuthorization: %63[^\r]", value);
	say_body(fd, "HTTP/1.1 200 OK\r\n", value);
}

/* False: the connection ends here. */
static bool
answer(int fd, const char *path, const char *request)
{
	char other[64];

	if (strcmp(path, "/yes") == 0)
		say_body(
		    fd, "HTTP/1.1 200 OK\r\nx-one:  a \r\nX-Two: b\r\n", "a body");
	else if (strcmp(path, "/late") == 0) {
		(void)usleep(200 * 1000);
		say_body(fd, "HTTP/1.1 200 OK\r\n", path);
	} else if (strcmp(path, "/no") == 0)
		say_body(fd, "HTTP/1.1 403 No\r\n", "no");
	else if (strcmp(path, "/big") == 0)
		say_big(fd);
	else if (strcmp(path, "/authorization") == 0)
		say_authorization(fd, request);
	else if (strcmp(path, "/moved-away") == 0) {
		(void)snprintf(other, sizeof(other),
		    "http://localhost:%u/authorization", server.port);
		say_moved(fd, other);
	} else if (strcmp(path, "/moved-to-a-port") == 0) {
		(void)snprintf(other, sizeof(other), "http://127.0.0.1:%u/yes",
		    elsewhere.port);
		say_moved(fd, other);
	} else if (strcmp(path, "/moved-to-ipv6") == 0) {
		(void)snprintf(
		    other, sizeof(other), "http://[::1]:%u/yes", elsewhere.port);
		say_moved(fd, other);
	} else if (strcmp(path, "/moved-to-mapped") == 0) {
		(void)snprintf(other, sizeof(other),
		    "http://[::ffff:127.0.0.1]:%u/yes", elsewhere.port);
		say_moved(fd, other);
	} else if (strcmp(path, "/moved") == 0)
		say_moved(fd, "/authorization");
	else if (strcmp(path, "/round") == 0)
		say_moved(fd, "/round");
	else if (strcmp(path, "/file") == 0)
		say_moved(fd, "file:///etc/hostname");
	else if (strcmp(path, "/chunks") == 0)
		say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
			"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
	else if (strcmp(path, "/half-chunks") == 0) {
		say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
			"3\r\none\r\n3\r\nt");
		return false;
	} else if (strcmp(path, "/endless") == 0) {
		say(fd, "HTTP/1.1 200 OK\r\n\r\nuntil it ends");
		return false;
	} else if (strcmp(path, "/half") == 0) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
		return false;
	} else if (strcmp(path, "/garbage") == 0) {
		say(fd, "nothing that is HTTP\r\n\r\n");
		return false;
	} else if (strcmp(path, "/slow") == 0)
		say_slowly(fd);
	else if (strcmp(path, "/drops") == 0)
		say_drops(fd);
	else if (strcmp(path, "/moved-in-chunks") == 0)
		say(fd, "HTTP/1.1 302 Found\r\nLocation: /endless\r\n"
			"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
	else if (strcmp(path, "/identity") == 0) {
		say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n"
			"until it ends");
		return false;
	} else if (strcmp(path, "/silent") == 0)
		(void)sleep(30);
	else if (strcmp(path, "/stops") == 0) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nstops");
		(void)sleep(30);
	} else
		return false; /* "/closed" */
	return true;
}

static void
talk(int fd)
{
	char request[8192], path[256];

	while (stand_in_hear(fd, request, sizeof(request), "\r\n\r\n")) {
		atomic_fetch_add(&asked, 1);
		if (sscanf(request, "GET %255s", path) != 1 ||
		    !answer(fd, path, request))
			return;
	}
}

/* ---- calls ---- */

static const char *
url(const char *path)
{
	return arena_printf(arena, "http://127.0.0.1:%u%s", server.port, path);
}

static enum result
get(const char *path, struct remote_answer *out)
{
	const struct remote_call call = {.url = url(path), .limit = 4096};

	return remote_get(rm, arena, &call, out, &err);
}

static void
test_answers(void)
{
	static const char *const capture[] = {"X-One", "X-None", "x-two", NULL};
	const struct remote_call call = {
	    .url = url("/yes"), .limit = 6, .capture = capture};
	struct remote_answer out;

	is_int(remote_get(rm, arena, &call, &out, &err), RC_OK, "an answer");
	is_int(out.status, 200, "its status");
	is_text(out.body, "a body", "its body");
	is_text(out.captured[0], "a", "a header, without the space around it");
	is_text(out.captured[1], "", "one that did not come");
	is_text(out.captured[2], "b", "names are without case");
	is_int(get("/no", &out), RC_OK, "a refusal is an answer");
	is_int(out.status, 403, "its status");
	is_text(out.body, "no", "its body");
	is_int(get("/chunks", &out), RC_OK, "chunks");
	is_text(out.body, "onetwo", "their bytes");
}

static void
test_connections(void)
{
	struct remote_answer out;
	int before, i;

	set_up(get("/yes", &out) == RC_OK ? 0 : -1);
	before = atomic_load(&server.connections);
	for (i = 0; i < 10; i++)
		set_up(get(i % 2 == 0 ? "/yes" : "/no", &out) == RC_OK ? 0 : -1);
	is_int(atomic_load(&server.connections), before,
	    "ten calls need no new connection");
}

static void
test_no_answers(void)
{
	static const char *const paths[] = {"/closed", "/half", "/half-chunks",
	    "/garbage", "/silent", "/slow", "/round", "/file", "/big"};
	struct remote_answer out;
	size_t i;

	for (i = 0; i < COUNT(paths); i++) {
		int64_t begun = clock_ticks();

		is_int(
		    get(paths[i], &out), RC_UPSTREAM, "%s: %s", paths[i], err.text);
		ok(clock_ticks() - begun < 2500, "%s: in time", paths[i]);
		ok(strstr(err.text, paths[i]) != NULL ||
			strcmp(paths[i], "/big") == 0,
		    "%s: is named", paths[i]);
	}
	is_int(get("/yes", &out), RC_OK, "then another is answered");
}

static void
test_addresses(void)
{
	static const char *const two_lines[] = {"X-One: a\r\nX-Two: b", NULL};
	struct remote_call call = {
	    .url = "http://jo:secret@127.0.0.1:1/x", .limit = 10};
	struct remote_answer out;

	is_int(remote_get(rm, arena, &call, &out, &err), RC_UPSTREAM, "no server");
	ok(strstr(err.text, "127.0.0.1:1/x") != NULL, "is named: %s", err.text);
	ok(strstr(err.text, "secret") == NULL, "without the password");
	call.url = "ftp://127.0.0.1/x";
	is_int(remote_get(rm, arena, &call, &out, &err), RC_UPSTREAM, "no ftp");
	call.url = "file:///etc/hostname";
	is_int(remote_get(rm, arena, &call, &out, &err), RC_UPSTREAM, "no file");
	call.url = url("/yes");
	call.headers = two_lines;
	is_int(remote_get(rm, arena, &call, &out, &err), RC_BAD_REQUEST,
	    "a header of two lines");
}

static void
test_redirects(void)
{
	static const char *const headers[] = {"Authorization: Token t", NULL};
	static const char *const capture[] = {"X-One", NULL};
	struct remote_call call = {.url = url("/moved"),
	    .limit = 100,
	    .headers = headers,
	    .capture = capture};
	struct remote_answer out;

	is_int(remote_get(rm, arena, &call, &out, &err), RC_OK, "moved");
	is_text(out.body, "Token t", "the same host is shown the token");
	is_text(out.captured[0], "", "headers are the last answer's");
}

/* Redirects to another host, on the loopback like the first. */
static void
test_private_redirects(void)
{
	static const char *const headers[] = {"Authorization: Token t", NULL};
	static const char *const paths[] = {"/moved-away", "/moved-to-a-port",
	    "/moved-to-ipv6", "/moved-to-mapped"};
	const struct remote_options options = {
	    .answer_ms = 700, .trust_redirects = true};
	struct remote *trusting = remote_new(&options);
	struct remote_call call = {.limit = 100, .headers = headers};
	struct remote_answer out;
	int before = atomic_load(&elsewhere.connections);
	size_t i;

	for (i = 0; i < COUNT(paths); i++) {
		call.url = url(paths[i]);
		is_int(remote_get(rm, arena, &call, &out, &err), RC_UPSTREAM, "%s",
		    paths[i]);
		ok(strstr(err.text, "private address") != NULL &&
			strstr(err.text, "trust_redirects") != NULL,
		    "%s: is refused: %s", paths[i], err.text);
	}
	is_int(atomic_load(&elsewhere.connections), before, "nobody was asked");
	call.url = arena_printf(arena, "http://127.0.0.1:%d/yes", elsewhere.port);
	is_int(remote_get(rm, arena, &call, &out, &err), RC_OK,
	    "a call of its own, whose connection is kept");
	call.url = url("/moved-to-a-port");
	err.text[0] = '\0';
	is_int(remote_get(rm, arena, &call, &out, &err), RC_UPSTREAM,
	    "a redirect does not lead over it");
	ok(strstr(err.text, "private address") != NULL, "it says why: %s",
	    err.text);
	call.url = url("/moved-away");
	is_int(remote_get(trusting, arena, &call, &out, &err), RC_OK, "if trusted");
	is_text(out.body, "none", "another host is not shown the token");
	call.url = url("/moved-to-a-port");
	is_int(remote_get(trusting, arena, &call, &out, &err), RC_OK, "if trusted");
	is_text(out.body, "a body", "another port answers");
	is_int(get("/yes", &out), RC_OK, "the host of the call may be private");
	remote_free(trusting);
}

static void
test_public_addresses(void)
{
	static const struct {
		const char *text;
		bool public;
	} rows[] = {{"1.1.1.1", true}, {"9.255.255.255", true}, {"11.0.0.0", true},
	    {"100.63.255.255", true}, {"100.128.0.0", true}, {"126.0.0.1", true},
	    {"128.0.0.1", true}, {"169.253.255.255", true}, {"169.255.0.0", true},
	    {"172.15.255.255", true}, {"172.32.0.0", true}, {"192.0.1.0", true},
	    {"192.167.255.255", true}, {"192.169.0.0", true}, {"198.17.0.1", true},
	    {"198.20.0.0", true}, {"223.255.255.255", true}, {"0.0.0.0", false},
	    {"0.1.2.3", false}, {"10.0.0.0", false}, {"10.255.255.255", false},
	    {"100.64.0.0", false}, {"100.127.255.255", false}, {"127.0.0.1", false},
	    {"127.255.255.255", false}, {"169.254.169.254", false},
	    {"172.16.0.0", false}, {"172.31.255.255", false}, {"192.0.0.8", false},
	    {"192.168.0.1", false}, {"198.18.0.1", false},
	    {"198.19.255.255", false}, {"224.0.0.1", false}, {"240.0.0.1", false},
	    {"255.255.255.255", false}, {"2606:4700::1111", true},
	    {"2001:4860::1", true}, {"fbff::1", true}, {"::ffff:1.1.1.1", true},
	    {"64:ff9b::1.1.1.1", true}, {"2002:101:101::1", true}, {"::", false},
	    {"::1", false}, {"::127.0.0.1", false}, {"::ffff:127.0.0.1", false},
	    {"::ffff:169.254.169.254", false}, {"::ffff:0:10.0.0.1", false},
	    {"64:ff9b::10.0.0.1", false}, {"64:ff9b:1::1", false},
	    {"2002:a00:1::1", false}, {"2001::1", false}, {"100::1", false},
	    {"fc00::1", false}, {"fd00:ec2::254", false}, {"fe80::1", false},
	    {"febf::1", false}, {"fec0::1", false}, {"ff02::1", false}};
	const struct sockaddr other = {.sa_family = AF_UNIX};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct sockaddr_in a = {.sin_family = AF_INET};
		struct sockaddr_in6 b = {.sin6_family = AF_INET6};
		bool four = inet_pton(AF_INET, rows[i].text, &a.sin_addr) == 1;

		set_up(four || inet_pton(AF_INET6, rows[i].text, &b.sin6_addr) == 1
			   ? 0
			   : -1);
		ok(address_is_public(
		       four ? (struct sockaddr *)&a : (struct sockaddr *)&b) ==
			rows[i].public,
		    "%s: %s", rows[i].text, rows[i].public ? "public" : "private");
	}
	ok(!address_is_public(&other), "another family: private");
}

/* ---- the cache ---- */

static const struct remote_ttl brief = {400, 200, 200};

/* *now: the server was asked. */
static enum result
ask(const char *path, const char *header, struct remote_answer *out, bool *now)
{
	const char *headers[] = {header, NULL};
	const struct remote_call call = {
	    .url = url(path), .headers = headers, .limit = 4096, .ttl = &brief};
	int before = atomic_load(&asked);
	enum result r = remote_get_cached(rm, arena, &call, out, &err);

	*now = atomic_load(&asked) > before;
	return r;
}

static void
test_memory(void)
{
	struct remote_answer out;
	bool now;

	is_int(ask("/late", "A: 1", &out, &now), RC_OK, "asked for");
	ok(now, "now");
	is_int(ask("/late", "A: 1", &out, &now), RC_OK, "again");
	ok(!now, "from memory");
	is_text(out.body, "/late", "the same");
	is_int(ask("/late", "A: 2", &out, &now), RC_OK, "for another");
	ok(now, "now");
	is_int(ask("/no", "A: 1", &out, &now), RC_OK, "a refusal");
	is_int(ask("/no", "A: 1", &out, &now), RC_OK, "again");
	ok(!now && out.status == 403, "from memory");
	(void)usleep(250 * 1000);
	is_int(ask("/no", "A: 1", &out, &now), RC_OK, "later");
	ok(now, "asked again");
	(void)usleep(450 * 1000);
	is_int(ask("/late", "A: 1", &out, &now), RC_OK, "later still");
	ok(now, "asked again");
	is_int(ask("/closed", "A: 1", &out, &now), RC_UPSTREAM, "away");
	is_int(ask("/closed", "A: 1", &out, &now), RC_UPSTREAM, "again");
	ok(!now, "from memory");
}

static void *
ask_once(void *arg)
{
	const char *path = arg;
	const struct remote_call call = {.url = path, .limit = 4096, .ttl = &brief};
	struct arena *a = arena_new();
	struct remote_answer out;
	struct err ignored;
	bool good = remote_get_cached(rm, a, &call, &out, &ignored) == RC_OK &&
		    out.status == 200;

	arena_free(a);
	return good ? arg : NULL;
}

static void
test_many(void)
{
	pthread_t threads[MANY];
	char *path = arena_strdup(arena, url("/late"));
	int before = atomic_load(&asked);
	void *good;
	int i, n = 0;

	for (i = 0; i < MANY; i++)
		set_up(pthread_create(&threads[i], NULL, ask_once, path) == 0 ? 0
									      : -1);
	for (i = 0; i < MANY; i++) {
		(void)pthread_join(threads[i], &good);
		n += good != NULL;
	}
	is_int(n, MANY, "all have an answer");
	is_int(atomic_load(&asked) - before, 1, "of one question");
}

/* ---- streams ---- */

struct stream {
	pthread_mutex_t mutex;
	pthread_cond_t over;
	bool ended;
	enum result result;
	bool whole;
	int status, pieces;
	int64_t length;
	size_t bytes, wanted; /* take refuses after so many */
};

static bool
begin(void *arg, const struct remote_answer *head, int64_t length)
{
	struct stream *s = arg;

	s->status = head->status;
	s->length = length;
	return s->wanted > 0;
}

static bool
take(void *arg, const char *p, size_t n)
{
	struct stream *s = arg;

	(void)p;
	s->pieces++;
	s->bytes += n;
	return s->bytes < s->wanted;
}

static void
end(void *arg, enum result r, bool whole, const struct err *why)
{
	struct stream *s = arg;

	(void)why;
	(void)pthread_mutex_lock(&s->mutex);
	s->result = r;
	s->whole = whole;
	s->ended = true;
	(void)pthread_cond_signal(&s->over);
	(void)pthread_mutex_unlock(&s->mutex);
}

static void
start_fetch(struct remote *from, const char *path, size_t limit, struct stream *s)
{
	const struct remote_call call = {.url = url(path), .limit = limit};
	const struct remote_stream stream = {begin, take, end, s};

	(void)pthread_mutex_init(&s->mutex, NULL);
	(void)pthread_cond_init(&s->over, NULL);
	set_up(remote_fetch(from, &call, &stream, &err) == RC_OK ? 0 : -1);
}

static struct stream
fetch(const char *path, size_t limit, size_t wanted)
{
	struct stream s = {.wanted = wanted};

	start_fetch(rm, path, limit, &s);
	(void)pthread_mutex_lock(&s.mutex);
	while (!s.ended)
		(void)pthread_cond_wait(&s.over, &s.mutex);
	(void)pthread_mutex_unlock(&s.mutex);
	return s;
}

static void
test_streams(void)
{
	struct stream s = fetch("/big", SIZE_MAX, SIZE_MAX);

	is_int(s.result, RC_OK, "a large body");
	ok(s.whole, "whole");
	is_int(s.length, BIG, "its length is announced first");
	is_int(s.bytes, BIG, "all of it comes");
	ok(s.pieces > 1, "in pieces");
	s = fetch("/endless", SIZE_MAX, SIZE_MAX);
	ok(s.result == RC_OK && !s.whole && s.length == -1,
	    "one whose end is the connection's may be cut");
	s = fetch("/moved-in-chunks", SIZE_MAX, SIZE_MAX);
	ok(s.result == RC_OK && !s.whole, "also after a redirect in chunks");
	s = fetch("/identity", SIZE_MAX, SIZE_MAX);
	ok(s.result == RC_OK && !s.whole, "and in another transfer coding");
	s = fetch("/chunks", SIZE_MAX, SIZE_MAX);
	ok(s.result == RC_OK && s.whole && s.length == -1,
	    "one of chunks is whole");
	s = fetch("/no", SIZE_MAX, SIZE_MAX);
	ok(s.result == RC_OK && s.status == 403, "a refusal");
	is_int(fetch("/big", BIG - 1, SIZE_MAX).result, RC_UPSTREAM, "too large");
	is_int(fetch("/big", BIG, SIZE_MAX).result, RC_OK, "just so large");
	is_int(fetch("/half", 1000, SIZE_MAX).result, RC_UPSTREAM, "half");
	is_int(fetch("/half-chunks", 1000, SIZE_MAX).result, RC_UPSTREAM,
	    "half chunks");
	is_int(fetch("/closed", 1000, SIZE_MAX).result, RC_UPSTREAM, "none");
	is_int(fetch("/big", SIZE_MAX, 100).result, RC_STOPPED,
	    "the receiver stops at a piece");
	is_int(fetch("/big", SIZE_MAX, 0).result, RC_STOPPED,
	    "the receiver stops at the head");
}

/* A slow body may take its time; one that stands still may not. */
static void
test_silence(void)
{
	int64_t begun = clock_ticks();
	struct stream s = fetch("/slow", SIZE_MAX, SIZE_MAX);

	is_int(s.result, RC_OK, "slow and steady");
	ok(clock_ticks() - begun > 3500, "longer than an answer may take");
	begun = clock_ticks();
	is_int(fetch("/stops", SIZE_MAX, SIZE_MAX).result, RC_UPSTREAM, "silence");
	is_int(fetch("/drops", SIZE_MAX, SIZE_MAX).result, RC_UPSTREAM, "drops");
	ok(clock_ticks() - begun < 20000, "are not waited for");
}

/* A call on a thread of its own. */
struct asking {
	pthread_t thread;
	struct remote *from;
	const char *url;
	enum result result;
};

static void *
get_alone(void *arg)
{
	struct asking *asking = arg;
	const struct remote_call call = {.url = asking->url, .limit = 100};
	struct remote_answer out;
	struct arena *a = arena_new();
	struct err why;

	asking->result = remote_get(asking->from, a, &call, &out, &why);
	arena_free(a);
	return NULL;
}

static void
begin_all(struct asking *all, size_t n, struct remote *from, const char *path)
{
	size_t i;

	for (i = 0; i < n; i++) {
		all[i] = (struct asking){.from = from, .url = url(path)};
		set_up(pthread_create(&all[i].thread, NULL, get_alone, &all[i]) == 0
			   ? 0
			   : -1);
	}
}

static void
end_all(struct asking *all, size_t n, enum result want, const char *what)
{
	size_t i;

	for (i = 0; i < n; i++) {
		(void)pthread_join(all[i].thread, NULL);
		is_int(all[i].result, want, "%s", what);
	}
}

static void
test_waiting(void)
{
	const struct remote_options options = {
	    .answer_ms = 60000, .waiting_max = 2};
	const struct remote_call call = {
	    .url = url("/yes"), .limit = 10, .ttl = &brief};
	struct remote *few = remote_new(&options);
	struct remote_answer out;
	struct asking silent[2];
	int64_t begun;

	begin_all(silent, COUNT(silent), few, "/silent");
	(void)usleep(300 * 1000);
	is_int(remote_get(few, arena, &call, &out, &err), RC_BUSY,
	    "one more than may wait");
	is_int(remote_get_cached(few, arena, &call, &out, &err), RC_BUSY,
	    "also where the answer would be kept");
	begun = clock_ticks();
	remote_give_up(few);
	end_all(
	    silent, COUNT(silent), RC_UPSTREAM, "a waiting caller gets the error");
	ok(clock_ticks() - begun < 4000, "soon");
	remote_free(few);
}

/* More than may wait at once, but each only for a moment. */
static void
test_queue(void)
{
	const struct remote_options options = {.waiting_max = 3};
	struct remote *few = remote_new(&options);
	struct asking late[6];

	begin_all(late, COUNT(late), few, "/late");
	end_all(late, COUNT(late), RC_OK, "each of a burst is answered");
	remote_free(few);
}

static void
test_end(void)
{
	const struct remote_options options = {.silence_ms = 60000};
	struct remote *other = remote_new(&options);
	struct stream s = {.wanted = SIZE_MAX};
	int64_t begun = clock_ticks();

	start_fetch(other, "/stops", SIZE_MAX, &s);
	(void)usleep(100 * 1000);
	remote_free(other);
	ok(clock_ticks() - begun < 4000,
	    "its end does not wait for a silent source");
	ok(s.ended && s.result == RC_UPSTREAM, "the error of its fetch");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_answers, test_connections,
	    test_no_answers, test_addresses, test_redirects, test_private_redirects,
	    test_public_addresses, test_memory, test_many, test_streams,
	    test_silence, test_waiting, test_queue, test_end};
	const struct remote_options options = {
	    .connect_ms = 500, .answer_ms = 700, .silence_ms = 1000};
	size_t i;

	stand_in_start(&server, talk);
	stand_in_start(&elsewhere, talk);
	rm = remote_new(&options);
	for (i = 0; i < COUNT(tests); i++) {
		arena = arena_new();
		tests[i]();
		arena_free(arena);
	}
	remote_free(rm);
	return done_testing();
}
