/* races.c: requests that cross each other. On one upload: parts, ends, and its
 * removal; one is taken, the other gets where the upload stands. A push of a manifest, and
 * the removal of what it refers to. */
#include "lib/api_v2.h"

#include "content/upload.h"
#include "store/guard.h"

#define REPO      "/v2/team/app"
#define UPLOADS   REPO "/blobs/uploads/"
#define IS_AT(n)  "Location: @\nRange: 0-" n "\nDocker-Upload-UUID: ~-"
#define BEGINNING "so far "

static void
pause_ms(long ms)
{
	const struct timespec t = {0, ms * 1000000};

	(void)nanosleep(&t, NULL);
}

/* ---- what the pass before the body noted ---- */

/* note: where the upload stood when this part began to come. */
static const struct noted {
	const char *name, *method, *target, *note, *headers, *body;
	int status;
	const char *want, *want_headers;
} noted[] = {
    {"the first part", "PATCH", "@", "0", NULL, "four", 202, NULL, IS_AT("3")},
    {"one that came along with it", "PATCH", "@", "0", NULL, "five", 416,
	CODE("BLOB_UPLOAD_INVALID"), IS_AT("3")},
    {"an end that did", "PUT", "@?digest=`fourfive`", "0", NULL, "five", 416,
	CODE("BLOB_UPLOAD_INVALID"), IS_AT("3")},
    {"nothing changed", "GET", "@", NULL, NULL, NULL, 204, NULL, IS_AT("3")},
    {"the next part", "PATCH", "@", "4", "Content-Range: 4-7", "five", 202, NULL,
	IS_AT("7")},
    {"one that does not come by way of a check", "PATCH", "@", NULL, NULL, "+", 202,
	NULL, IS_AT("8")},
    {"an end of which nginx asks again: its part is in", "PUT",
	"@?digest=`fourfive+`", "8", NULL, "+", 201, NULL,
	"Location: " REPO "/blobs/`fourfive+`"},
};

static void
test_noted(void)
{
	size_t i;

	check_v2_row(
	    &(const struct row){"an upload", "POST", UPLOADS, .status = 202});
	for (i = 0; i < COUNT(noted); i++) {
		const struct noted *n = &noted[i];
		struct sent_request call = {.method = n->method,
		    .target = expand(n->target),
		    .headers = n->headers,
		    .body = str_of(n->body),
		    .has_body = n->body != NULL,
		    .length = -1,
		    .precheck_token = n->note,
		    .pass = PASS_SERVE};
		const struct row row = {.status = n->status,
		    .want = n->want,
		    .want_headers = expand(n->want_headers)};
		const char *fault = reply_fault(send_call(&call), &row);

		ok(fault == NULL, "%s: %d%s%s", n->name, n->status,
		    fault == NULL ? "" : ": ", fault == NULL ? "" : fault);
	}
}

/* ---- processes ---- */

enum deed { PART, END, REMOVAL };

/* Text: what the blob is to end with. */
struct racer {
	enum deed deed;
	const char *text;
};

/* What became of two that began at one state. */
struct outcome {
	enum result first, second;
	const char *after; /* what the upload holds; NULL: it is unknown */
};

static const struct race {
	const char *name;
	struct racer first, second;
	struct outcome outcomes[2]; /* either may be the faster one */
} races[] = {
    {"two parts", {PART, "left"}, {PART, "right"},
	{{RC_OK, RC_BAD_RANGE, BEGINNING "left"},
	    {RC_BAD_RANGE, RC_OK, BEGINNING "right"}}},
    {"a part and an end", {PART, "left"}, {END, "end"},
	{{RC_OK, RC_BAD_RANGE, BEGINNING "left"},
	    {RC_UPLOAD_UNKNOWN, RC_OK, NULL}}},
    {"two ends", {END, "this"}, {END, "that"},
	{{RC_OK, RC_UPLOAD_UNKNOWN, NULL}, {RC_UPLOAD_UNKNOWN, RC_OK, NULL}}},
    {"one end twice", {END, "twice"}, {END, "twice"},
	{{RC_OK, RC_OK, NULL}, {RC_OK, RC_OK, NULL}}},
    {"a part and the removal", {PART, "left"}, {REMOVAL, ""},
	{{RC_OK, RC_OK, NULL}, {RC_UPLOAD_UNKNOWN, RC_OK, NULL}}},
    {"an end and the removal", {END, "late"}, {REMOVAL, ""},
	{{RC_OK, RC_OK, NULL}, {RC_UPLOAD_UNKNOWN, RC_OK, NULL}}},
};

