/* conformance.c: what index.h promises, asked of each implementation through index.h alone.
 * What an implementation does on its disk is in the other tests of this folder. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "indexsqlite/indexsqlite.h"
#include "lib/index.h"

#define MANY    2500 /* rows: more than two batches */
#define READERS 12   /* more threads than an implementation has connections */
#define SUBJECT "sha256:5b"

struct implementation {
	const char *name;
	struct index *(*open)(
	    void);          /* another handle on the one index of this test */
	void (*lose)(void); /* takes the index away, whatever it holds */
};

static struct index *
open_sqlite(void)
{
	return indexsqlite_open(index_file, on_damage, NULL);
}

static const struct implementation implementations[] = {
    {"sqlite", open_sqlite, remove_index},
};

static const struct implementation *it;

/* An index that is empty and not whole yet. */
static struct index *
new_index(void)
{
	struct index *ix;
	bool rebuild = false;

	it->lose();
	ix = it->open();
	is_int(index_prepare(ix, &rebuild, &err), RC_OK, "%s: prepare", it->name);
	ok(rebuild, "a new index wants a rebuild");
	return ix;
}

/* One that is empty and whole. */
static struct index *
whole_index(void)
{
	struct index *ix = new_index();

	is_int(rebuild_index(ix), RC_OK, "a rebuild of nothing");
	return ix;
}

static enum result
put_referrer(struct index *ix, const char *digest, const char *type)
{
	const struct index_referrer referrer = {.digest = str_of(digest),
	    .subject = str_of(SUBJECT),
	    .artifact_type = str_of(type)};
	const struct index_change change = {.repository = {.name = str_of("app"),
						.in_search = true,
						.in_catalog = true},
	    .referrer = &referrer};

	return index_put(ix, &change, &err);
}

static void
test_whole(void)
{
	struct index *ix = new_index();
	bool rebuild = true;

	is_int(put_v2(ix, "app", "1"), RC_OK, "a put into a new index");
	is_str(search_for(ix, "app"), "1: app", "a search finds what is there");
	is_str(catalog_names(ix, "", 9), "rebuilding", "a catalog is not whole");
	is_str(tag_names(ix, "app", "", 9), "rebuilding", "tags are not");
	is_str(referrer_names(ix, "app", SUBJECT, ""), "rebuilding",
	    "referrers are not");
	is_str(image_names(ix, "app"), "rebuilding", "images of tags are not");
	is_str(counterparts_of(ix, "app", "id"), "rebuilding",
	    "nor counterparts of one");
	is_str(counterparts_of(ix, "", "id"), "rebuilding", "nor of all");
	is_str(key_names(ix, "app", "", 9), "rebuilding", "nor their keys");
	is_int(index_rebuild_begin(ix, &err), RC_OK, "a rebuild begins");
	is_int(put_v2(ix, "app", "2"), RC_OK, "a push in between");
	is_int(index_rebuild_end(ix, &err), RC_OK, "it ends");
	is_str(catalog_names(ix, "", 9), " app", "the catalog is whole");
	is_str(tag_names(ix, "app", "", 9), " 1 2", "and has what was pushed");
	is_int(index_prepare(ix, &rebuild, &err), RC_OK, "prepare again");
	ok(!rebuild, "it wants no rebuild");
	index_free(ix);
	index_free(NULL);
}

