/* uploads.c: a blob that comes in parts (upload.h): where it stands after
 * each part, whatever was cut off before, and how it becomes a blob. */
#include "lib/repository.h"
#include "lib/upload.h"
#include "store/blob.h"

/* The upload is as it stands in up, and holds these bytes. */
static void
stands(const struct store_upload *up, const char *bytes, const char *what)
{
	struct store_upload now = {.size = 0};
	struct hash want;

	hash_begin(&want, up->hash.kind);
	hash_add(&want, bytes, strlen(bytes));
	is_int(reopen_upload(up->id, &now), RC_OK, "%s: it is known", what);
	is_int(now.size, strlen(bytes), "%s: its size", what);
	is_int(up->size, now.size, "%s: as its owner knows it", what);
	is_str(saved_hash(&now), hash_save(&want, arena), "%s: its hash", what);
	if (*bytes != '\0')
		is_str(read_text(upload_file(up->id, "data")), bytes,
		    "%s: its bytes", what);
	is_str(tree("_berth/tmp"), "_berth/tmp/\n",
	    "%s: nothing is left on the way", what);
}

static const char *
bytes_of(const struct digest *d)
{
	struct str got;

	return store_blob_read(store, arena, d, TREE_MAX, &got, &err) == RC_OK
		   ? str_dup(arena, got)
		   : NULL;
}

/* ---- in parts ---- */

static void
test_begin(void)
{
	struct store_upload a = begin_upload(HASH_SHA256),
			    b = begin_upload(HASH_SHA256), now;
	struct str id = str_of(a.id);

	is_int(id.n, 36, "its id is a UUID: %s", a.id);
	ok(a.id[14] == '4' && strchr("89ab", a.id[19]) != NULL, "of version 4");
	ok(strcmp(a.id, b.id) != 0, "another has another");
	is_str(tree(arena_printf(arena, "_berth/upload/%s", a.id)),
	    arena_printf(arena, "%s\n", upload_file(a.id, "state")),
	    "it has a state and no data");
	is_str(read_text(upload_file(a.id, "state")),
	    arena_printf(arena,
		"{\"repository\": \"" APP "\", \"size\": 0, \"hash\": \"%s\"}",
		saved_hash(&a)),
	    "which tells all of it");
	stands(&a, "", "begun");
	is_int(store_upload_open(repository("team/other"), id, &now, &err),
	    RC_UPLOAD_UNKNOWN, "another repository knows nothing of it");
}

static void
test_parts(void)
{
	static const enum hash_kind kinds[] = {HASH_SHA256, HASH_SHA512};
	struct digest d, want;
	struct store_upload up;
	struct stat sb;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		up = begin_upload(kinds[i]);
		is_int(append_text(&up, ""), RC_OK, "nothing comes");
		ok(!is_there(upload_file(up.id, "data")), "and nothing changes");
		is_int(append_text(&up, "one, "), RC_OK, "the first part");
		stands(&up, "one, ", "one part");
		set_up(lstat(in_dir(upload_file(up.id, "data")), &sb));
		is_int(sb.st_mode, S_IFREG | 0640, "not 0600, as nginx has it");
		is_int(append_text(&up, "two, "), RC_OK, "the second");
		stands(&up, "one, two, ", "two parts");
		is_int(append_text(&up, ""), RC_OK, "nothing comes");
		stands(&up, "one, two, ", "and nothing more");
		is_int(append_text(&up, "three"), RC_OK, "the third");
		stands(&up, "one, two, three", "three parts");
		digest_of(kinds[i], str_of("one, two, three"), &want);
		is_int(finish_upload(&up, &d), RC_OK, "they become a blob");
		ok(digest_eq(&d, &want), "whose hash was right");
		is_str(bytes_of(&d), "one, two, three", "with all bytes");
	}
}

static struct str
letters(size_t n)
{
	char *p = arena_alloc(arena, n + 1);
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (char)('a' + i % 26);
	return str_make(p, n);
}

static struct digest
digest_of_content(const struct content *content)
{
	struct digest d = {.hex = ""};
	struct store_reader *reader;
	char chunk[4096];
	struct hash h;
	ssize_t n;

	if (store_content_open(store, arena, content, &reader, &err) != RC_OK)
		return d;
	hash_begin(&h, HASH_SHA256);
	while ((n = store_reader_read(reader, chunk, sizeof(chunk))) > 0)
		hash_add(&h, chunk, (size_t)n);
	digest_end(&h, &d);
	return d;
}

