/* fcgi.c: see fcgi.h. */
#include "serve/fcgi.h"

#include <assert.h>
#include <fcgiapp.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/percent.h"
#include "http/origin.h"
#include "serve/dispatch.h"
#include "serve/options.h"
#include "store/content.h"

/* nginx's internal location over the store's path */
#define STORE_LOCATION "/_berth_store/"

#define SILENCE_MS  200 /* after which a stopping worker closes an idle connection */
#define PATIENCE_MS 5000 /* after which it closes a busy one */
#define HEAD_MAX    ((size_t)64 << 10)
#define PUT_MAX     65536             /* libfcgi counts in int */
#define UNREAD_MAX  ((size_t)8 << 20) /* bytes; nginx lets in 4 MiB at most */

struct fcgi {
	FCGX_Request fcgx;
	struct registry *registry;
	const struct serve_options *options;
	struct arena *arena; /* of the request at hand */
};

static atomic_bool stopping;
static _Atomic int64_t patient_until = INT64_MAX; /* ticks */

bool
fcgi_init(void)
{
	return FCGX_Init() == 0;
}

struct fcgi *
fcgi_new(
    int listening, struct registry *registry, const struct serve_options *options)
{
	struct fcgi *f = must_alloc(1, sizeof(*f));

	must_succeed(
	    FCGX_InitRequest(&f->fcgx, listening, 0) == 0, "FCGX_InitRequest");
	f->registry = registry;
	f->options = options;
	f->arena = arena_new();
	return f;
}

void
fcgi_free(struct fcgi *f)
{
	if (f == NULL)
		return;
	FCGX_Free(&f->fcgx, 1);
	arena_free(f->arena);
	free(f);
}

/* ---- from nginx ---- */

static size_t
count_params(struct fcgi *f)
{
	size_t n = 0;

	while (f->fcgx.envp[n] != NULL)
		n++;
	return n;
}

/* nginx 1.22 passes each header line on as a parameter of its own. All are taken, however
 * many there are (nginx's large_client_header_buffers is the limit): a condition, or a
 * header by which a browser names another site, may come after any number of others. */
static void
take_headers(struct fcgi *f, struct request *rq)
{
	struct header *headers = arena_alloc(
	    f->arena, (count_params(f) + 1) * sizeof(*headers));
	char **p;

	rq->headers = headers;
	for (p = f->fcgx.envp; *p != NULL; p++) {
		struct header *h = &headers[rq->n_headers];
		const char *equals;

		if (strncmp(*p, "HTTP_", 5) != 0 ||
		    (equals = strchr(*p, '=')) == NULL)
			continue;
		h->name = *p + 5;
		h->name_len = (size_t)(equals - h->name);
		h->value = equals + 1;
		rq->n_headers++;
	}
}

/* Reads a small body: at most limit bytes, whatever length was announced. */
static enum result
read_body(const struct request *rq, size_t limit, struct str *out, struct err *err)
{
	struct fcgi *f = rq->reader;
	struct buf b;
	char chunk[8192];
	int got;

	buf_init(&b, rq->arena, limit);
	while ((got = FCGX_GetStr(chunk, (int)sizeof(chunk), f->fcgx.in)) > 0)
		buf_add(&b, chunk, (size_t)got);
	if (b.full)
		return err_set(
		    err, RC_TOO_LARGE, "the body exceeds %zu bytes", limit);
	*out = buf_str(&b);
	if (rq->length > 0 && (uint64_t)rq->length != b.n)
		return err_set(err, RC_CLIENT_GONE,
		    "the announced length is %lld bytes, %zu arrived",
		    (long long)rq->length, b.n);
	return RC_OK;
}

static const char *
get_param(struct fcgi *f, const char *name, const char *missing)
{
	const char *value = FCGX_GetParam(name, f->fcgx.envp);

	return value == NULL || *value == '\0' ? missing : value;
}