static void
test_changes(void)
{
	const struct str gone = str_of("1");
	const struct index_change drop_tag = {.repository = {.name = str_of("app"),
						  .in_search = true,
						  .in_catalog = true},
	    .dropped_tags = &gone,
	    .n_dropped_tags = 1};
	const struct index_change drop_referrer = {
	    .repository = {.name = str_of("app"),
		.in_search = true,
		.in_catalog = true},
	    .dropped_referrer = str_of("sha256:a")};
	struct index *ix = whole_index(), *other = it->open();
	int i;

	for (i = 0; i < 2; i++) {
		is_int(put_v2(ix, "app", "1"), RC_OK, "a tag");
		is_int(put_v2(other, "app", "2"), RC_OK, "by another handle");
		is_int(put_referrer(ix, "sha256:a", "x"), RC_OK, "a referrer");
		is_int(put_referrer(ix, "sha256:b", "y"), RC_OK, "and one more");
	}
	is_str(tag_names(ix, "app", "", 9), " 1 2", "both tags are there once");
	is_str(referrer_names(other, "app", SUBJECT, ""), " sha256:a sha256:b",
	    "both referrers");
	is_str(referrer_names(ix, "app", SUBJECT, "y"), " sha256:b",
	    "one has the type");
	for (i = 0; i < 2; i++) {
		is_int(index_put(ix, &drop_tag, &err), RC_OK, "a tag goes");
		is_int(index_put(ix, &drop_referrer, &err), RC_OK, "a referrer");
	}
	is_str(tag_names(other, "app", "", 9), " 2", "the other tag stays");
	is_str(referrer_names(other, "app", SUBJECT, ""), " sha256:b",
	    "the other referrer");
	for (i = 0; i < 2; i++)
		is_int(drop_repository(ix, "app"), RC_OK, "the repository goes");
	is_str(search_for(other, ""), "0:", "nothing is found");
	(void)put_v2(ix, "app", "3");
	is_str(tag_names(ix, "app", "", 9), " 3", "its tags went with it");
	is_str(referrer_names(ix, "app", SUBJECT, ""), "", "and its referrers");
	index_free(other);
	index_free(ix);
}

static enum result
put_tag(struct index *ix, const char *name, const char *image)
{
	const struct index_tag tag = {str_of(name), str_of(image)};
	const struct index_change change = {
	    .repository = {.name = str_of("app")}, .tags = &tag, .n_tags = 1};

	return index_put(ix, &change, &err);
}

static void
test_images(void)
{
	struct index *ix = whole_index(), *other = it->open();
	struct line line;
	int i;

	for (i = 0; i < 2; i++) {
		is_int(put_tag(ix, "of-v1", ""), RC_OK, "a tag without image");
		is_int(put_tag(ix, "2", "1d2"), RC_OK, "a tag with one");
		is_int(put_tag(ix, "1", "1d1"), RC_OK, "and one more");
	}
	is_str(image_names(other, "app"), " 1=1d1 2=1d2", "those with an image");
	is_str(tag_names(other, "app", "", 9), " 1 2 of-v1", "all tags");
	is_str(catalog_names(ix, "", 9), "", "of a repository in no list");
	(void)put_tag(ix, "1", "1d3");
	(void)put_tag(ix, "2", "");
	(void)put_tag(ix, "of-v1", "1d4");
	is_str(image_names(other, "app"), " 1=1d3 of-v1=1d4", "images change");
	is_str(tag_names(other, "app", "", 9), " 1 2 of-v1", "tags do not");
	line_make(&line, 0);
	is_str(line_images(
		   ix, &line, str_of("app"), &(struct index_page){str_of("1"), 1}),
	    " of-v1=1d4", "a page of them");
	line_make(&line, 1);
	is_str(line_images(
		   ix, &line, str_of("app"), &(struct index_page){str_of(""), 9}),
	    " 1=1d3", "a visitor may stop");
	is_str(image_names(ix, "none"), "", "of no repository");
	index_free(other);
	index_free(ix);
}

static enum result
drop_origin(struct index *ix, const char *name, const char *origin)
{
	const struct index_change change = {
	    .repository = {.name = str_of(name)}, .dropped_origin = str_of(origin)};

	return index_put(ix, &change, &err);
}

/* In app and web: those of two manifests that share an image, and one of another. */
static void
put_counterparts(struct index *ix)
{
	(void)put_counterpart(ix, "web", "1d-base", "sha256:w");
	(void)put_counterpart(ix, "app", "1d-top2", "sha256:b");
	(void)put_counterpart(ix, "app", "1d-base", "sha256:b");
	(void)put_counterpart(ix, "app", "1d-base", "sha256:a");
	(void)put_counterpart(ix, "app", "1d-top1", "sha256:a");
}

#define HEX16 "1dc0ffee1dc0ffee"
#define HEX64 HEX16 HEX16 HEX16 HEX16

