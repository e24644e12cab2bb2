/* tarsum.c: pushes of clients that know a layer by its tarsum: dockers before 0.10
 * send it after the layer, those of 0.6's day with the json. The sums were computed
 * by docker-registry's rules with another program. */
#include "lib/api_v1.h"
#include "lib/tar.h"
#include "store/guard.h"

#define IMAGE(id, file) "/v1/images/00000000000000" id "/" file
#define JSON_OF(id)     "{\"id\": \"00000000000000" id "\"}"
#define GIVEN(sum)      "X-Docker-Checksum: tarsum+sha256:" sum
#define ZEROS           "0000000000000000000000000000000000000000000000000000000000000000"
#define KNOWN           "Cache-Control: public, max-age=31536000"

/* Of JSON_OF(id) and small_layer(). */
#define C2 "ef0bde5f475d45736f54186680e7a46c84949940adb48b568abaf3c015431c87"
#define C3 "372f4acd8a1e27e8081aa6a09a8ee3916f1cba20bf355af70cc950dd17d2c910"
#define C4 "52a28b59692088a06458f42f78be1acb21b147382f0b67d8a2fc19144c46daf1"
#define C5 "7056e764c1d6bc712adfb6870b78fd8a92d8f5f92e9023e9d78a317121ba35ae"
#define C6 "1884b176009c79300e8e1ce35a42d0a8b388622dbad044bf9c4ad04b281fd8e5"
#define C7 "81c1d22db6ead1d706509bad19484cec80d538c29eaab6f6f568a1d121383c08"

/* Of the same layer and OTHER(). */
#define C8_1 "c601bbbc31939c228ae8d5d7263219455ab7a5eee5f5b39fce7e29a393264b58"
#define C8_2 "4d829c19a25b72d5064e5c3ee66df2a97304df803e5c850f452a867061734165"

#define MTIME    1400000000
#define MISMATCH ERROR("Checksum mismatch")

/* A directory and a file, without the blocks at the end, as docker sends it. */
static struct str
small_layer(void)
{
	static const char hosts[TAR_BLOCK] = "127.0.0.1 localhost\n";
	static const struct tar_header etc = {"etc/", '5', 0755, 0, 0, 0, MTIME};
	static const struct tar_header file = {
	    "etc/hosts", '0', 0644, 0, 0, 20, MTIME};
	struct buf b;

	buf_init(&b, arena, 64 << 10);
	put_tar_header(&b, &etc);
	put_tar_header(&b, &file);
	buf_add(&b, hosts, TAR_BLOCK);
	return buf_str(&b);
}

static void
put_layer(const char *target, struct str layer, int status, const char *what)
{
	struct sent_request call = {.method = "PUT",
	    .target = target,
	    .body = layer,
	    .has_body = true,
	    .length = -1,
	    .pass = PASS_SERVE};
	struct reply *rp = send_call(&call);
	struct str text = reply_text(rp);

	if (!ok(rp->status == status, "%s: %d", what, status))
		printf("# got %d %.*s\n", rp->status, STR_ARG(text));
}

