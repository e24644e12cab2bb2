/* conformance.c: what store/ promises, asked of each implementation through its headers alone:
 * blobs, upload sessions, manifests, tags and repositories. Another store gets a row. */
#include <limits.h>

#include "base/buf.h"
#include "image/digest.h"
#include "lib/store.h"
#include "lib/text_digest.h"
#include "store/blob.h"
#include "store/guard.h"
#include "store/manifest.h"
#include "store/tag.h"
#include "store/upload.h"

#define PATIENCE (2 * STORE_BLOB_PIN_FRESH_S)

/* How an implementation makes an empty store (`store`), and how it lets time pass for a blob: as
 * if it had been asked for so many seconds ago. */
static const struct implementation {
	const char *name;
	void (*make)(void);
	void (*age)(const struct digest *d, time_t seconds);
} * now;

static const char *
data_file(const struct digest *d)
{
	return arena_printf(arena, "docker/registry/v2/blobs/%s/%.2s/%s/data",
	    digest_algorithm(d), d->hex, d->hex);
}

static void
age_file(const struct digest *d, time_t seconds)
{
	make_older(data_file(d), seconds);
}

static const struct implementation implementations[] = {
    {"storefs", fresh_store, age_file},
};

/* ---- what the tests do ---- */

static struct store_repository
in(const char *name)
{
	return (struct store_repository){store, arena, name};
}

static struct stage *
stage_of(const char *text)
{
	struct stage *sg = NULL;

	if (stage_adopt(store, arena, make_body(str_of(text)), &sg, &err) != RC_OK)
		bail_out(err.text);
	return sg;
}

static struct digest
put_blob(const char *text)
{
	struct digest d = sha256(text);

	is_int(store_blob_put(store, arena, stage_of(text), &d, &err), RC_OK,
	    "a blob is stored: %s", text);
	return d;
}

static const char *
read_all(struct store_reader *reader)
{
	size_t size = (size_t)store_reader_size(reader), n = 0;
	char *text = arena_alloc(arena, size + 1);
	ssize_t k;

	while ((k = store_reader_read(reader, text + n, size - n)) > 0)
		n += (size_t)k;
	return k == 0 && n == size ? text : "another size";
}

/* The blob as a stream, or the name of the result. */
static const char *
opened(const struct digest *d)
{
	struct store_reader *reader;
	enum result r = store_blob_open(store, arena, d, &reader, &err);

	return r == RC_OK ? read_all(reader) : err_name(r);
}

/* The blob as the repository has it. */
static const char *
found(const char *name, const struct digest *d)
{
	const struct store_repository repository = in(name);
	struct store_blob blob;
	struct store_reader *reader;
	enum result r = store_blob_find(&repository, d, &blob, &err);

	if (r == RC_OK)
		r = store_content_open(store, arena, blob.content, &reader, &err);
	return r == RC_OK ? read_all(reader) : err_name(r);
}

static void
take_guard(const char *name, struct guard *out)
{
	*out = (struct guard){0};
	if (guard_take(store, GUARD_REPOSITORY, name, out, &err) != RC_OK)
		bail_out(err.text);
}

static enum result
put_manifest(const char *name, const char *text, const char *type)
{
	const struct store_repository repository = in(name);
	const struct store_manifest m = {sha256(text), str_of(text)};
	struct guard held;
	enum result r;

	take_guard(name, &held);
	r = store_manifest_put(&repository, &held, &m, str_of(type), &err);
	guard_release(&held);
	return r;
}

static enum result
put_tag(const char *name, const char *tag, const char *text)
{
	const struct store_repository repository = in(name);
	struct digest d = sha256(text);
	struct guard held;
	enum result r;

	take_guard(name, &held);
	r = store_tag_put(&repository, &held, tag, &d, &err);
	guard_release(&held);
	return r;
}

/* A list of texts that a visitor fills, until it has `limit` of them. */
struct list {
	struct buf text;
	unsigned n, limit;
};

static bool
add(struct list *l, const char *text)
{
	buf_printf(&l->text, " %s", text);
	return ++l->n < l->limit;
}