/* What the index may hold in fewer bytes comes out as it went in. */
static void
test_long_keys(void)
{
	static const char *const keys[] = {"1DC0FFEE1DC0FFEE", "1dc0ffee1dc0ffe",
	    "sha256:", "sha256:1DC0FFEE1DC0FFEE",
	    "sha384:" HEX64, /* the rest is in byte order */
	    "00c0ffee1dc0ffee", HEX64, HEX64 "00", "ff" HEX64, "sha256:" HEX64,
	    "sha512:" HEX64 HEX64};
	struct index *ix = whole_index();
	const char *all = "";
	size_t i;

	for (i = 0; i < COUNT(keys); i++) {
		(void)put_counterpart(
		    ix, "app", keys[i], keys[COUNT(keys) - 1 - i]);
		is_str(counterparts_of(ix, "app", keys[i]),
		    arena_printf(arena, " app:%s", keys[COUNT(keys) - 1 - i]),
		    "%.20s is found", keys[i]);
		if (i >= 5)
			all = arena_printf(arena, "%s %s", all, keys[i]);
	}
	ok(strstr(key_names(ix, "app", "", SIZE_MAX), all) != NULL,
	    "ids and digests are in byte order");
	index_free(ix);
}

static void
test_counterparts(void)
{
	struct index *ix = whole_index(), *other = it->open();
	struct line line;
	const char *all;

	put_counterparts(ix);
	put_counterparts(other);
	is_str(counterparts_of(other, "app", "1d-base"),
	    " app:sha256:a app:sha256:b", "of one repository, by origin");
	all = counterparts_of(other, "", "1d-base");
	ok(strcmp(all, " app:sha256:a app:sha256:b web:sha256:w") == 0 ||
		strcmp(all, " web:sha256:w app:sha256:a app:sha256:b") == 0,
	    "of all:%s", all);
	is_str(counterparts_of(ix, "", "1d-top2"), " app:sha256:b", "of a top");
	is_str(counterparts_of(ix, "web", "1d-top2"), "", "in web there is none");
	is_str(counterparts_of(ix, "", "1d"), "", "half a key");
	is_str(counterparts_of(ix, "none", "1d-base"), "", "in no repository");
	is_str(key_names(ix, "app", "", SIZE_MAX), " 1d-base 1d-top1 1d-top2",
	    "the keys, each once");
	is_str(key_names(ix, "app", "1d-base", 1), " 1d-top1", "a page of them");
	is_str(key_names(ix, "app", "1d-x", 9), "", "a page after them");
	is_str(key_names(ix, "none", "", 9), "", "of no repository");
	line_make(&line, 1);
	is_str(line_counterparts(ix, &line, str_of("app"), str_of("1d-base")),
	    " app:sha256:a", "a visitor may stop");
	is_str(search_for(ix, ""), "0:", "no list shows the repositories");
	index_free(other);
	index_free(ix);
}

static void
test_dropped_origin(void)
{
	const struct index_counterpart kept = {
	    str_of("1d-top1"), str_of("sha256:a")};
	const struct index_change change = {.repository = {.name = str_of("app")},
	    .dropped_origin = str_of("sha256:a"),
	    .counterparts = &kept,
	    .n_counterparts = 1};
	struct index *ix = whole_index();
	int i;

	put_counterparts(ix);
	for (i = 0; i < 2; i++) {
		is_int(index_put(ix, &change, &err), RC_OK, "an origin goes");
		is_str(counterparts_of(ix, "app", "1d-base"), " app:sha256:b",
		    "with its counterparts");
		is_str(counterparts_of(ix, "app", "1d-top1"), " app:sha256:a",
		    "except one that is put");
	}
	for (i = 0; i < 2; i++)
		is_int(drop_origin(ix, "app", "sha256:a"), RC_OK, "all of it goes");
	is_str(key_names(ix, "app", "", 9), " 1d-base 1d-top2", "the others stay");
	is_int(drop_origin(ix, "app", "sha256:w"), RC_OK, "one that is elsewhere");
	is_str(key_names(ix, "web", "", 9), " 1d-base", "stays there");
	(void)drop_repository(ix, "app");
	is_str(counterparts_of(ix, "", "1d-base"), " web:sha256:w",
	    "a repository takes its counterparts with it");
	(void)put_v2(ix, "app", "1");
	is_str(key_names(ix, "app", "", 9), "", "a new one inherits none");
	index_free(ix);
}

