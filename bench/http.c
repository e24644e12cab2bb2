/* http.c: see http.h. */
#include "http.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "bench.h"

#define CHUNK ((size_t)32 << 10) /* docker's size */

struct http_server
http_server_at(char *url, bool close)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct http_server server = {.close = close};
	char *host = strstr(url, "://"), *colon;

	if (host == NULL || (colon = strchr(host + 3, ':')) == NULL)
		bench_fail("%s: not a URL with a port", url);
	*colon = '\0';
	server.port = colon + 1;
	if (getaddrinfo(host + 3, server.port, &hints, &server.address) != 0)
		bench_fail("%s: has no address", host + 3);
	if (strncmp(url, "https:", 6) == 0) {
		server.tls = SSL_CTX_new(TLS_client_method());
		if (server.tls == NULL)
			bench_fail("SSL_CTX_new failed");
	}
	return server;
}

/* ---- the connection ---- */

static void
start_tls(struct http *h)
{
	h->ssl = SSL_new(h->server->tls);
	if (h->ssl == NULL || SSL_set_fd(h->ssl, h->fd) != 1 ||
	    SSL_connect(h->ssl) != 1)
		bench_fail("port %s: the TLS handshake failed", h->server->port);
}

static void
dial(struct http *h)
{
	const struct addrinfo *ai = h->server->address;
	int one = 1;

	h->fd = socket(ai->ai_family, ai->ai_socktype, 0);
	if (h->fd == -1 || connect(h->fd, ai->ai_addr, ai->ai_addrlen) == -1)
		bench_fail("port %s: %s", h->server->port, strerror(errno));
	(void)setsockopt(h->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	h->n = 0;
	if (h->server->tls != NULL)
		start_tls(h);
}

void
http_open(struct http *h, const struct http_server *server)
{
	memset(h, 0, sizeof(*h));
	h->server = server;
	h->fd = -1;
}

void
http_close(struct http *h)
{
	if (h->ssl != NULL)
		(void)SSL_shutdown(h->ssl);
	SSL_free(h->ssl);
	h->ssl = NULL;
	if (h->fd != -1)
		(void)close(h->fd);
	h->fd = -1;
}

static void
put(struct http *h, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = h->ssl != NULL ? SSL_write(h->ssl, p, (int)n)
					      : send(h->fd, p, n, MSG_NOSIGNAL);

		if (sent <= 0)
			bench_fail("port %s: %s while sending", h->server->port,
			    strerror(errno));
		p += sent;
		n -= (size_t)sent;
	}
}

static size_t
get(struct http *h, char *p, size_t n)
{
	ssize_t got = h->ssl != NULL ? SSL_read(h->ssl, p, (int)n)
				     : recv(h->fd, p, n, 0);

	if (got <= 0)
		bench_fail(
		    "port %s: the server closed the connection", h->server->port);
	return (size_t)got;
}

/* ---- the request ---- */

static void
put_chunks(struct http *h, struct iovec body)
{
	const char *p = body.iov_base;
	char part[CHUNK + 32];
	size_t left, n;
	int head;

	for (left = body.iov_len; left > 0; left -= n, p += n) {
		n = left < CHUNK ? left : CHUNK;
		head = snprintf(part, 16, "%zx\r\n", n);
		memcpy(part + head, p, n);
		memcpy(part + head + n, "\r\n", 2);
		put(h, part, (size_t)head + n + 2);
	}
	put(h, "0\r\n\r\n", 5);
}

static void
put_request(struct http *h, const struct http_request *rq)
{
	char head[4096];
	int n = snprintf(head, sizeof(head),
	    "%s %s HTTP/1.1\r\nHost: localhost:%s\r\n%s%s", rq->method, rq->path,
	    h->server->port, rq->headers == NULL ? "" : rq->headers,
	    h->server->close ? "Connection: close\r\n" : "");
	size_t room = sizeof(head) - (size_t)n;

	if (rq->how == HTTP_BODY_CHUNKED)
		n += snprintf(head + n, room, "Transfer-Encoding: chunked\r\n\r\n");
	else if (rq->how == HTTP_BODY_LENGTH)
		n += snprintf(head + n, room, "Content-Length: %zu\r\n\r\n",
		    rq->body.iov_len);
	else
		n += snprintf(head + n, room, "\r\n");
	if ((size_t)n >= sizeof(head))
		bench_fail("%s: the request is too long", rq->path);
	put(h, head, (size_t)n);
	if (rq->how == HTTP_BODY_CHUNKED)
		put_chunks(h, rq->body);
	else if (rq->how == HTTP_BODY_LENGTH)
		put(h, rq->body.iov_base, rq->body.iov_len);
}