static bool
add_digest(void *arg, const struct digest *d)
{
	return add(arg, arena_strndup(arena, d->hex, 8));
}

static bool
add_tag(void *arg, const char *tag, const struct digest *d)
{
	return add(arg, arena_printf(arena, "%s=%.8s", tag, d->hex));
}

static bool
add_name(void *arg, const char *name)
{
	return add(arg, name);
}

static struct list
new_list(unsigned limit)
{
	struct list l = {.limit = limit};

	buf_init(&l.text, arena, 4096);
	buf_adds(&l.text, "");
	return l;
}

/* ---- blobs ---- */

static const char *
each_blob(unsigned limit)
{
	struct list l = new_list(limit);

	is_int(store_blob_each(store, add_digest, &l, &err), RC_OK,
	    "a walk over %s", limit == UINT_MAX ? "all blobs" : "some");
	return l.text.p;
}

static void
test_blobs(void)
{
	const struct store_repository here = in("team/app");
	struct digest one, two, other = sha256("one");
	struct str bytes;
	struct guard held;

	is_str(each_blob(UINT_MAX), "", "an empty store has none");
	is_str(opened(&other), "blob_unknown", "none can be opened");
	one = put_blob("one");
	is_str(found("team/app", &one), "blob_unknown", "no repository has it");
	is_int(store_blob_link(&here, &one, &err), RC_OK, "one gets it");
	is_str(found("team/app", &one), "one", "and has it");
	is_str(found("team/other", &one), "blob_unknown", "another does not");
	two = put_blob("two");
	is_str(each_blob(UINT_MAX),
	    arena_printf(arena, " %.8s %.8s",
		strcmp(one.hex, two.hex) < 0 ? one.hex : two.hex,
		strcmp(one.hex, two.hex) < 0 ? two.hex : one.hex),
	    "all of them, in order");
	is_int(strlen(each_blob(1)), 9, "until the visitor has enough");
	is_str(opened(&two), "two", "any can be opened");
	is_int(store_blob_read(store, arena, &two, 3, &bytes, &err), RC_OK, "read");
	is_int(store_blob_read(store, arena, &two, 2, &bytes, &err), RC_TOO_LARGE,
	    "not above the limit");
	take_guard("team/app", &held);
	is_int(store_blob_unlink(&here, &held, &one, &err), RC_OK,
	    "the repository gives it up");
	is_int(
	    store_blob_unlink(&here, &held, &one, &err), RC_BLOB_UNKNOWN, "once");
	guard_release(&held);
	is_str(opened(&one), "one", "the store still has it");
}

static enum result
remove_blob(const struct digest *d)
{
	return store_blob_remove(store, arena, d, PATIENCE, &err);
}

static void
test_removal(void)
{
	struct digest d = put_blob("a blob"), none = sha256("none");
	struct store_reader *reader;
	struct store_blob blob;

	is_int(remove_blob(&none), RC_BLOB_UNKNOWN, "what is not there");
	is_int(remove_blob(&d), RC_BUSY, "one that was just stored is pinned");
	now->age(&d, PATIENCE + 60);
	is_int(store_blob_find_anywhere(store, arena, &d, &blob, &err), RC_OK,
	    "a client asks for an old one");
	is_int(remove_blob(&d), RC_BUSY, "which pins it");
	is_str(opened(&d), "a blob", "it is there");
	now->age(&d, PATIENCE + 60);
	is_int(store_blob_open(store, arena, &d, &reader, &err), RC_OK,
	    "a reader does not pin it");
	is_int(remove_blob(&d), RC_OK, "an old one is removed");
	is_str(read_all(reader), "a blob", "its reader reads on");
	is_str(opened(&d), "blob_unknown", "it is gone");
	is_str(each_blob(UINT_MAX), "", "and not listed");
	is_int(remove_blob(&d), RC_BLOB_UNKNOWN, "once");
	(void)put_blob("a blob");
	is_str(opened(&d), "a blob", "it can be stored again");
}

/* ---- uploads ---- */