static struct store_upload racing; /* as it stands */
static volatile int *started; /* shared by all: the guard is taken, they may run */

static enum result
finish(const char *text, const char *body)
{
	const struct upload_part part = {
	    .body_file = body == NULL ? NULL : make_body(str_of(body))};
	struct digest d;

	digest_of(HASH_SHA256, str_of(text), &d);
	return upload_finish(
	    TASK(arena), "team/app", str_of(racing.id), &part, &d, &racing);
}

static enum result
append(const char *body)
{
	const struct upload_part part = {.body_file = make_body(str_of(body))};

	return upload_append(
	    TASK(arena), "team/app", str_of(racing.id), &part, &racing);
}

static int
run(void *arg)
{
	const struct racer *me = arg;

	while (!*started)
		pause_ms(1);
	switch (me->deed) {
	case PART:
		return (int)append(me->text);
	case END:
		return (int)finish(
		    arena_printf(arena, BEGINNING "%s", me->text), me->text);
	default:
		return (int)upload_cancel(
		    TASK(arena), "team/app", str_of(racing.id));
	}
}

/* How many wait for a guard of this store, as /proc/locks has them ("->"). */
static unsigned
waiting(void)
{
	FILE *f = fopen("/proc/locks", "r");
	char line[256], inode[32];
	unsigned n = 0;
	struct stat sb;

	if (f == NULL || stat(in_dir("_berth/lock"), &sb) == -1)
		bail_out("/proc/locks");
	(void)snprintf(inode, sizeof(inode), ":%ju ", (uintmax_t)sb.st_ino);
	while (fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, "->") != NULL && strstr(line, inode) != NULL;
	(void)fclose(f);
	return n;
}

/* Two processes that were started run until both wait for the guard: they have done what
 * needs no guard before one of them gets it. The guard is taken when they are there: it
 * belongs to the process that has inherited it, too. */
static void
let_both_wait(enum guard_kind kind, const char *key, const char *name)
{
	struct guard lock = {0};
	int i;

	if (guard_take(store, kind, key, &lock, &err) != RC_OK)
		bail_out(err.text);
	*started = 1;
	for (i = 0; i < 10000 && waiting() < 2; i++)
		pause_ms(1);
	is_int(waiting(), 2, "%s: both wait", name);
	guard_release(&lock);
	*started = 0;
}

static struct outcome
run_both(const struct race *race)
{
	struct racer first = race->first, second = race->second;
	pid_t pids[2];

	pids[0] = start_process(run, &first);
	pids[1] = start_process(run, &second);
	let_both_wait(GUARD_UPLOAD, racing.id, race->name);
	return (struct outcome){
	    (enum result)wait_for(pids[0]), (enum result)wait_for(pids[1]), NULL};
}

static void
check_after(const char *name, const char *after)
{
	if (after == NULL) {
		is_int(upload_status(
			   TASK(arena), "team/app", str_of(racing.id), &racing),
		    RC_UPLOAD_UNKNOWN, "%s: the upload is over", name);
		return;
	}
	is_int(upload_status(TASK(arena), "team/app", str_of(racing.id), &racing),
	    RC_OK, "%s: the upload stands", name);
	is_int(racing.size, strlen(after), "%s: with what was taken", name);
	is_int(finish(after, NULL), RC_OK, "%s: and with its hash", name);
}