static void
take_request(struct fcgi *f, struct request *rq)
{
	long long length;

	memset(rq, 0, sizeof(*rq));
	rq->arena = f->arena;
	rq->id = get_param(f, "REQUEST_ID", "-");
	rq->method = get_param(f, "REQUEST_METHOD", "");
	rq->target = str_of(get_param(f, "REQUEST_URI", ""));
	take_headers(f, rq);
	rq->by_proxy = origin_is_trusted(
	    f->options->proxies, get_param(f, "REMOTE_ADDR", NULL));
	rq->https = strcmp(get_param(f, "HTTPS", ""), "on") == 0;
	rq->length = str_to_int64(
			 str_of(get_param(f, "CONTENT_LENGTH", "")), &length)
			 ? length
			 : -1;
	rq->body_file = get_param(f, "BODY_FILE", NULL);
	rq->precheck_token = get_param(f, "BERTH_NOTE", NULL);
	rq->read_body = read_body;
	rq->reader = f;
}

/* Reads and drops the rest of the request's body. A request must not end before its
 * input does: FCGX_Finish_r() would throw away what it has buffered and take the next
 * bytes on the connection, which the client wrote, for FastCGI records, that is for
 * requests that nginx never saw. False: there is more than nginx lets in, or the
 * connection broke. */
static bool
drain_body(struct fcgi *f)
{
	char unread[8192];
	size_t n = 0;
	int got;

	while (n <= UNREAD_MAX &&
	       (got = FCGX_GetStr(unread, (int)sizeof(unread), f->fcgx.in)) > 0)
		n += (size_t)got;
	return FCGX_HasSeenEOF(f->fcgx.in) != 0 && FCGX_GetError(f->fcgx.in) == 0;
}

/* ---- to nginx ---- */

static bool
put_bytes(void *arg, const char *p, size_t n)
{
	struct fcgi *f = arg;

	while (n > 0) {
		int part = n > PUT_MAX ? PUT_MAX : (int)n;

		if (FCGX_PutStr(p, part, f->fcgx.out) < 0)
			return false;
		p += part;
		n -= (size_t)part;
	}
	return true;
}

static bool
has_no_body(const struct reply *rp)
{
	return rp->status == 204 || rp->status == 304;
}

static bool
is_head(const struct request *rq)
{
	return strcmp(rq->method, "HEAD") == 0;
}

/* The headers that depend on the body. For a HEAD nginx would open the file to learn its
 * length, which is known here. */
static void
put_body_headers(
    struct fcgi *f, const struct request *rq, const struct reply *rp, struct buf *b)
{
	if (rp->kind == REPLY_CONTENT && is_head(rq))
		buf_printf(b, "Content-Length: %llu\r\nAccept-Ranges: bytes\r\n",
		    (unsigned long long)store_content_size(rp->content));
	else if (rp->kind == REPLY_CONTENT)
		buf_printf(b, "X-Accel-Redirect: " STORE_LOCATION "%s\r\n",
		    percent_encode(f->arena, str_of(store_content_uri(rp->content)),
			"/_.-", false));
	else if (rp->kind == REPLY_BYTES && !has_no_body(rp))
		buf_printf(b, "Content-Length: %zu\r\n", rp->bytes.n);
}

static struct str
head_of(struct fcgi *f, const struct request *rq, const struct reply *rp)
{
	struct buf b;
	size_t i;

	buf_init(&b, f->arena, HEAD_MAX);
	buf_printf(&b, "Status: %d %s\r\n", rp->status, reply_reason(rp->status));
	for (i = 0; i < rp->n_headers; i++) {
		buf_adds(&b, rp->header[i].name);
		buf_adds(&b, ": ");
		buf_adds(&b, rp->header[i].value);
		buf_adds(&b, "\r\n");
	}
	put_body_headers(f, rq, rp, &b);
	buf_adds(&b, "\r\n");
	return b.full ? str_of(NULL) : buf_str(&b);
}

/* Ends a reply whose status is sent and whose rest cannot come. If the request ended as
 * usual, a reply without a length would count as whole; if the connection breaks, it does
 * not (RFC 9112, section 8). The head has to go out first: nginx repeats a request to which
 * it got no answer, over each connection that it keeps. */
static void
break_off(struct fcgi *f)
{
	(void)FCGX_FFlush(f->fcgx.out);
	f->fcgx.keepConnection = 0;
	(void)shutdown(f->fcgx.ipcFd, SHUT_RDWR);
}