static enum result
append(struct store_upload *up, const char *text)
{
	struct hash after = up->hash;
	struct stage *sg = stage_of(text);

	(void)stage_hash(sg, &after, &err);
	return store_upload_append(up, sg, &after, &err);
}

static void
test_uploads(void)
{
	const struct store_repository here = in("team/app"), there = in("team/b");
	struct store_upload up, seen, late;
	struct digest d = sha256("one, two");
	struct hash all;
	uint64_t n = 0;

	ok(store_upload_part_min(store) >= 1, "the store has a smallest part");
	is_int(store_upload_begin(&here, HASH_SHA256, &up, &err), RC_OK, "begun");
	ok(store_upload_is_id(str_of(up.id)), "its id has the form of one");
	is_int(store_upload_count(store, &n, &err), RC_OK, "they are counted");
	is_int(n, 1, "there is one");
	is_int(store_upload_open(&there, str_of(up.id), &seen, &err),
	    RC_UPLOAD_UNKNOWN, "no other repository has it");
	is_int(
	    store_upload_open(&here, str_of(up.id), &seen, &err), RC_OK, "its own");
	late = seen;
	is_int(append(&seen, "one, "), RC_OK, "a part");
	is_int(seen.size, 5, "is counted");
	is_int(append(&late, "other"), RC_BAD_RANGE, "another for the same place");
	is_int(late.size, 5, "hears how it is now");
	is_int(append(&late, ""), RC_OK, "and may go on from there");
	is_int(append(&late, "two"), RC_OK, "with the next");
	is_int(
	    store_upload_open(&here, str_of(up.id), &up, &err), RC_OK, "reopened");
	is_int(up.size, 8, "all is there");
	all = up.hash;
	is_int(store_upload_finish(&seen, stage_of(""), &all, &err), RC_BAD_RANGE,
	    "a client that has seen less does not end it");
	is_int(store_upload_finish(&seen, stage_of(""), &all, &err), RC_OK,
	    "one that has seen all does");
	is_str(found("team/app", &d), "one, two", "it is a blob of the repository");
	is_int(append(&up, "three"), RC_UPLOAD_UNKNOWN, "nothing comes afterwards");
	is_int(store_upload_cancel(&here, str_of(up.id), &err), RC_UPLOAD_UNKNOWN,
	    "nor is it cancelled");
	is_int(store_upload_begin(&here, HASH_SHA256, &up, &err), RC_OK, "another");
	is_int(store_upload_cancel(&here, str_of(up.id), &err), RC_OK, "cancelled");
	is_int(store_upload_open(&here, str_of(up.id), &up, &err),
	    RC_UPLOAD_UNKNOWN, "is unknown");
}

/* ---- manifests, tags, repositories ---- */

static const char *
version_of(const char *name)
{
	const struct store_repository repository = in(name);
	struct str version = str_of("");

	is_int(store_repository_version(&repository, &version, &err), RC_OK,
	    "%s has a version", name);
	return str_dup(arena, version);
}

static const char *
tags_after(const char *after)
{
	const struct store_repository here = in("team/app");
	struct list l = new_list(UINT_MAX);

	is_int(store_tag_each(&here, after, add_tag, &l, &err), RC_OK,
	    "tags after \"%s\"", after);
	return l.text.p;
}