/* Longer than what is read and flushed at once, at places that are not multiples. */
static void
test_large_parts(void)
{
	struct str all = letters(((size_t)34 << 20) + 12345);
	const size_t ends[] = {1000003, 1000004, all.n};
	struct store_upload up = begin_upload(HASH_SHA256);
	struct digest d, want;
	struct store_blob got;
	size_t i, at = 0;

	for (i = 0; i < 3; at = ends[i++])
		is_int(append_bytes(&up, str_make(all.p + at, ends[i] - at)), RC_OK,
		    "bytes from %zu", at);
	digest_of(HASH_SHA256, all, &want);
	is_int(finish_upload(&up, &d), RC_OK, "34 MiB become a blob");
	ok(digest_eq(&d, &want), "whose hash was right");
	is_int(
	    store_blob_find_anywhere(store, arena, &d, &got, &err), RC_OK, "found");
	is_int(store_content_size(got.content), all.n, "in its size");
	d = digest_of_content(got.content);
	ok(digest_eq(&d, &want), "each byte where it belongs");
}

static void
test_gone(void)
{
	struct store_upload up = begin_upload(HASH_SHA256);
	struct hash after = up.hash;
	struct stage *sg;

	(void)stage_adopt(store, arena, make_body(str_of("x")), &sg, &err);
	remove_bodies();
	is_int(store_upload_append(&up, sg, &after, &err), RC_CLIENT_GONE,
	    "a part whose client left");
	stands(&up, "", "it");
}

/* ---- what was cut off ---- */

/* Between U2 and U3, with each kind of part. */
static void
test_cut_off(void)
{
	struct store_upload up = begin_upload(HASH_SHA256);
	struct digest d;

	write_text(upload_file(up.id, "data"), "a first part that was not counted");
	stands(&up, "", "a first part cut off");
	is_int(append_text(&up, "one, "), RC_OK, "another comes instead");
	stands(&up, "one, ", "another first part");

	write_text(upload_file(up.id, "data"), "one, and a second that was cut");
	is_int(append_text(&up, "two, "), RC_OK, "another comes instead");
	stands(&up, "one, two, ", "another second part");

	write_text(upload_file(up.id, "data"), "one, two, and a third");
	is_int(append_text(&up, ""), RC_OK, "nothing comes instead");
	is_int(
	    finish_upload(&up, &d), RC_OK, "and what was counted becomes a blob");
	is_str(bytes_of(&d), "one, two, ", "without the rest");
}

/* A hash of another kind is made of the bytes that are there. */
static void
test_hash(void)
{
	struct store_upload up = begin_upload(HASH_SHA256);
	struct digest d, want;
	struct hash h;

	digest_of(HASH_SHA512, str_of(""), &want);
	is_int(store_upload_hash(&up, HASH_SHA512, &h, &err), RC_OK, "no bytes");
	digest_end(&h, &d);
	ok(digest_eq(&d, &want), "are hashed as none");

	(void)append_text(&up, "one");
	write_text(upload_file(up.id, "data"), "one, which grows");
	digest_of(HASH_SHA512, str_of("one"), &want);
	is_int(store_upload_hash(&up, HASH_SHA512, &h, &err), RC_OK, "some");
	digest_end(&h, &d);
	ok(digest_eq(&d, &want), "are hashed without those after them");
	is_str(read_text(upload_file(up.id, "data")), "one, which grows",
	    "which another may be writing");
	digest_of(HASH_SHA256, str_of("one"), &want);
	is_int(store_upload_hash(&up, HASH_SHA256, &h, &err), RC_OK, "its own");
	digest_end(&h, &d);
	ok(digest_eq(&d, &want), "is the one that it has");
}

/* The digest that ends it may be of another kind than its hash. */
static void
test_other_kind(void)
{
	struct store_upload up = begin_upload(HASH_SHA256);
	struct stage *nothing;
	struct digest want;
	struct hash h;

	digest_of(HASH_SHA512, str_of("one"), &want);
	(void)append_text(&up, "one");
	(void)stage_adopt(store, arena, NULL, &nothing, &err);
	(void)store_upload_hash(&up, HASH_SHA512, &h, &err);
	is_int(store_upload_finish(&up, nothing, &h, &err), RC_OK,
	    "an upload ends with a digest of another kind");
	is_str(bytes_of(&want), "one", "the blob has it");
}

/* ---- its end ---- */

