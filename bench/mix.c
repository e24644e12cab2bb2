/* mix.c: calls of many kinds at once, each as often as it is told to.
 *
 *	mix URL SECONDS AT-ONCE [close] <PLAN
 *
 * A line of PLAN is "WEIGHT METHOD PATH"; with the METHOD "PUSH", PATH is a repository
 * that gets a blob of 32 KiB and a manifest by four calls, and a look. Prints the calls
 * a second, the megabytes a second that came, and the time that half and 99 % of the
 * calls without a large body took, in milliseconds. With "close" each call is made on a
 * new connection. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "upload.h"

#define KINDS_MAX  128
#define CLIENTS    256
#define PUSH_CALLS 5
#define PUSH_SIZE  ((size_t)32 << 10)
#define SMALL      65536 /* bytes; larger bodies are a matter of the bandwidth */
#define SLOT_US    10
#define SLOTS      100000 /* one second; slower calls count as that */

/* Docker sends more of them, one a line. */
#define ACCEPT \
	"Accept: application/vnd.docker.distribution.manifest.v2+json\r\n" \
	"Accept: application/vnd.oci.image.manifest.v1+json\r\n" \
	"Accept: application/vnd.oci.image.index.v1+json, */*\r\n"

struct kind {
	long upto; /* its weight and those before it */
	char method[8], path[256];
};

struct client {
	pthread_t thread;
	struct http http;
	uint64_t random;
	unsigned long calls, slots[SLOTS];
	uint64_t bytes;
};

static struct place place;
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
		fail("the plan cannot be read");
}

static const struct kind *
draw(struct client *c)
{
	const struct kind *kind = kinds;
	uint64_t r;

	random_bytes(&r, sizeof(r), &c->random);
	r %= (uint64_t)kinds[n_kinds - 1].upto;
	while ((uint64_t)kind->upto <= r)
		kind++;
	return kind;
}

static void
push(struct client *c, const char *repository)
{
	char bytes[PUSH_SIZE], tag[32];
	struct blob blob = {.size = sizeof(bytes)};

	random_bytes(bytes, sizeof(bytes), &c->random);
	digest_of((struct iovec){bytes, sizeof(bytes)}, blob.digest);
	upload(&c->http, repository, (struct iovec){bytes, sizeof(bytes)},
	    blob.digest);
	(void)snprintf(
	    tag, sizeof(tag), "v%llu", (unsigned long long)c->random % 100);
	put_manifest(&c->http, repository, tag, &blob, &blob, 1);
	c->calls += PUSH_CALLS;
}

static void
ask(struct client *c, const struct kind *kind)
{
	struct call call = {
	    .method = kind->method, .path = kind->path, .headers = ACCEPT};
	double start = now();
	size_t slot;

	http_must(&c->http, &call, 200);
	c->calls++;
	c->bytes += c->http.length;
	if (c->http.length > SMALL)
		return;
	slot = (size_t)((now() - start) * 1e6 / SLOT_US);
	c->slots[slot < SLOTS ? slot : SLOTS - 1]++;
}

static void *
run(void *arg)
{
	struct client *c = arg;

	while (now() < deadline) {
		const struct kind *kind = draw(c);

		if (strcmp(kind->method, "PUSH") == 0)
			push(c, kind->path);
		else
			ask(c, kind);
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
		sum->calls += clients[i].calls;
		sum->bytes += clients[i].bytes;
		for (slot = 0; slot < SLOTS; slot++)
			sum->slots[slot] += clients[i].slots[slot];
	}
	printf("%.1f %.1f %.2f %.2f\n", (double)sum->calls / seconds,
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
	place = place_of(argv[1], close);
	clients = calloc((size_t)n, sizeof(*clients));
	if (clients == NULL)
		fail("no memory");
	start = now();
	deadline = start + atof(argv[2]);
	for (i = 0; i < n; i++) {
		clients[i].random = (uint64_t)(start * 1e9) ^ (uint64_t)i << 32;
		http_open(&clients[i].http, &place);
		if (pthread_create(&clients[i].thread, NULL, run, &clients[i]) != 0)
			fail("no threads");
	}
	for (i = 0; i < n; i++)
		(void)pthread_join(clients[i].thread, NULL);
	report(clients, n, now() - start);
	return 0;
}