static const char *
wild_names(struct index *ix, const char *term)
{
	const struct index_query query = {str_of(term), 0, SIZE_MAX, true};
	struct line line;
	struct index_visitor visitor = line_visitor(&line);

	return line_end(&line, index_search(ix, &query, &visitor, &err));
}

static void
test_search(void)
{
	static const char *const rows[][2] = {{"z/described", "a fine app"},
	    {"a/grapple", ""}, {"x/my-app", ""}, {"x/my_app", ""},
	    {"team/app2", ""}, {"apple/pie", ""}, {"library/apps", ""}, {"App", ""},
	    {"library/app", ""}, {"a/web", "100% *"}};
	struct index *ix = whole_index();
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		(void)put_v1(ix, rows[i][0], rows[i][1]);
	is_str(search_for(ix, "aPp"),
	    "9: App library/app apple/pie library/apps team/app2 x/my-app x/my_app"
	    " a/grapple z/described",
	    "the order of index.h");
	is_str(search_page(ix, str_of("app"), 2, 3),
	    "9: apple/pie library/apps team/app2", "a page of it");
	is_str(search_page(ix, str_of("app"), 9, 3), "9:", "a page after it");
	is_str(search_page(ix, str_of("app"), 0, 0), "9:", "its count");
	is_str(search_for(ix, "0% *"), "1: a/web", "a term is data");
	is_str(search_page(ix, str_make("app\0", 4), 0, 9), "0:", "a NUL");
	is_str(search_for(ix, "\xff"), "0:", "bytes that are not UTF-8");
	is_str(wild_names(ix, "x/*APP"), "2: x/my-app x/my_app", "a wild term");
	is_str(wild_names(ix, "fine*"), "0:", "is for names alone");
	is_int(index_probe(ix, &err), RC_OK, "a probe");
	index_free(ix);
}

/* A repository is in any of the two lists, and may go from any to any other. */
static void
test_shown(void)
{
	struct index_change change = {.repository = {.name = str_of("secret/plan"),
					  .description = str_of("a plan")}};
	struct index *ix = whole_index();
	const int order[] = {0, 1, 2, 3, 0, 2, 1, 3, 1, 0, 3, 2, 0};
	size_t i;

	for (i = 0; i < COUNT(order); i++) {
		change.repository.in_search = order[i] % 2 == 1;
		change.repository.in_catalog = order[i] >= 2;
		is_int(index_put(ix, &change, &err), RC_OK, "lists %d", order[i]);
		is_str(search_for(ix, "plan"),
		    order[i] % 2 == 1 ? "1: secret/plan" : "0:", "a search");
		is_str(search_for(ix, ""),
		    order[i] % 2 == 1 ? "1: secret/plan" : "0:", "of all");
		is_str(catalog_names(ix, "", 9),
		    order[i] >= 2 ? " secret/plan" : "", "the catalog");
	}
	index_free(ix);
}

static void
test_pages(void)
{
	static const char *const names[] = {"a", "a-b", "a.b", "a/b", "a_b", "b"};
	struct index *ix = whole_index();
	size_t i;

	for (i = COUNT(names); i-- > 0;) {
		(void)put_v2(ix, names[i], NULL);
		(void)put_v2(ix, "tagged", names[i]);
	}
	(void)put_v1(ix, "v1/only", "");
	is_str(catalog_names(ix, "", SIZE_MAX), " a a-b a.b a/b a_b b tagged",
	    "the catalog, in byte order");
	is_str(catalog_names(ix, "a-b", 2), " a.b a/b", "a page of it");
	is_str(catalog_names(ix, "a-c", 2), " a.b a/b", "after a missing name");
	is_str(catalog_names(ix, "", 0), "", "a page of nothing");
	is_str(tag_names(ix, "tagged", "", SIZE_MAX), " a a-b a.b a/b a_b b",
	    "tags, in byte order");
	is_str(tag_names(ix, "tagged", "a_b", 5), " b", "a page of them");
	is_str(tag_names(ix, "none", "", 5), "", "of no repository");
	index_free(ix);
}