static void
test_after_the_layer(void)
{
	static const struct row json = {
	    "json", "PUT", IMAGE("c2", "json"), NULL, JSON_OF("c2"), 200, "true"};
	static const struct row rows[] = {
	    {"of another layer", "PUT", IMAGE("c2", "checksum"), GIVEN(ZEROS), NULL,
		400, MISMATCH},
	    {"of no version", "PUT", IMAGE("c2", "checksum"),
		"X-Docker-Checksum: tarsum.v9+sha256:" C2, NULL, 400, MISMATCH},
	    {"of version 1, which has no mtime", "PUT", IMAGE("c2", "checksum"),
		"X-Docker-Checksum: tarsum.v1+sha256:" C2, NULL, 400, MISMATCH},
	    {"two wrong ones", "PUT", IMAGE("c2", "checksum"),
		GIVEN(ZEROS) "\nX-Docker-Checksum-Payload: sha256:" ZEROS, NULL,
		400, MISMATCH},
	    {"unfinished", "GET", IMAGE("c2", "json"), .status = 400,
		.want = ERROR("Image is being uploaded, retry later")},
	    {"a right one and a wrong payload sum, as docker 0.9 sends them", "PUT",
		IMAGE("c2", "checksum"),
		GIVEN(C2) "\nX-Docker-Checksum-Payload: sha256:" ZEROS, NULL, 200,
		"true"},
	    {"complete", "GET", IMAGE("c2", "json"), .status = 200,
		.want = JSON_OF("c2"), .want_headers = KNOWN},
	    {"no other any more", "PUT", IMAGE("c2", "checksum"), GIVEN(C2), NULL,
		409, ERROR("Cannot set this image checksum")},
	};
	char hex[HASH_SHA256_HEX_SIZE];
	struct buf b;

	check_row(&json);
	put_layer(IMAGE("c2", "layer"), small_layer(), 200, "layer");
	check_rows(ROWS(rows));
	buf_init(&b, arena, 64 << 10);
	buf_adds(&b, JSON_OF("c2") "\n");
	buf_add(&b, small_layer().p, small_layer().n);
	hash_of(HASH_SHA256, buf_str(&b), hex);
	is_str(read_text("images/00000000000000c2/_checksum"),
	    arena_printf(arena, "sha256:%s", hex), "its payload sum is kept");
}

static void
test_before_the_layer(void)
{
	static const struct row json = {"json", "PUT", IMAGE("c3", "json"),
	    GIVEN(C3), JSON_OF("c3"), 200, "true"};
	static const struct row rows[] = {
	    {"complete", "GET", IMAGE("c3", "json"), .status = 200,
		.want = JSON_OF("c3"), .want_headers = KNOWN},
	};
	struct str other = small_layer();

	other.n = TAR_BLOCK;
	check_row(&json);
	put_layer(IMAGE("c3", "layer"), other, 400, "another layer");
	put_layer(IMAGE("c3", "layer"), str_of("no archive"), 400, "no archive");
	put_layer(IMAGE("c3", "layer"), small_layer(), 200, "the layer");
	check_rows(ROWS(rows));
}

/* What is not an archive waits for a payload sum like any other layer. */
static void
test_no_archive(void)
{
	static const struct row rows[] = {
	    {"json", "PUT", IMAGE("c4", "json"), NULL, JSON_OF("c4"), 200, "true"},
	    {"layer", "PUT", IMAGE("c4", "layer"), NULL, "no archive", 200, "true"},
	    {"has no tarsum", "PUT", IMAGE("c4", "checksum"), GIVEN(C4), NULL, 400,
		"~Layer format not supported: "},
	};

	check_rows(ROWS(rows));
	put_layer(IMAGE("c4", "layer"), small_layer(), 200, "another comes");
	is_int(request("PUT", IMAGE("c4", "checksum"), GIVEN(C4), NULL)->status,
	    200, "which is found next to it");
}

/* A push that gave its tarsum with the json was given up. Another of the same image, whose
 * client gives the sum of the bytes, is none of that. */
static void
test_given_up(void)
{
	static const struct row rows[] = {
	    {"given up", "PUT", IMAGE("c7", "json"), GIVEN(C7), JSON_OF("c7"), 200,
		"true"},
	    {"alone with no archive", "PUT", IMAGE("c7", "layer"), NULL,
		"no archive", 400, "~Layer format not supported: "},
	    {"another begins", "PUT", IMAGE("c7", "json"), NULL, JSON_OF("c7"), 200,
		"true"},
	    {"its layer", "PUT", IMAGE("c7", "layer"), NULL, "no archive", 200,
		"true"},
	};
	char hex[HASH_SHA256_HEX_SIZE];

	check_rows(ROWS(rows));
	hash_of(HASH_SHA256, str_of(JSON_OF("c7") "\nno archive"), hex);
	is_int(request("PUT", IMAGE("c7", "checksum"),
		   arena_printf(arena, "X-Docker-Checksum-Payload: sha256:%s", hex),
		   NULL)
		   ->status,
	    200, "and its sum");
}

