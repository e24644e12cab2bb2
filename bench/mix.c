/* mix.c: requests of many kinds at once, each kind as often as a plan says.
 *
 *	mix URL SECONDS AT-ONCE [close] <PLAN
 *
 * Each line of the plan is "WEIGHT METHOD PATH": of all requests, WEIGHT / (sum of the weights)
 * are of this kind. With the METHOD "PUSH", PATH is a repository to which a blob of 32 KiB and
 * a manifest are pushed, in five requests. Prints the requests per second, the megabytes per
 * second that were received, and the median and the 99th percentile of the time that a request
 * took, in milliseconds; pushes and large responses do not count for these two. With "close"
 * each request is made on a new connection. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "upload.h"

#define KINDS_MAX     128
#define CLIENTS       256
#define PUSH_REQUESTS 5 /* POST, PATCH, PUT, HEAD; PUT of the manifest */
#define PUSH_SIZE     ((size_t)32 << 10)
#define SMALL         65536 /* bytes; a larger body takes as long as the bandwidth allows */
#define SLOT_US       10
#define SLOTS         100000 /* one second; a slower request counts as that */

/* Docker sends more types, each in a header of its own. */
#define ACCEPT \
	"Accept: application/vnd.docker.distribution.manifest.v2+json\r\n" \
	"Accept: application/vnd.oci.image.manifest.v1+json\r\n" \
	"Accept: application/vnd.oci.image.index.v1+json, */*\r\n"

struct kind {
	long upto; /* the sum of its weight and those before it */
	char method[8], path[256];
};

struct client {
	pthread_t thread;
	struct http http;
	uint64_t random;
	unsigned long requests;
	/* requests by their time, in steps of SLOT_US */
	unsigned long slots[SLOTS];
	uint64_t bytes;
};

static struct http_server server;
static struct kind kinds[KINDS_MAX];
static int n_kinds;
static double deadline;

static void
read_plan(void)
{
	long weight, sum = 0;

	while (n_kinds < KINDS_MAX &&
	       scanf("%ld %7s %255s", &weight, kinds[n_kinds].method,
		   kinds[n_kinds].path) == 3)
		kinds[n_kinds++].upto = sum += weight;
	if (sum <= 0 || !feof(stdin))
		bench_fail(
		    "the plan (standard input) must have up to %d lines \"WEIGHT METHOD PATH\"",
		    KINDS_MAX);
}

static const struct kind *
draw(struct client *c)
{
	const struct kind *kind = kinds;
	uint64_t r;

	bench_random(&r, sizeof(r), &c->random);
	r %= (uint64_t)kinds[n_kinds - 1].upto;
	while ((uint64_t)kind->upto <= r)
		kind++;
	return kind;
}

static void
push(struct client *c, const char *repository)
{
	char bytes[PUSH_SIZE], tag[32];
	struct upload_blob blob;

	bench_random(bytes, sizeof(bytes), &c->random);
	blob = upload_blob(
	    &c->http, repository, (struct iovec){bytes, sizeof(bytes)});
	(void)snprintf(
	    tag, sizeof(tag), "v%llu", (unsigned long long)c->random % 100);
	upload_manifest(
	    &c->http, repository, tag, &(struct upload_image){&blob, &blob, 1});
	c->requests += PUSH_REQUESTS;
}

static void
send_request(struct client *c, const struct kind *kind)
{
	struct http_request rq = {
	    .method = kind->method, .path = kind->path, .headers = ACCEPT};
	double start = bench_seconds();
	size_t slot;

	http_expect(&c->http, &rq, 200);
	c->requests++;
	c->bytes += c->http.length;
	if (c->http.length > SMALL)
		return;
	slot = (size_t)((bench_seconds() - start) * 1e6 / SLOT_US);
	c->slots[slot < SLOTS ? slot : SLOTS - 1]++;
}

static void *
run(void *arg)
{
	struct client *c = arg;

	while (bench_seconds() < deadline) {
		const struct kind *kind = draw(c);

		if (strcmp(kind->method, "PUSH") == 0)
			push(c, kind->path);
		else
			send_request(c, kind);
	}
	http_close(&c->http);
	return NULL;
}

static double
quantile_ms(const unsigned long *slots, double share)
{
	unsigned long all = 0, seen = 0;
	size_t i;

	for (i = 0; i < SLOTS; i++)
		all += slots[i];
	for (i = 0; i < SLOTS && (double)seen < share * (double)all; i++)
		seen += slots[i];
	return (double)i * SLOT_US / 1e3;
}

static void
report(struct client *clients, long n, double seconds)
{
	struct client *sum = &clients[0];
	size_t slot;
	long i;

	for (i = 1; i < n; i++) {
		sum->requests += clients[i].requests;
		sum->bytes += clients[i].bytes;
		for (slot = 0; slot < SLOTS; slot++)
			sum->slots[slot] += clients[i].slots[slot];
	}
	printf("%.1f %.1f %.2f %.2f\n", (double)sum->requests / seconds,
	    (double)sum->bytes / seconds / 1e6, quantile_ms(sum->slots, 0.5),
	    quantile_ms(sum->slots, 0.99));
}

int
main(int argc, char **argv)
{
	bool close = argc == 5 && strcmp(argv[4], "close") == 0;
	long i, n = argc > 3 ? atol(argv[3]) : 0;
	struct client *clients;
	double start;

	if (argc != 4 + close || n < 1 || n > CLIENTS) {
		(void)fprintf(
		    stderr, "usage: mix URL SECONDS AT-ONCE [close] <PLAN\n");
		return 2;
	}
	read_plan();
	server = http_server_at(argv[1], close);
	clients = calloc((size_t)n, sizeof(*clients));
	if (clients == NULL)
		bench_fail("calloc: %m");
	start = bench_seconds();
	deadline = start + atof(argv[2]);
	for (i = 0; i < n; i++) {
		clients[i].random = (uint64_t)(start * 1e9) ^ (uint64_t)i << 32;
		http_open(&clients[i].http, &server);
		if (pthread_create(&clients[i].thread, NULL, run, &clients[i]) != 0)
			bench_fail("cannot start a thread");
	}
	for (i = 0; i < n; i++)
		(void)pthread_join(clients[i].thread, NULL);
	report(clients, n, bench_seconds() - start);
	return 0;
}
