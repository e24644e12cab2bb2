/* push.c: pushes as docker does, many at once or one large blob.
 *
 *	push URL images COUNT AT-ONCE [close]
 *	push URL names COUNT AT-ONCE [close]
 *	push URL blob FILE
 *
 * Prints images a second, or the seconds that the blob took and its digest: it is the
 * file but for its first bytes, which are new each time. An image has a repository
 * of its own, four layers, a config and a manifest; nobody has it yet. With "names" it
 * is the same small one, whose blobs are there: each time a new repository mounts them,
 * and bench/many gets one more tag. With "close" each call is made on a new connection.
 */
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

#include "upload.h"

#define LAYERS      4
#define LAYER_SIZE  ((size_t)32 << 10)
#define CONFIG_SIZE 1500
#define PUSHES_MAX  1024

static struct place place;
static atomic_long left;
static uint64_t seed;

static struct blob
push_blob(struct http *h, const char *repository, size_t size, uint64_t *state)
{
	char bytes[LAYER_SIZE];
	struct blob blob = {.size = size};

	random_bytes(bytes, size, state);
	digest_of((struct iovec){bytes, size}, blob.digest);
	upload(h, repository, (struct iovec){bytes, size}, blob.digest);
	return blob;
}

static void
push_image(struct http *h, uint64_t number)
{
	static const struct call hello = {.method = "GET", .path = "/v2/"};
	struct blob layers[LAYERS], config;
	uint64_t state = seed ^ number << 40;
	char repository[64];
	int i;

	(void)snprintf(repository, sizeof(repository), "push/%llx",
	    (unsigned long long)(seed + number));
	http_must(h, &hello, 200);
	for (i = 0; i < LAYERS; i++)
		layers[i] = push_blob(h, repository, LAYER_SIZE, &state);
	config = push_blob(h, repository, CONFIG_SIZE, &state);
	put_manifest(h, repository, "latest", &config, layers, LAYERS);
}

/* ---- names ---- */

#define MANY "bench/many"

static struct blob small_layer, small_config;

static void
push_small(void)
{
	uint64_t state = 1;
	struct http h;

	http_open(&h, &place);
	small_layer = push_blob(&h, MANY, 4096, &state);
	small_config = push_blob(&h, MANY, CONFIG_SIZE, &state);
	http_close(&h);
}

static void
mount(struct http *h, const char *repository, const struct blob *blob)
{
	char path[512];
	struct call call = {.method = "POST", .path = path, .how = BODY_LENGTH};

	(void)snprintf(path, sizeof(path),
	    "/v2/%s/blobs/uploads/?from=" MANY "&mount=%s", repository,
	    blob->digest);
	http_must(h, &call, 201);
}

static void
push_name(struct http *h, uint64_t number)
{
	char repository[64], tag[32];

	(void)snprintf(repository, sizeof(repository), "team-%02u/app-%u",
	    (unsigned)(number % 100), (unsigned)number);
	(void)snprintf(tag, sizeof(tag), "v1.%u", (unsigned)number);
	mount(h, repository, &small_layer);
	mount(h, repository, &small_config);
	put_manifest(h, repository, "latest", &small_config, &small_layer, 1);
	put_manifest(h, MANY, tag, &small_config, &small_layer, 1);
}

/* ---- many of them ---- */

static void (*push_one)(struct http *, uint64_t);

static void *
push_some(void *unused)
{
	struct http h;
	long number;

	http_open(&h, &place);
	while ((number = atomic_fetch_sub(&left, 1)) > 0)
		push_one(&h, (uint64_t)number);
	http_close(&h);
	return unused;
}

static void
push_all(long count, long at_once)
{
	pthread_t threads[PUSHES_MAX];
	double start = now();
	long i;

	if (count < 1 || at_once < 1 || at_once > PUSHES_MAX)
		fail("%ld images, %ld at once: impossible", count, at_once);
	left = count;
	for (i = 0; i < at_once; i++)
		if (pthread_create(&threads[i], NULL, push_some, NULL) != 0)
			fail("no threads");
	for (i = 0; i < at_once; i++)
		(void)pthread_join(threads[i], NULL);
	printf("%.2f\n", (double)count / (now() - start));
}

/* ---- one large blob ---- */

/* The file's bytes, but for the first few: a blob that nobody has yet. */
static struct iovec
new_bytes(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	void *bytes;

	if (fd == -1 || fstat(fd, &st) == -1 || st.st_size < (off_t)sizeof(seed))
		fail("%s: cannot be read, or is too small", path);
	bytes = mmap(
	    NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		fail("%s: cannot be mapped", path);
	memcpy(bytes, &seed, sizeof(seed));
	return (struct iovec){bytes, (size_t)st.st_size};
}

static void
push_large(const char *path)
{
	struct iovec bytes = new_bytes(path);
	char digest[DIGEST_SIZE];
	struct http h;
	double start;

	digest_of(bytes, digest);
	http_open(&h, &place);
	start = now();
	upload(&h, "bench/large", bytes, digest);
	printf("%.4f %s\n", now() - start, digest);
	http_close(&h);
}

int
main(int argc, char **argv)
{
	bool blob = argc == 4 && strcmp(argv[2], "blob") == 0;
	bool names = argc > 4 && strcmp(argv[2], "names") == 0;
	bool close = argc == 6 && strcmp(argv[5], "close") == 0;
	struct timespec ts;

	if (!blob && argc != 5 + close) {
		(void)fprintf(stderr,
		    "usage: push URL images COUNT AT-ONCE [close]\n"
		    "       push URL names COUNT AT-ONCE [close]\n"
		    "       push URL blob FILE\n");
		return 2;
	}
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	seed = (uint64_t)ts.tv_sec << 32 ^ (uint64_t)ts.tv_nsec ^
	       (uint64_t)getpid() << 48;
	place = place_of(argv[1], close);
	push_one = names ? push_name : push_image;
	if (names)
		push_small();
	if (blob)
		push_large(argv[3]);
	else
		push_all(atol(argv[3]), atol(argv[4]));
	return 0;
}