/* ---- rebuilds ---- */

static bool
is_known(struct index *ix, const struct index_repository *repository)
{
	bool same = false;

	(void)index_rebuild_same(ix, repository, &same, &err);
	return same;
}

/* With these tags, and a counterpart. */
static void
read_repository(struct index *ix, const struct index_repository *repository,
    const struct index_tag *tags, size_t n_tags)
{
	const struct index_counterpart counterpart = {
	    str_of("1d"), str_of("sha256:1")};
	const struct index_change change = {.repository = *repository,
	    .tags = tags,
	    .n_tags = n_tags,
	    .counterparts = &counterpart,
	    .n_counterparts = 1};

	(void)index_rebuild_open(ix, repository, &err);
	(void)index_rebuild_add(ix, &change, &err);
	(void)index_rebuild_close(ix, repository, &err);
}

static void
test_rebuild(void)
{
	struct index_repository app = {.name = str_of("app"),
	    .in_search = true,
	    .in_catalog = true,
	    .version = str_of("7")};
	const struct index_tag tags[] = {
	    {.name = str_of("1")}, {.name = str_of("2")}};
	struct index *ix = whole_index(), *other = it->open();

	(void)put_counterpart(ix, "app", "1d-old", "sha256:old");
	(void)put_v2(ix, "app", "old");
	(void)put_counterpart(ix, "removed", "1d-old", "sha256:old");
	(void)put_v2(ix, "removed", "1");
	is_int(index_rebuild_begin(ix, &err), RC_OK, "a rebuild");
	ok(!is_known(ix, &app), "what was pushed has to be read");
	read_repository(ix, &app, tags, COUNT(tags));
	(void)put_v2(other, "pushed", "1");
	is_str(catalog_names(other, "", 9), " app pushed removed",
	    "meanwhile it answers");
	is_str(counterparts_of(other, "", "1d-old"), " removed:sha256:old",
	    "counterparts that were not added are gone");
	is_int(index_rebuild_begin(other, &err), RC_OK, "it is interrupted");
	ok(is_known(other, &app), "the next one knows what was read");
	app.version = str_of("8");
	ok(!is_known(other, &app), "but not another version of it");
	is_int(index_rebuild_end(other, &err), RC_OK, "it ends");
	is_str(catalog_names(ix, "", 9), " app", "what it did not meet is dropped");
	is_str(counterparts_of(ix, "", "1d-old"), "", "with its counterparts");
	is_str(tag_names(ix, "app", "", 9), " 1 2", "so is a tag");
	is_str(counterparts_of(ix, "", "1d"), " app:sha256:1",
	    "what was known keeps its counterparts");
	(void)put_v2(ix, "app", "3");
	app.version = str_of("7");
	(void)index_rebuild_begin(ix, &err);
	ok(!is_known(ix, &app), "a push makes its version unknown");
	index_free(other);
	index_free(ix);
}

static void
test_lost(void)
{
	struct index *ix = whole_index();
	bool rebuild = false;

	(void)put_v2(ix, "app", "1");
	damages_seen = 0;
	it->lose();
	is_str(search_for(ix, "app"), "rebuilding", "a search without an index");
	is_str(catalog_names(ix, "", 9), "rebuilding", "a list");
	is_int(put_v2(ix, "app", "1"), RC_REBUILDING, "a put");
	is_int(index_probe(ix, &err), RC_REBUILDING, "a probe");
	is_int(damages_seen, 1, "it was reported once");
	is_int(index_prepare(ix, &rebuild, &err), RC_OK, "prepare");
	ok(rebuild, "a rebuild is wanted");
	(void)rebuild_index(ix);
	is_int(put_v2(ix, "app", "1"), RC_OK, "a put into the new index");
	is_str(catalog_names(ix, "", 9), " app", "which answers");
	index_free(ix);
}

/* ---- long searches ---- */