/* Not RC_OK: the reply broke off. */
static enum result
send_reply(struct fcgi *f, struct call *c)
{
	const struct request *rq = c->rq;
	const struct reply *rp = c->rp;
	const struct sink sink = {put_bytes, f};
	struct str head = head_of(f, rq, rp);
	enum result r = RC_OK;

	if (head.n == 0) /* a part of a head could mean something else */
		r = err_set(&c->err, RC_IO,
		    "the headers of the reply exceed %zu bytes", HEAD_MAX);
	if (r == RC_OK)
		(void)put_bytes(f, head.p, head.n);
	if (r == RC_OK && !is_head(rq) && !has_no_body(rp)) {
		if (rp->kind == REPLY_BYTES)
			(void)put_bytes(f, rp->bytes.p, rp->bytes.n);
		else if (rp->kind == REPLY_STREAM)
			r = rp->stream(rp->stream_arg, sink, &c->err);
	}
	if (r != RC_OK)
		break_off(f);
	return r;
}

/* nginx's auth_request knows yes (2xx) and no (403). The actual answer is in two headers, of
 * which nginx makes the reply. */
static void
make_verdict(struct reply *rp)
{
	if (rp->status < 300) {
		reply_none(rp, 204);
		return;
	}
	reply_header(
	    rp, "X-Berth-Status", arena_printf(rp->arena, "%d", rp->status));
	reply_header(rp, "X-Berth-Error", str_dup(rp->arena, rp->bytes));
	reply_none(rp, 403);
}

static enum pass
pass_of(const char *text)
{
	if (strcmp(text, "check") == 0)
		return PASS_CHECK;
	return strcmp(text, "ask") == 0 ? PASS_ASK : PASS_SERVE;
}

static void
answer_request(struct fcgi *f)
{
	enum pass pass = pass_of(get_param(f, "BERTH_PASS", "serve"));
	enum result handled, sent;
	struct request rq;
	struct reply rp;
	struct call c;

	take_request(f, &rq);
	call_init(&c, &rq, &rp, f->registry, f->options->api_options);
	handled = dispatch(f->options, &c, pass);
	if (pass != PASS_SERVE)
		make_verdict(&rp);
	if (!drain_body(f))
		f->fcgx.keepConnection = 0;
	sent = send_reply(f, &c);
	dispatch_log(&c, handled, sent);
}

/* The only place where a request ends: its input has ended, or its connection ends. */
static void
finish_request(struct fcgi *f)
{
	assert(FCGX_HasSeenEOF(f->fcgx.in) != 0 || !f->fcgx.keepConnection);
	FCGX_Finish_r(&f->fcgx);
}

/* Waits until the next request on a kept connection begins, or the connection ends; libfcgi
 * then reads it. In a worker that is stopping, whose threads are signalled again and again,
 * silence ends the connection: what has arrived is still read and answered. No other thread
 * can do this, because the number of the descriptor means nothing there: libfcgi may close
 * it at any time, and the kernel give it to another socket of this process. */
static void
await_request(const struct fcgi *f)
{
	struct pollfd connection = {.fd = f->fcgx.ipcFd, .events = POLLIN};
	int64_t since = clock_ticks();

	while (poll(&connection, 1, -1) <= 0)
		if (atomic_load(&stopping) && clock_ticks() - since >= SILENCE_MS) {
			(void)shutdown(connection.fd, SHUT_RD);
			break;
		}
}

/* A stopping worker goes on with the connections that nginx keeps: nginx may send the next
 * request before it sees that the connection was closed after the last one, and does not
 * repeat a POST. nginx leaves a busy connection by itself (keepalive_requests), and a
 * silent one is closed; after PATIENCE_MS what is left has pauses long enough to be closed
 * in. */
void
fcgi_run(struct fcgi *f)
{
	while (!atomic_load(&stopping) || f->fcgx.ipcFd >= 0) {
		if (f->fcgx.ipcFd >= 0)
			await_request(f);
		if (FCGX_Accept_r(&f->fcgx) != 0) {
			clock_sleep_ms(1); /* short of descriptors, or stopping */
			continue;
		}
		answer_request(f);
		arena_clear(f->arena);
		if (clock_ticks() >= atomic_load(&patient_until))
			f->fcgx.keepConnection = 0;
		finish_request(f);
	}
}

void
fcgi_stop_all(void)
{
	atomic_store(&patient_until, clock_ticks() + PATIENCE_MS);
	atomic_store(&stopping, true);
	FCGX_ShutdownPending();
}