/* As if it was cut off between U4 and U5. */
static void
finish_but_remove(struct store_upload *up, struct digest *d)
{
	const char *path = upload_file(up->id, "state");
	const char *state = read_text(path);

	is_int(finish_upload(up, d), RC_OK, "the bytes become a blob");
	ok(!is_there(upload_file(up->id, "")), "and the session is removed");
	write_text(path, state);
}

static void
test_finished(void)
{
	struct store_upload up = begin_upload(HASH_SHA256), late;
	struct digest d;
	struct store_blob got;
	struct stat sb;

	(void)append_text(&up, "whole");
	late = up;
	finish_but_remove(&up, &d);
	is_int(store_blob_find(repository(APP), &d, &got, &err), RC_OK,
	    "the repository has it");
	set_up(lstat(in_dir(store_content_uri(got.content)), &sb));
	is_int(sb.st_nlink, 1, "by one name");
	is_int(reopen_upload(up.id, &up), RC_OK,
	    "cut off before that: the upload stands until it is removed");
	is_int(up.size, 5, "as it stood");
	is_int(append_text(&late, ", and more"), RC_UPLOAD_UNKNOWN,
	    "a client that did not notice adds nothing");
	write_text(store_content_uri(got.content), "whole, and more");
	is_int(reopen_upload(up.id, &up), RC_UPLOAD_UNKNOWN,
	    "a blob of another length is not it");
	write_text(store_content_uri(got.content), "whole");
	is_int(finish_upload(&late, &d), RC_OK, "its end may be asked for again");
	is_str(bytes_of(&d), "whole", "the blob is what it was");
	ok(!is_there(upload_file(late.id, "")), "and the upload is gone");
	is_int(append_text(&late, ", and more"), RC_UPLOAD_UNKNOWN,
	    "nothing comes to it any more");
	is_int(
	    finish_upload(&late, &d), RC_UPLOAD_UNKNOWN, "nor does it end again");
	is_int(store_upload_cancel(repository(APP), str_of(late.id), &err),
	    RC_UPLOAD_UNKNOWN, "nor is it cancelled");

	up = begin_upload(HASH_SHA256);
	(void)append_text(&up, "whole");
	is_int(finish_upload(&up, &d), RC_OK, "a blob that is there");
	is_str(bytes_of(&d), "whole", "it stays");

	up = begin_upload(HASH_SHA256);
	(void)append_text(&up, "cancelled");
	is_int(store_upload_cancel(repository("team/other"), str_of(up.id), &err),
	    RC_UPLOAD_UNKNOWN, "another repository cannot cancel one");
	is_int(store_upload_cancel(repository(APP), str_of(up.id), &err), RC_OK,
	    "its own can");
	ok(!is_there(upload_file(up.id, "")), "it goes wholly");
	is_int(store_upload_cancel(repository(APP), str_of("../x"), &err),
	    RC_UPLOAD_UNKNOWN, "what is not an id");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
}

struct race {
	const struct store_upload *seen;
	const char *part;
};

/* Hashed first, then taken if nobody was faster. */
static int
append_if_unmoved(void *arg)
{
	const struct race *race = arg;
	struct store_upload up = *race->seen;
	struct hash after = up.hash;
	struct stage *sg;
	enum result r = stage_adopt(
	    store, arena, make_body(str_of(race->part)), &sg, &err);

	if (r == RC_OK)
		r = stage_hash(sg, &after, &err);
	if (r == RC_OK)
		r = store_upload_append(&up, sg, &after, &err);
	return (int)r;
}

static void
test_race(void)
{
	struct store_upload up = begin_upload(HASH_SHA256);
	struct race left = {&up, "left "}, right = {&up, "right"};
	const char *want = "";
	unsigned i, odd = 0;

	for (i = 0; i < 20; i++) {
		pid_t a = start_process(append_if_unmoved, &left);
		pid_t b = start_process(append_if_unmoved, &right);
		int l = wait_for(a), r = wait_for(b);

		odd += !((l == RC_OK && r == RC_BAD_RANGE) ||
			 (r == RC_OK && l == RC_BAD_RANGE));
		want = arena_printf(
		    arena, "%s%s", want, l == RC_OK ? "left " : "right");
		(void)reopen_upload(up.id, &up);
	}
	is_int(odd, 0, "of two parts for one place one is taken");
	stands(&up, want, "twenty times");
}

int
main(void)
{
	setup_store(ON_DISK);
	test_begin();
	test_parts();
	test_large_parts();
	test_gone();
	test_cut_off();
	test_hash();
	test_other_kind();
	test_finished();
	test_race();
	return teardown_store();
}