/* ---- the response ---- */

/* Discards n bytes. Of a plain connection the kernel does it without copying them. */
static void
skip(struct http *h, uint64_t n)
{
	static _Thread_local char waste[65536];
	size_t kept = n < h->n ? (size_t)n : h->n;
	ssize_t got;

	h->n -= kept;
	memmove(h->in, h->in + kept, h->n);
	for (n -= kept; n > 0; n -= (uint64_t)got) {
		size_t part = n < (1 << 20) ? (size_t)n : 1 << 20;

		got = h->ssl != NULL
			  ? (ssize_t)get(h, waste, part < 65536 ? part : 65536)
			  : recv(h->fd, NULL, part, MSG_TRUNC);
		if (got <= 0)
			bench_fail(
			    "port %s: the server closed the connection within a body",
			    h->server->port);
	}
}

/* Reads until the text is in the buffer; returns the bytes up to its end. */
static size_t
wait_for(struct http *h, const char *text)
{
	for (;;) {
		char *end = memmem(h->in, h->n, text, strlen(text));

		if (end != NULL)
			return (size_t)(end - h->in) + strlen(text);
		if (h->n == sizeof(h->in))
			bench_fail(
			    "port %s: a header or line has more than %zu bytes",
			    h->server->port, sizeof(h->in));
		h->n += get(h, h->in + h->n, sizeof(h->in) - h->n);
	}
}

static void
skip_chunks(struct http *h)
{
	uint64_t size;

	do {
		size_t head = wait_for(h, "\r\n");

		size = strtoull(h->in, NULL, 16);
		skip(h, head);
		skip(h, size + 2);
		h->length += size;
	} while (size > 0);
}

static const char *
field(const char *line, const char *name)
{
	size_t n = strlen(name);

	return strncasecmp(line, name, n) == 0 ? line + n : NULL;
}

/* Location may be a URL, as docker-registry sends it: only path and query are kept. */
static void
take_location(struct http *h, const char *value)
{
	const char *scheme = strstr(value, "://");
	const char *path = scheme == NULL ? value : strchr(scheme + 3, '/');

	(void)snprintf(
	    h->location, sizeof(h->location), "%s", path == NULL ? "" : path);
}

static void
take_response(struct http *h, bool bodiless)
{
	size_t head = wait_for(h, "\r\n\r\n");
	bool chunked = false, closing = h->server->close;
	const char *value;
	char *line, *next;

	h->in[head - 2] = '\0';
	h->status = atoi(h->in + strlen("HTTP/1.1 "));
	h->length = 0;
	h->location[0] = '\0';
	for (line = h->in; (next = strstr(line, "\r\n")) != NULL; line = next + 2) {
		*next = '\0';
		if ((value = field(line, "Content-Length: ")) != NULL)
			h->length = strtoull(value, NULL, 10);
		else if ((value = field(line, "Location: ")) != NULL)
			take_location(h, value);
		else if (field(line, "Transfer-Encoding: chunked") != NULL)
			chunked = true;
		else if (field(line, "Connection: close") != NULL)
			closing = true;
	}
	skip(h, head);
	if (bodiless || h->status == 204 || h->status == 304)
		h->length = 0;
	else if (chunked)
		skip_chunks(h);
	else
		skip(h, h->length);
	if (closing)
		http_close(h);
}

int
http_call(struct http *h, const struct http_request *rq)
{
	if (h->fd == -1)
		dial(h);
	put_request(h, rq);
	take_response(h, strcmp(rq->method, "HEAD") == 0);
	return h->status;
}

void
http_expect(struct http *h, const struct http_request *rq, int status)
{
	if (http_call(h, rq) != status)
		bench_fail("%s %s: the status is %d, not %d", rq->method, rq->path,
		    h->status, status);
}
