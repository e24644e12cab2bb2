/* http.h: the client of the load programs. One struct is one client: a connection, kept
 * or made anew for each call, and what came back last. What a server sends is thrown
 * away where it arrives; a client that costs much would be measured with the server. */
#ifndef BENCH_HTTP_H
#define BENCH_HTTP_H

#include <netdb.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

/* Where to, told once for all clients. */
struct place {
	const char *port;
	struct addrinfo *address;
	SSL_CTX *tls; /* NULL: plain */
	bool close;   /* a connection for each call, as today's clients do */
};

struct http {
	const struct place *place;
	int fd; /* -1: none */
	SSL *ssl;
	char in[16384];
	size_t n; /* bytes in it */
	/* of the last answer */
	int status;
	char location[1024]; /* "" without */
	uint64_t length;
};

enum body { BODY_NONE, BODY_LENGTH, BODY_CHUNKED };

struct call {
	const char *method, *path;
	const char *headers; /* more of them, each with its line end; NULL: none */
	enum body how;
	struct iovec body;
};

/* place_of("http://localhost:5000", close): ends the program when that is no URL. */
struct place place_of(char *url, bool close);

void http_open(struct http *h, const struct place *place);
void http_close(struct http *h);

/* http_call(CLIENT, CALL): the status. Ends the program when there is no answer. */
int http_call(struct http *h, const struct call *call);

/* http_must(CLIENT, CALL, STATUS): and when it is another. */
void http_must(struct http *h, const struct call *call, int status);

_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
double now(void);

#endif