static void
fill(struct index *ix)
{
	char name[32], text[600];
	struct index_repository repository = {.in_search = true};
	size_t i;

	(void)index_rebuild_begin(ix, &err);
	for (i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof(name), "n-%05zu", i);
		(void)snprintf(
		    text, sizeof(text), "%*s", (int)sizeof(text) - 1, "");
		repository.name = str_of(name);
		repository.description = str_of(text);
		(void)index_rebuild_open(ix, &repository, &err);
	}
	(void)index_rebuild_end(ix, &err);
}

struct meddling {
	struct index *ix;
	size_t total, rows;
	unsigned seen[MANY];
	unsigned unknown;
};

static void
note_total(void *arg, size_t total)
{
	struct meddling *m = arg;

	m->total = total;
}

/* Removes a row that was shown and one that is yet to come, and adds two. */
static bool
meddle(void *arg, const struct index_row *row)
{
	struct meddling *m = arg;
	long n = strtol(row->name.p + 2, NULL, 10);

	m->rows++;
	if (row->name.n == 7 && n < MANY) /* "n-" and five digits */
		m->seen[n]++;
	else
		m->unknown++;
	if (m->rows == 10) {
		(void)drop_repository(m->ix, "n-00003");
		(void)drop_repository(m->ix, "n-02400");
		(void)put_v1(m->ix, "a-new-one", "n-");
		(void)put_v1(m->ix, "n-x", "");
	}
	return true;
}

/* A visitor changes the index while a search is shown: no row that stays is lost or doubled. */
static void
test_meddling(const char *term)
{
	const struct index_query query = {str_of(term), 0, SIZE_MAX, false};
	struct meddling *m = arena_alloc(arena, sizeof(*m));
	const struct index_visitor visitor = {note_total, meddle, m};
	struct index *ix = whole_index();
	size_t i, wrong = 0;

	fill(ix);
	m->ix = ix;
	is_int(index_search(ix, &query, &visitor, &err), RC_OK,
	    "<%s>: a visitor writes", term);
	is_int((int)m->total, MANY, "the count is of the beginning");
	for (i = 0; i < MANY; i++)
		if (m->seen[i] != 1 && i != 2400 && wrong++ < 3)
			printf("# n-%05zu: shown %u times\n", i, m->seen[i]);
	is_int((int)wrong, 0, "each row that stays is shown once");
	ok(m->seen[2400] == 0, "one that was removed in time is not shown");
	ok(m->unknown <= 2, "new ones may be shown");
	index_free(ix);
}

static pthread_barrier_t all_there;

static bool
wait_for_all(void *arg, const struct index_row *row)
{
	(void)arg, (void)row;
	(void)pthread_barrier_wait(&all_there);
	return false;
}

static void *
read_slowly(void *arg)
{
	const struct index_query query = {str_of("app"), 0, SIZE_MAX, false};
	const struct index_visitor visitor = {NULL, wait_for_all, NULL};
	struct err why;

	return index_search(arg, &query, &visitor, &why) == RC_OK ? arg : NULL;
}

/* Nothing is held while a row is shown: all readers are in their visitor at once. */
static void
test_slow_readers(void)
{
	struct index *ix = whole_index();
	pthread_t threads[READERS];
	int i, failed = 0;
	void *well;

	(void)put_v1(ix, "app", "");
	(void)pthread_barrier_init(&all_there, NULL, READERS);
	(void)alarm(120);
	for (i = 0; i < READERS; i++)
		failed += pthread_create(&threads[i], NULL, read_slowly, ix) != 0;
	for (i = 0; i < READERS; i++)
		failed += pthread_join(threads[i], &well) != 0 || well == NULL;
	(void)alarm(0);
	is_int(failed, 0, "%d readers wait for each other", READERS);
	(void)pthread_barrier_destroy(&all_there);
	index_free(ix);
}

int
main(void)
{
	size_t i;

	setup_index();
	for (i = 0; i < COUNT(implementations); i++) {
		it = &implementations[i];
		test_whole();
		test_changes();
		test_images();
		test_counterparts();
		test_long_keys();
		test_dropped_origin();
		test_search();
		test_shown();
		test_pages();
		test_rebuild();
		test_lost();
		test_meddling("");
		test_meddling("n-");
		test_meddling("-0");
		test_slow_readers();
	}
	return teardown_index();
}