static void
test_manifests(void)
{
	const struct store_repository here = in("team/app"), there = in("team/b");
	struct digest d = sha256("{}"), got;
	struct store_manifest m;
	struct str type;
	struct guard held;

	is_int(store_manifest_read(&here, &d, &m, &err), RC_MANIFEST_UNKNOWN,
	    "there is none");
	is_int(put_manifest("team/app", "{}", "a/b"), RC_OK, "one is stored");
	is_int(store_manifest_read(&here, &d, &m, &err), RC_OK, "and read");
	ok(str_is(m.bytes, "{}") && digest_eq(&m.digest, &d), "whole");
	is_int(store_manifest_read_short(&here, &d, 1, &m, &err), RC_TOO_LARGE,
	    "not above the limit");
	is_int(store_manifest_type(&here, &d, &type, &err), RC_OK, "with its type");
	ok(str_is(type, "a/b"), "a/b");
	is_int(store_manifest_find(&there, &d, &got, &err), RC_MANIFEST_UNKNOWN,
	    "another repository does not have it");
	is_int(put_manifest("team/app", "{}", ""), RC_OK, "stored without a type");
	is_int(store_manifest_type(&here, &d, &type, &err), RC_NOT_FOUND,
	    "it has none");
	take_guard("team/app", &held);
	is_int(store_manifest_remove(&here, &held, &d, &err), RC_OK, "removed");
	is_int(store_manifest_remove(&here, &held, &d, &err), RC_MANIFEST_UNKNOWN,
	    "once");
	guard_release(&held);
	is_str(opened(&d), "{}", "its bytes are still a blob");
}

static void
test_tags(void)
{
	const struct store_repository here = in("team/app");
	struct digest old = sha256("{}"), d;
	const char *last, *before;
	struct guard held;

	is_int(
	    store_tag_last(&here, &last, &d, &err), RC_MANIFEST_UNKNOWN, "no tag");
	(void)put_manifest("team/app", "{}", "");
	(void)put_manifest("team/app", "[]", "");
	is_int(put_tag("team/app", "v1", "{}"), RC_OK, "a tag");
	is_int(put_tag("team/app", "v2", "[]"), RC_OK, "another");
	before = version_of("team/app");
	is_str(version_of("team/app"), before, "which stays while nothing changes");
	is_int(put_tag("team/app", "v2", "{}"), RC_OK, "it moves");
	ok(strcmp(version_of("team/app"), before) != 0, "and so does the version");
	is_int(store_tag_get(&here, "v2", &d, &err), RC_OK, "it means");
	ok(digest_eq(&d, &old), "the other manifest");
	is_str(tags_after(""),
	    arena_printf(arena, " v1=%.8s v2=%.8s", old.hex, old.hex), "in order");
	is_str(
	    tags_after("v1"), arena_printf(arena, " v2=%.8s", old.hex), "the rest");
	is_int(store_tag_last(&here, &last, &d, &err), RC_OK, "the last");
	is_str(last, "v2", "is v2");
	take_guard("team/app", &held);
	is_int(store_tag_remove(&here, &held, "v2", &err), RC_OK, "removed");
	is_int(store_tag_remove(&here, &held, "v2", &err), RC_MANIFEST_UNKNOWN,
	    "once");
	guard_release(&held);
	is_int(store_tag_get(&here, "v2", &d, &err), RC_MANIFEST_UNKNOWN, "gone");
}

static void
test_repositories(void)
{
	const struct store_repository parent = in("team");
	struct list names = new_list(UINT_MAX), first = new_list(1);
	struct digest d;
	bool has = true;

	(void)put_manifest("team/app", "{}", "");
	(void)put_manifest("team/app/part", "{}", "");
	(void)put_manifest("alone", "{}", "");
	is_int(
	    store_repository_walk(store, add_name, &names, &err), RC_OK, "a walk");
	is_str(names.text.p, " alone team/app team/app/part", "finds all");
	(void)store_repository_walk(store, add_name, &first, &err);
	is_int(first.n, 1, "until the visitor has enough");
	is_int(
	    store_repository_has_manifest(&parent, &has, &err), RC_OK, "\"team\"");
	ok(!has, "is not a repository of its own");
	d = put_blob("a blob");
	(void)store_blob_link(&parent, &d, &err);
	is_int(store_repository_exists(&parent, &has, &err), RC_OK, "with a blob");
	ok(has, "it is");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_blobs, test_removal,
	    test_uploads, test_manifests, test_tags, test_repositories};
	size_t i, k;

	setup_store(ON_DISK);
	for (i = 0; i < COUNT(implementations); i++) {
		now = &implementations[i];
		printf("# %s\n", now->name);
		for (k = 0; k < COUNT(tests); k++) {
			now->make();
			tests[k]();
		}
	}
	return teardown_store();
}
