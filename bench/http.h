/* http.h: the HTTP client of the load programs. One struct http is one client: its connection,
 * kept open or made for each request, and its last response. A client that used much processor
 * time would be measured along with the server, so bodies are discarded as they arrive.
 * Whatever goes wrong ends the program with a message. */
#ifndef BENCH_HTTP_H
#define BENCH_HTTP_H

#include <netdb.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

/* Shared by all clients. */
struct http_server {
	const char *port;
	struct addrinfo *address;
	SSL_CTX *tls; /* NULL: plain HTTP */
	bool close;   /* a connection for each request, as current clients do */
};

struct http {
	const struct http_server *server;
	int fd; /* -1: not connected */
	SSL *ssl;
	char in[16384];
	size_t n; /* bytes in it */
	/* of the last response */
	int status;
	char location[1024]; /* path and query of Location; "" without */
	uint64_t length;     /* bytes of the body */
};

enum http_body { HTTP_BODY_NONE, HTTP_BODY_LENGTH, HTTP_BODY_CHUNKED };

struct http_request {
	const char *method, *path;
	const char *headers; /* more headers, each with its line end; NULL: none */
	enum http_body how;
	struct iovec body;
};

/* url: "http://HOST:PORT" or "https://HOST:PORT"; it is changed, and the result points
 * into it. */
struct http_server http_server_at(char *url, bool close);

void http_open(struct http *h, const struct http_server *server);
void http_close(struct http *h);

/* Sends the request and reads the response; returns its status. */
int http_call(struct http *h, const struct http_request *rq);

/* The same; another status ends the program. */
void http_expect(struct http *h, const struct http_request *rq, int status);

#endif
