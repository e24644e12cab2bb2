/* lists.c: tags, lists of images and search of the upstream (mirror.h). What it answers to
 * everybody is kept below _berth/mirror, for when it does not answer. */
#include "base/json.h"
#include "base/json_closed.h"
#include "base/log.h"
#include "base/percent.h"
#include "image/imagelist.h"
#include "mirror/internal.h"
#include "store/upstream.h"

#define TAGS_MAX   ((size_t)4 << 20) /* bytes */
#define SEARCH_MAX ((size_t)1 << 20)
#define TOKEN_MAX  ((size_t)4 << 10) /* nginx takes no more of a header */

static const char *
index_of(const struct registry *reg)
{
	return reg->mirror->upstream_index == NULL ? reg->mirror->upstream
						   : reg->mirror->upstream_index;
}

static enum result
find_kept(const struct task *t, const struct v1name *name, const char *file,
    struct str *out, int64_t *age)
{
	const struct store_upstream up = store_upstream_repository(
	    t->reg->store, t->arena, v1name_full(t->arena, name));
	enum result r = store_upstream_answer(&up, file, out, age, t->err);

	if (r == RC_OK && !json_is_closed(*out))
		return err_set(t->err, RC_NOT_FOUND,
		    "the stored answer of the upstream is damaged");
	return r;
}

/* An answer that a token was needed for is not kept, because others would see it. */
static void
keep_answer(const struct task *t, const struct v1name *name, const char *file,
    struct str text)
{
	const struct store_upstream up = store_upstream_repository(
	    t->reg->store, t->arena, v1name_full(t->arena, name));
	struct err err;

	if (mirror_token(t->caller).n == 0 &&
	    store_upstream_set_answer(&up, file, text, &err) != RC_OK)
		log_line(LOG_WARN, "mirror.keep", "repository=%s file=%s reason=%s",
		    log_value(t->arena, v1name_full(t->arena, name)), file,
		    log_value(t->arena, err.text));
}

/* If the upstream does not answer, its last answer is better than none. */
static enum result
use_kept_answer(const struct task *t, const struct v1name *name, const char *file,
    enum result r, struct str *out)
{
	if ((r == RC_UPSTREAM || r == RC_BUSY) &&
	    find_kept(task_quiet(t), name, file, out, NULL) == RC_OK)
		return RC_OK;
	return r == RC_NOT_FOUND ? RC_REPOSITORY_UNKNOWN : r;
}

/* ---- tags ---- */

static bool
check_tag(void *arg, const char *tag, const struct json *id)
{
	bool *good = arg;
	struct err ignored;

	*good = v1name_check_tag(str_of(tag), &ignored) == RC_OK &&
		v1name_is_image_id(json_text(id));
	return *good;
}

static enum result
check_tags(struct arena *a, struct str text, struct err *err)
{
	struct json *tags;
	const char *why;
	bool good = json_parse(a, text, &tags, &why) &&
		    json_kind(tags) == JSON_OBJECT;

	if (good)
		json_members(tags, check_tag, &good);
	return good ? RC_OK
		    : err_set(err, RC_UPSTREAM,
			  "the upstream's tags must be an object of image ids");
}

static enum result
ask_tags(const struct task *t, const struct v1name *name, struct str *out)
{
	const struct remote_call call = {
	    .url = v1name_url(t->arena, t->reg->mirror->upstream, name, "tags"),
	    .limit = TAGS_MAX};
	struct remote_answer answer;
	enum result r = mirror_get(t, &call, &answer);

	if (r == RC_OK)
		r = check_tags(t->arena, answer.body, t->err);
	if (r == RC_OK) {
		*out = answer.body;
		keep_answer(t, name, "tags", *out);
	}
	return r;
}

/* The upstream is asked without the token first: what it shows to everybody can be kept. */
enum result
mirror_tags(const struct task *t, const struct v1name *name, struct str *out)
{
	const struct caller nobody = {
	    .via = t->caller == NULL ? str_of(NULL) : t->caller->via};
	int64_t age;
	enum result r = find_kept(t, name, "tags", out, &age);

	if (r == RC_OK && age >= 0 && age < (int64_t)t->reg->mirror->tags_ttl)
		return RC_OK;
	r = ask_tags(task_with_caller(t, &nobody), name, out);
	if (r == RC_NOT_FOUND && mirror_token(t->caller).n > 0)
		r = ask_tags(t, name, out);
	return use_kept_answer(t, name, "tags", r, out);
}

/* ---- images ---- */

enum result
mirror_images(
    const struct task *t, const struct v1name *name, struct mirror_images *out)
{
	static const char *const capture[] = {"X-Docker-Token", NULL};
	const struct remote_call call = {
	    .url = v1name_url(t->arena, index_of(t->reg), name, "images"),
	    .limit = IMAGELIST_MAX,
	    .capture = capture};
	struct remote_answer answer;
	struct err why;
	enum result r = mirror_get(t, &call, &answer);

	out->token = str_of(NULL);
	if (r == RC_OK && imagelist_merge(t->arena, str_of(NULL), answer.body,
			      &out->images, &why) != RC_OK)
		r = err_set(t->err, RC_UPSTREAM,
		    "the upstream's list of images is malformed: %s", why.text);
	if (r != RC_OK)
		return use_kept_answer(t, name, "images", r, &out->images);
	if (answer.captured[0].n <= TOKEN_MAX)
		out->token = answer.captured[0];
	keep_answer(t, name, "images", out->images);
	return RC_OK;
}

/* ---- search ---- */

static bool
take_row(struct arena *a, const struct json *item, struct mirror_row *row)
{
	struct v1name name;
	struct err ignored;

	*row = (struct mirror_row){.name = json_text(json_get(item, "name")),
	    .description = json_text(json_get(item, "description")),
	    .official = json_is_true(json_get(item, "is_official")),
	    .automated = json_is_true(json_get(item, "is_automated")),
	    .trusted = json_is_true(json_get(item, "is_trusted"))};
	(void)json_int(json_get(item, "star_count"), &row->stars);
	if (v1name_parse(a, row->name, &name, &ignored) != RC_OK)
		return false;
	row->name = str_of(v1name_full(a, &name));
	return true;
}

size_t
mirror_search(
    const struct task *t, struct str term, struct mirror_row rows[MIRROR_ROWS])
{
	static const struct remote_ttl ttl = {60000, 5000, 5000};
	const struct remote_call call = {.headers = mirror_headers(t),
	    .url = arena_printf(t->arena, "%s/v1/search?q=%s&n=%d",
		index_of(t->reg), percent_encode(t->arena, term, "_.-", false),
		MIRROR_ROWS),
	    .limit = SEARCH_MAX,
	    .ttl = &ttl};
	struct remote_answer answer;
	struct json *doc, *results;
	const char *why;
	struct err err;
	size_t i, n = 0;

	if (remote_get_cached(t->reg->remote, t->arena, &call, &answer, &err) !=
		RC_OK ||
	    answer.status != 200 || !json_parse(t->arena, answer.body, &doc, &why))
		return 0;
	results = json_get(doc, "results");
	for (i = 0; n < MIRROR_ROWS && i < json_length(results); i++)
		n += take_row(t->arena, json_at(results, i), &rows[n]);
	return n;
}
