/* push.c: pushes as docker does, many at once or one large blob.
 *
 *	push URL images COUNT AT-ONCE [close]
 *	push URL names COUNT AT-ONCE [close]
 *	push URL blob FILE
 *
 * "images" pushes new images, each with four layers, a config and a manifest, to a repository
 * of its own. "names" pushes one small image again and again, whose blobs are already there:
 * each push mounts them into a new repository and adds one more tag to bench/many. Both print
 * the images per second. "blob" pushes a file whose first bytes are changed, so that the
 * registry does not have it yet, and prints the seconds it took and its digest. With "close"
 * each request is made on a new connection. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "upload.h"

#define LAYERS      4
#define LAYER_SIZE  ((size_t)32 << 10)
#define CONFIG_SIZE 1500
#define PUSHES_MAX  1024

static struct http_server server;
static atomic_long left;
static uint64_t seed; /* of this run */

static struct upload_blob
push_blob(struct http *h, const char *repository, size_t size, uint64_t *state)
{
	char bytes[LAYER_SIZE];

	bench_random(bytes, size, state);
	return upload_blob(h, repository, (struct iovec){bytes, size});
}

static void
push_image(struct http *h, uint64_t number)
{
	static const struct http_request hello = {.method = "GET", .path = "/v2/"};
	struct upload_blob layers[LAYERS], config;
	uint64_t state = seed ^ number << 40;
	char repository[64];
	int i;

	(void)snprintf(repository, sizeof(repository), "push/%llx",
	    (unsigned long long)(seed + number));
	http_expect(h, &hello, 200);
	for (i = 0; i < LAYERS; i++)
		layers[i] = push_blob(h, repository, LAYER_SIZE, &state);
	config = push_blob(h, repository, CONFIG_SIZE, &state);
	upload_manifest(h, repository, "latest",
	    &(struct upload_image){&config, layers, LAYERS});
}

/* ---- names ---- */

#define MANY "bench/many"

static struct upload_blob small_layer, small_config;

static void
push_small(void)
{
	uint64_t state = 1;
	struct http h;

	http_open(&h, &server);
	small_layer = push_blob(&h, MANY, 4096, &state);
	small_config = push_blob(&h, MANY, CONFIG_SIZE, &state);
	http_close(&h);
}

static void
mount(struct http *h, const char *repository, const struct upload_blob *blob)
{
	char path[512];
	struct http_request rq = {
	    .method = "POST", .path = path, .how = HTTP_BODY_LENGTH};

	(void)snprintf(path, sizeof(path),
	    "/v2/%s/blobs/uploads/?from=" MANY "&mount=%s", repository,
	    blob->digest);
	http_expect(h, &rq, 201);
}

static void
push_name(struct http *h, uint64_t number)
{
	const struct upload_image image = {&small_config, &small_layer, 1};
	char repository[64], tag[32];

	(void)snprintf(repository, sizeof(repository), "team-%02u/app-%u",
	    (unsigned)(number % 100), (unsigned)number);
	(void)snprintf(tag, sizeof(tag), "v1.%u", (unsigned)number);
	mount(h, repository, &small_layer);
	mount(h, repository, &small_config);
	upload_manifest(h, repository, "latest", &image);
	upload_manifest(h, MANY, tag, &image);
}

/* ---- many of them ---- */

static void (*push_one)(struct http *, uint64_t);

static void *
push_some(void *unused)
{
	struct http h;
	long number;

	http_open(&h, &server);
	while ((number = atomic_fetch_sub(&left, 1)) > 0)
		push_one(&h, (uint64_t)number);
	http_close(&h);
	return unused;
}

static void
push_all(long count, long at_once)
{
	pthread_t threads[PUSHES_MAX];
	double start = bench_seconds();
	long i;

	if (count < 1 || at_once < 1 || at_once > PUSHES_MAX)
		bench_fail(
		    "%ld images, %ld at once: both must be at least 1, and at "
		    "most %d at once",
		    count, at_once, PUSHES_MAX);
	left = count;
	for (i = 0; i < at_once; i++)
		if (pthread_create(&threads[i], NULL, push_some, NULL) != 0)
			bench_fail("cannot start a thread");
	for (i = 0; i < at_once; i++)
		(void)pthread_join(threads[i], NULL);
	printf("%.2f\n", (double)count / (bench_seconds() - start));
}

/* ---- one large blob ---- */

/* The bytes of the file, with the seed in the place of the first. */
static struct iovec
new_bytes(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	void *bytes;

	if (fd == -1 || fstat(fd, &st) == -1)
		bench_fail("%s: %m", path);
	if (st.st_size < (off_t)sizeof(seed))
		bench_fail("%s: has less than %zu bytes", path, sizeof(seed));
	bytes = mmap(
	    NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		bench_fail("%s: mmap: %m", path);
	memcpy(bytes, &seed, sizeof(seed));
	return (struct iovec){bytes, (size_t)st.st_size};
}

static void
push_large(const char *path)
{
	struct iovec bytes = new_bytes(path);
	struct upload_blob blob = upload_describe(bytes);
	struct http h;
	double start;

	http_open(&h, &server);
	start = bench_seconds();
	upload_bytes(&h, "bench/large", bytes, &blob);
	printf("%.4f %s\n", bench_seconds() - start, blob.digest);
	http_close(&h);
}

static void
set_seed(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	seed = (uint64_t)ts.tv_sec << 32 ^ (uint64_t)ts.tv_nsec ^
	       (uint64_t)getpid() << 48;
}

int
main(int argc, char **argv)
{
	bool blob = argc == 4 && strcmp(argv[2], "blob") == 0;
	bool names = argc > 4 && strcmp(argv[2], "names") == 0;
	bool close = argc == 6 && strcmp(argv[5], "close") == 0;

	if (!blob && argc != 5 + close) {
		(void)fprintf(stderr,
		    "usage: push URL images COUNT AT-ONCE [close]\n"
		    "       push URL names COUNT AT-ONCE [close]\n"
		    "       push URL blob FILE\n");
		return 2;
	}
	set_seed();
	server = http_server_at(argv[1], close);
	push_one = names ? push_name : push_image;
	if (names)
		push_small();
	if (blob)
		push_large(argv[3]);
	else
		push_all(atol(argv[3]), atol(argv[4]));
	return 0;
}