static void
test_race(const struct race *race)
{
	struct outcome got;
	size_t i;

	if (upload_begin(TASK(arena), "team/app", HASH_SHA256, &racing) != RC_OK ||
	    append(BEGINNING) != RC_OK)
		bail_out(err.text);
	got = run_both(race);
	for (i = 0; i < COUNT(race->outcomes); i++)
		if (got.first == race->outcomes[i].first &&
		    got.second == race->outcomes[i].second)
			break;
	ok(i < COUNT(race->outcomes), "%s: one %s, the other %s", race->name,
	    err_name(got.first), err_name(got.second));
	if (i < COUNT(race->outcomes))
		check_after(race->name, race->outcomes[i].after);
}

/* ---- a manifest and what it refers to ---- */

#define MANIFESTS REPO "/manifests/"

static const struct document docs[] = {
    {"image", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(""))},
    {"index", V2(OCI_INDEX, CHILDREN(D(OCI_MANIFEST, "image")))},
};

/* Both begin when all is there and wait for the repository. */
static const struct crossing {
	const char *name, *pushed, *removed;
	const char *left, *type; /* what the push makes, as it stands afterwards */
} crossings[] = {
    {"a manifest and the removal of its config", "image", REPO "/blobs/`config`",
	MANIFESTS "`image`", "Content-Type: " OCI_MANIFEST},
    {"an index and the removal of its child", "index", MANIFESTS "`image`",
	MANIFESTS "`index`", "Content-Type: " OCI_INDEX},
};

static int
push_it(void *arg)
{
	const struct crossing *c = arg;
	const char *target = expand(
	    arena_printf(arena, MANIFESTS "`%s`", c->pushed));

	open_registry();
	while (!*started)
		pause_ms(1);
	return request("PUT", target, NULL, document(str_of(c->pushed)))->status ==
	       201;
}

static int
remove_it(void *arg)
{
	const struct crossing *c = arg;

	open_registry();
	while (!*started)
		pause_ms(1);
	return request("DELETE", expand(c->removed), NULL, NULL)->status == 202;
}

/* Whatever comes first, both are done: it is as if the removal came last. A push that
 * comes later is refused. */
static void
test_crossing(const struct crossing *crossing)
{
	struct crossing c = *crossing;
	pid_t push, removal;

	push_blob("team/app", "config");
	push_document("team/app", "`image`", "image");
	if (strcmp(c.pushed, "image") == 0)
		(void)request("DELETE", expand(c.left), NULL, NULL);
	close_registry(); /* no process may have another's index open */
	push = start_process(push_it, &c);
	removal = start_process(remove_it, &c);
	let_both_wait(GUARD_REPOSITORY, "team/app", c.name);
	is_int(wait_for(push), 1, "%s: the push is done", c.name);
	is_int(wait_for(removal), 1, "and the removal");
	open_registry();
	check_v2_row(&(const struct row){"the manifest is whole", "GET", c.left,
	    .status = 200, .want = document(str_of(c.pushed)),
	    .want_headers = c.type});
	is_int(request("GET", expand(c.removed), NULL, NULL)->status, 404,
	    "what it refers to is gone");
	is_int(request("PUT", expand(c.left), NULL, document(str_of(c.pushed)))
		   ->status,
	    400, "a push that comes later is refused");
	(void)request("DELETE", expand(c.left), NULL, NULL);
}

static void
test_rest(void)
{
	is_str(tree("_berth/upload"), "_berth/upload/\n", "no upload is left");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nor anything on the way");
}

int
main(void)
{
	size_t i;

	setup_v2(docs, COUNT(docs));
	started = share(sizeof(*started));
	test_noted();
	for (i = 0; i < COUNT(races); i++)
		test_race(&races[i]);
	for (i = 0; i < COUNT(crossings); i++)
		test_crossing(&crossings[i]);
	test_rest();
	return teardown_api();
}