/* Two push one image, one with a layer packed otherwise; both know it by one tarsum. */
static void
test_two_at_once(void)
{
	static const struct row json = {
	    "json", "PUT", IMAGE("c5", "json"), NULL, JSON_OF("c5"), 200, "true"};
	static const struct row sum = {"the tarsum", "PUT", IMAGE("c5", "checksum"),
	    GIVEN(C5), NULL, 200, "true"};
	struct buf whole;

	buf_init(&whole, arena, 64 << 10);
	buf_add(&whole, small_layer().p, small_layer().n);
	buf_add(&whole, (const char[2 * TAR_BLOCK]){0}, 2 * TAR_BLOCK);
	check_row(&json);
	check_row(&json);
	put_layer(IMAGE("c5", "layer"), small_layer(), 200, "one's layer");
	check_row(&sum);
	put_layer(IMAGE("c5", "layer"), buf_str(&whole), 200, "two's layer");
	check_row(&sum);
}

#define OTHER(x) "{\"id\": \"00000000000000c8\", \"x\": " x "}"

/* Two push one image with one layer, but their json differs: whose push ends later has its
 * right sum of what is there, too. */
static void
test_other_json(void)
{
	static const struct row rows[] = {
	    {"one begins", "PUT", IMAGE("c8", "json"), NULL, OTHER("1"), 200,
		"true"},
	    {"two, with another json", "PUT", IMAGE("c8", "json"), NULL, OTHER("2"),
		200, "true"},
	};
	static const struct row sums[] = {
	    {"one's sum", "PUT", IMAGE("c8", "checksum"), GIVEN(C8_1), NULL, 200,
		"true"},
	    {"is complete", "GET", IMAGE("c8", "json"), .status = 200,
		.want = OTHER("1"), .want_headers = KNOWN},
	    {"a wrong one", "PUT", IMAGE("c8", "checksum"), GIVEN(C2), NULL, 400,
		MISMATCH},
	    {"two's sum", "PUT", IMAGE("c8", "checksum"), GIVEN(C8_2), NULL, 200,
		"true"},
	    {"changes nothing", "GET", IMAGE("c8", "json"), .status = 200,
		.want = OTHER("1"), .want_headers = KNOWN},
	};

	check_rows(ROWS(rows));
	put_layer(IMAGE("c8", "layer"), small_layer(), 200, "one's layer");
	check_row(&sums[0]);
	put_layer(IMAGE("c8", "layer"), small_layer(), 200, "two's layer");
	check_rows(sums + 1, sizeof(sums) / sizeof(sums[0]) - 1);
}

static volatile int *went; /* the places are taken; the request is through */

static int
give_sum(void *arg)
{
	const struct timespec moment = {0, 1000000};
	int i, status;

	(void)arg;
	for (i = 0; i < 5000 && !went[0]; i++)
		(void)nanosleep(&moment, NULL);
	status = request("PUT", IMAGE("c6", "checksum"), GIVEN(C6), NULL)->status;
	went[1] = 1;
	return status == 200 ? 0 : 1;
}

/* Others walk layers, as many as may. */
static void
test_places(void)
{
	const struct timespec moment = {0, 50000000};
	struct guard places[GUARD_WALKS] = {0};
	pid_t gives;
	size_t i;

	(void)request("PUT", IMAGE("c6", "json"), NULL, JSON_OF("c6"));
	put_layer(IMAGE("c6", "layer"), small_layer(), 200, "a layer");
	went = share(2 * sizeof(*went));
	gives = start_process(give_sum, NULL);
	for (i = 0; i < GUARD_WALKS; i++)
		(void)guard_take_walk(store, &places[i], &err);
	went[0] = 1;
	(void)nanosleep(&moment, NULL);
	ok(!went[1], "its tarsum waits for a place");
	guard_release(&places[1]);
	is_int(wait_for(gives), 0, "and is right");
	for (i = 0; i < GUARD_WALKS; i++)
		guard_release(&places[i]);
}

int
main(void)
{
	setup_v1();
	test_after_the_layer();
	test_before_the_layer();
	test_no_archive();
	test_given_up();
	test_two_at_once();
	test_other_json();
	test_places();
	return teardown_api();
}
