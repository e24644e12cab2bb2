/* lists.c: the catalog, tags and referrers: what index_put() makes of them,
 * their order, their pages and what a page costs. */
#include "lib/index.h"

#define ALL SIZE_MAX

#define SUBJECT "sha256:5ab7ec7"
#define SIG     "application/vnd.dev.cosign"
#define SBOM    "application/spdx+json"

static struct index *
whole_index(void)
{
	struct index *ix = fresh_index();

	if (rebuild_index(ix) != RC_OK)
		printf("# rebuild: %s\n", err.text);
	return ix;
}

static enum result
put_shown(struct index *ix, const char *name, bool in_search, bool in_catalog)
{
	const struct index_change change = {.repository = {.name = str_of(name),
						.in_search = in_search,
						.in_catalog = in_catalog}};

	return index_put(ix, &change, &err);
}

static struct index_referrer
make_referrer(const char *digest, const char *subject, const char *artifact_type)
{
	return (struct index_referrer){.digest = str_of(digest),
	    .subject = str_of(subject),
	    .type = str_of("application/vnd.oci.image.manifest.v1+json"),
	    .artifact_type = str_of(artifact_type),
	    .size = 512};
}

static enum result
put_referrer(struct index *ix, const char *name, struct index_referrer referrer)
{
	const struct index_change change = {.repository = {.name = str_of(name),
						.in_search = true,
						.in_catalog = true},
	    .referrer = &referrer};

	return index_put(ix, &change, &err);
}

static enum result
drop_tag(struct index *ix, const char *name, const char *tag)
{
	const struct str text = str_of(tag);
	const struct index_change change = {.repository = {.name = str_of(name),
						.in_search = true,
						.in_catalog = true},
	    .dropped_tags = &text,
	    .n_dropped_tags = 1};

	return index_put(ix, &change, &err);
}

static enum result
drop_referrer(struct index *ix, const char *name, const char *digest)
{
	const struct index_change change = {.repository = {.name = str_of(name),
						.in_search = true,
						.in_catalog = true},
	    .dropped_referrer = str_of(digest)};

	return index_put(ix, &change, &err);
}

static void
test_never_whole(void)
{
	struct index *ix = fresh_index();

	(void)put_v2(ix, "app", "latest");
	is_str(
	    catalog_names(ix, "", ALL), "rebuilding", "not yet whole: the catalog");
	is_str(tag_names(ix, "app", "", ALL), "rebuilding", "not yet whole: tags");
	is_str(tag_names(ix, "none", "", ALL), "rebuilding",
	    "not yet whole: of a repository that is not there");
	is_str(referrer_names(ix, "app", SUBJECT, ""), "rebuilding",
	    "not yet whole: referrers");
	ok(strstr(err.text, index_file) != NULL &&
		strstr(err.text, "filled") != NULL,
	    "the reason is clear: %s", err.text);
	is_str(search_for(ix, ""), "1: app", "a search answers");
	(void)index_rebuild_begin(ix, &err);
	(void)put_v2(ix, "app", "latest");
	is_str(
	    catalog_names(ix, "", ALL), "rebuilding", "during the first rebuild");
	(void)index_rebuild_end(ix, &err);
	is_str(catalog_names(ix, "", ALL), " app", "whole: the catalog");
	(void)index_rebuild_begin(ix, &err);
	is_str(catalog_names(ix, "", ALL), " app",
	    "during the next rebuild: the catalog");
	is_str(tag_names(ix, "app", "", ALL), " latest", "tags, too");
	is_int(damages_seen, 0, "none of it was taken for damage");
	index_free(ix);
}

/* In the order of bytes: "-" "." "/" digits, capitals, "_", small letters. */
static const char *const in_order[] = {"0", "A", "B", "Z", "_", "a", "a-", "a--b",
    "a-b", "a.b", "a/b", "a/b-c", "a0", "aA", "a_b", "aa", "b", "z", "z\xc3\xbc",
    "\xe6\x97\xa5"};

static const char *
ordered(size_t from, size_t most)
{
	struct buf b;
	size_t i;

	buf_init(&b, arena, LINE_MAX_BYTES);
	buf_adds(&b, "");
	for (i = from; i < COUNT(in_order) && i - from < most; i++)
		buf_printf(&b, " %s", in_order[i]);
	return b.n == 0 ? "" : b.p;
}

/* The order in which they are put is another one. */
static const char *
shuffled(size_t i)
{
	return in_order[i * 7 % COUNT(in_order)];
}

static void
test_order(void)
{
	struct index *ix = whole_index();
	size_t i, size, wrong = 0;
	const char *after;

	for (i = 0; i < COUNT(in_order); i++) {
		(void)put_v2(ix, shuffled(i), "other");
		(void)put_v2(ix, "a", shuffled(i));
	}
	(void)drop_tag(ix, "a", "other");
	is_str(catalog_names(ix, "", ALL), ordered(0, ALL),
	    "the catalog: in byte order");
	is_str(tag_names(ix, "a", "", ALL), ordered(0, ALL), "tags, too");
	for (size = 0; size < 4; size++)
		for (i = 0; i < COUNT(in_order); i++) {
			after = in_order[i];
			wrong += strcmp(catalog_names(ix, after, size),
				     ordered(i + 1, size)) != 0;
			wrong += strcmp(tag_names(ix, "a", after, size),
				     ordered(i + 1, size)) != 0;
		}
	is_int(wrong, 0, "each page after each name is what follows it");
	is_str(catalog_names(ix, "a-c", 2), " a.b a/b",
	    "after a name that is not there");
	is_str(tag_names(ix, "a", "a-c", 2), " a.b a/b", "and a tag");
	is_str(catalog_names(ix, "\xff", ALL), "", "after all of them");
	is_str(tag_names(ix, "A", "", ALL), " other", "case matters");
	index_free(ix);
}

static void
test_stop(void)
{
	const struct index_page all = {str_of(""), ALL};
	const struct index_subject of = {str_of("a"), str_of(SUBJECT), str_of("")};
	struct index *ix = whole_index();
	struct line line;

	(void)put_v2(ix, "a", "1");
	(void)put_v2(ix, "a", "2");
	(void)put_v2(ix, "b", "1");
	(void)put_referrer(ix, "a", make_referrer("sha256:1", SUBJECT, SIG));
	(void)put_referrer(ix, "a", make_referrer("sha256:2", SUBJECT, SIG));
	line_make(&line, 1);
	is_str(line_catalog(ix, &line, &all), " a",
	    "a visitor of the catalog may stop");
	line_make(&line, 1);
	is_str(line_tags(ix, &line, str_of("a"), &all), " 1", "one of tags may");
	line_make(&line, 1);
	is_str(line_referrers(ix, &line, &of, &all), " sha256:1",
	    "one of referrers may");
	is_str(catalog_names(ix, "", ALL), " a b", "all is well afterwards");
	index_free(ix);
}

static void
test_shown(void)
{
	struct index *ix = whole_index();

	(void)put_shown(ix, "library/busybox", true, false);
	(void)put_shown(ix, "team/both", true, true);
	(void)put_shown(ix, "busybox", false, true);
	(void)put_shown(ix, "secret", false, false);
	is_str(catalog_names(ix, "", ALL), " busybox team/both",
	    "the catalog has what is in it");
	is_str(search_for(ix, ""), "2: library/busybox team/both",
	    "a search finds what is in searches");
	(void)put_shown(ix, "team/both", true, false);
	is_str(catalog_names(ix, "", ALL), " busybox", "one that left the catalog");
	(void)put_shown(ix, "library/busybox", true, true);
	is_str(catalog_names(ix, "", ALL), " busybox library/busybox",
	    "one that came into it");
	index_free(ix);
}

static void
test_drops(void)
{
	struct index *ix = whole_index();

	(void)put_v2(ix, "app", "1");
	(void)put_v2(ix, "app", "2");
	(void)put_v2(ix, "web", "1");
	(void)put_referrer(ix, "app", make_referrer("sha256:1", SUBJECT, SIG));
	(void)put_referrer(ix, "web", make_referrer("sha256:1", SUBJECT, SIG));
	(void)put_referrer(ix, "app", make_referrer("sha256:2", SUBJECT, SIG));
	is_int(drop_tag(ix, "app", "1"), RC_OK, "a tag is dropped");
	is_str(tag_names(ix, "app", "", ALL), " 2", "it is gone");
	is_str(tag_names(ix, "web", "", ALL), " 1", "another repository's is not");
	is_int(drop_referrer(ix, "app", "sha256:1"), RC_OK, "a referrer is");
	is_str(referrer_names(ix, "app", SUBJECT, ""), " sha256:2", "it is gone");
	is_str(referrer_names(ix, "web", SUBJECT, ""), " sha256:1",
	    "another repository's is not");
	is_int(drop_repository(ix, "app"), RC_OK, "a repository is");
	is_str(catalog_names(ix, "", ALL), " web", "it is gone");
	is_str(tag_names(ix, "app", "", ALL), "", "with its tags");
	is_int(sql_int("SELECT count(*) FROM tag"), 1, "which leave no row");
	is_int(sql_int("SELECT count(*) FROM referrer"), 1, "nor do referrers");
	(void)drop_repository(ix, "web");
	(void)put_v2(ix, "new", NULL);
	is_str(tag_names(ix, "new", "", ALL), "", "a new one inherits none");
	is_str(referrer_names(ix, "new", SUBJECT, ""), "", "of either");
	index_free(ix);
}

/* New, it is one transaction; again, it writes nothing. */
static void
put_twice(struct index *ix, const struct index_change *change, const char *what)
{
	const struct index_referrer *referrer = change->referrer;

	(void)work_done();
	is_int(index_put(ix, change, &err), RC_OK, "put: %s", what);
	is_int(work_done().commits, 1, "in one transaction");
	is_int(index_put(ix, change, &err), RC_OK, "put again");
	is_int(work_done().commits, 0, "writes nothing");
	is_str(tag_names(ix, "app", "", ALL), " one two", "the tags");
	is_str(key_names(ix, "app", "", ALL),
	    change->n_counterparts == 0 ? "" : " 1da 1db", "the counterparts");
	is_str(referrer_names(ix, "app", str_dup(arena, referrer->subject),
		   str_dup(arena, referrer->artifact_type)),
	    " sha256:1", "the referrers");
}

static void
test_repository_again(void)
{
	const struct index_tag new_tags[] = {
	    {str_of("one"), str_of("")}, {str_of("two"), str_of("1d")}};
	const struct str old_tags[] = {{"three", 5}, {"four", 4}};
	const struct index_counterpart counterparts[] = {
	    {str_of("1da"), str_of("sha256:a")},
	    {str_of("1db"), str_of("sha256:a")}};
	struct index_referrer referrer = make_referrer("sha256:1", SUBJECT, SIG);
	struct index_change change = {.repository = {.name = str_of("app"),
					  .in_search = true,
					  .in_catalog = true},
	    .tags = new_tags,
	    .n_tags = 2,
	    .counterparts = counterparts,
	    .n_counterparts = 2,
	    .dropped_origin = str_of("sha256:gone"),
	    .referrer = &referrer,
	    .dropped_tags = old_tags,
	    .n_dropped_tags = 2,
	    .dropped_referrer = str_of("sha256:2")};
	struct index *ix = whole_index();

	put_twice(ix, &change, "all of it");
	change.repository.description = str_of("an app");
	put_twice(ix, &change, "a description");
	change.repository.in_search = false;
	put_twice(ix, &change, "searches do not show it");
	change.repository.in_catalog = false;
	put_twice(ix, &change, "nor does the catalog");
	change.repository.version = str_of("12");
	put_twice(ix, &change, "a version");
	(void)run_sql("INSERT INTO tag (repository, name, generation)"
		      " SELECT id, 'four', 0 FROM repository");
	put_twice(ix, &change, "a tag that is gone");
	(void)run_sql("DELETE FROM tag WHERE name = 'two'");
	put_twice(ix, &change, "a tag that is back");
	(void)run_sql("UPDATE tag SET image = '1e' WHERE name = 'two'");
	put_twice(ix, &change, "a tag with another image");
	(void)run_sql("UPDATE counterpart SET origin = 'sha256:gone'"
		      " WHERE key = '1da'");
	put_twice(ix, &change, "a counterpart of another origin");
	(void)run_sql("INSERT INTO counterpart SELECT id, '1dc', 'sha256:gone', 0"
		      " FROM repository");
	put_twice(ix, &change, "an origin that is gone");
	(void)run_sql("UPDATE referrer SET digest = 'sha256:2'");
	put_twice(ix, &change, "one referrer in place of another");
	(void)index_rebuild_begin(ix, &err);
	put_twice(ix, &change, "in a new generation");
	(void)run_sql("UPDATE tag SET generation = 0 WHERE name = 'two'");
	put_twice(ix, &change, "a tag of an older one");
	(void)run_sql("UPDATE counterpart SET generation = 0 WHERE key = '1db'");
	put_twice(ix, &change, "a counterpart of an older one");
	(void)run_sql("UPDATE referrer SET generation = 0");
	put_twice(ix, &change, "a referrer of an older one");
	index_free(ix);
}

static void
test_referrer_again(void)
{
	const struct index_tag new_tags[] = {
	    {str_of("one"), str_of("")}, {str_of("two"), str_of("1d")}};
	struct index_referrer referrer = make_referrer("sha256:1", SUBJECT, SIG);
	const struct index_change change = {.repository = {.name = str_of("app"),
						.in_search = true,
						.in_catalog = true},
	    .tags = new_tags,
	    .n_tags = 2,
	    .referrer = &referrer};
	struct index *ix = whole_index();

	put_twice(ix, &change, "a referrer");
	referrer.artifact_type = str_of(SBOM);
	put_twice(ix, &change, "its artifact type");
	referrer.size = 1;
	put_twice(ix, &change, "its size");
	referrer.annotations = str_of("{\"a\":\"b\"}");
	put_twice(ix, &change, "its annotations");
	referrer.subject = str_of("sha512:0");
	put_twice(ix, &change, "its subject");
	referrer.type = str_of("text/plain");
	put_twice(ix, &change, "its type");
	index_free(ix);
}

static bool
show_referrer(void *arg, const struct index_referrer *r)
{
	buf_printf(arg, "%.*s of %.*s (%.*s, %.*s) %lld <%.*s>\n",
	    STR_ARG(r->digest), STR_ARG(r->subject), STR_ARG(r->type),
	    STR_ARG(r->artifact_type), (long long)r->size, STR_ARG(r->annotations));
	return true;
}

static void
test_referrers(void)
{
	static const char *const rows[][3] = {{"sha256:b", SUBJECT, SIG},
	    {"sha512:a", SUBJECT, SIG}, {"sha256:A", SUBJECT, SBOM},
	    {"sha256:c", "sha256:other", SIG}, {"sha256:d", SUBJECT, ""},
	    {"sha256:e", SUBJECT, SIG}};
	struct index_subject of = {str_of("app"), str_of(SUBJECT), str_of(SIG)};
	struct index_referrer full = make_referrer("sha256:f", SUBJECT, SBOM);
	struct index *ix = whole_index();
	struct line line;
	struct buf b;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		(void)put_referrer(
		    ix, "app", make_referrer(rows[i][0], rows[i][1], rows[i][2]));
	(void)put_referrer(ix, "web", make_referrer("sha256:z", SUBJECT, SIG));
	is_str(referrer_names(ix, "app", SUBJECT, ""),
	    " sha256:A sha256:b sha256:d sha256:e sha512:a",
	    "those of a subject, by digest");
	is_str(referrer_names(ix, "app", SUBJECT, SIG),
	    " sha256:b sha256:e sha512:a", "those of an artifact type");
	is_str(referrer_names(ix, "app", SUBJECT, "application/vnd"), "",
	    "of half an artifact type");
	is_str(referrer_names(ix, "app", "sha256:none", ""), "", "of no subject");
	is_str(referrer_names(ix, "none", SUBJECT, ""), "", "in no repository");
	line_make(&line, 0);
	is_str(line_referrers(
		   ix, &line, &of, &(struct index_page){str_of("sha256:b"), 1}),
	    " sha256:e", "a page of an artifact type");
	full.size = INT64_MAX;
	full.annotations = str_of(
	    "{\"org.example\": \"it's <this> & \\\"that\\\"\"}");
	(void)put_referrer(ix, "app", full);
	buf_init(&b, arena, LINE_MAX_BYTES);
	of.artifact_type = str_of(SBOM);
	(void)index_referrers(ix, &of,
	    &(struct index_page){str_of("sha256:e"), ALL},
	    &(struct index_referrer_visitor){show_referrer, &b}, &err);
	is_str(b.p,
	    "sha256:f of " SUBJECT
	    " (application/vnd.oci.image.manifest.v1+json, " SBOM
	    ") 9223372036854775807"
	    " <{\"org.example\": \"it's <this> & \\\"that\\\"\"}>\n",
	    "one with all it has");
	index_free(ix);
}

/* As a repository, subject, type or key, and as the place after which a page of none begins. */
static bool
finds_nothing(struct index *ix, struct str odd)
{
	const struct str app = str_of("app"), subject = str_of(SUBJECT);
	const struct index_subject of[] = {
	    {odd, subject, {"", 0}}, {app, odd, {"", 0}}, {app, subject, odd}};
	const struct index_page all = {str_of(""), ALL}, none = {odd, 0};
	struct line line;
	bool well;
	size_t i;

	line_make(&line, 0);
	well = line_tags(ix, &line, odd, &all)[0] == '\0' &&
	       line_tags(ix, &line, app, &none)[0] == '\0' &&
	       line_catalog(ix, &line, &none)[0] == '\0' &&
	       line_images(ix, &line, odd, &all)[0] == '\0' &&
	       line_keys(ix, &line, odd, &all)[0] == '\0' &&
	       line_counterparts(ix, &line, odd, str_of("1d"))[0] == '\0' &&
	       line_counterparts(ix, &line, app, odd)[0] == '\0' &&
	       line_counterparts(ix, &line, str_of(""), odd)[0] == '\0';
	for (i = 0; i < COUNT(of); i++)
		well = well && line_referrers(ix, &line, &of[i], &all)[0] == '\0';
	return well;
}

/* What a client may ask for is data. */
static void
test_hostile(void)
{
	static const struct str odd[] = {{"'; DROP TABLE tag; --", 21},
	    {"' OR '1'='1", 11}, {"%", 1}, {"*", 1}, {"a\0b", 3}, {"\0", 1},
	    {"\xff\xfe", 2}, {"\xc3", 1}, {":after", 6}, {"?1", 2}, {"NULL", 4},
	    {"1", 1}, {"0", 1}};
	struct index *ix = whole_index();
	struct line line;
	size_t i, wrong = 0;

	(void)put_counterpart(ix, "app", "1d", "sha256:1");
	(void)put_v2(ix, "app", "latest");
	(void)put_v2(ix, "it's", "\"%\"");
	(void)put_referrer(ix, "app", make_referrer("sha256:1", SUBJECT, SIG));
	for (i = 0; i < COUNT(odd); i++)
		wrong += !finds_nothing(ix, odd[i]);
	is_int(wrong, 0, "odd names, subjects and types find nothing");
	line_make(&line, 0);
	is_str(line_catalog(ix, &line, &(struct index_page){{"app\0", 4}, ALL}),
	    " it's", "after a name and a NUL");
	line_make(&line, 0);
	is_str(line_catalog(ix, &line, &(struct index_page){{"ap\xff", 3}, ALL}),
	    " it's", "after what is not UTF-8");
	is_str(
	    tag_names(ix, "it's", "", ALL), " \"%\"", "a name with a quote is one");
	is_str(tag_names(ix, "app", "", ALL), " latest", "and all is as before");
	is_int(damages_seen, 0, "no damage was seen");
	index_free(ix);
}

/* ---- what a page costs ---- */

/* So many repositories in the catalog and as many that are not. The one in the middle has as
 * many tags, counterparts and referrers; each other has one that would stand in the middle of
 * those. */
static void
fill(int names)
{
	static const char sql[] =
	    "BEGIN;"
	    "CREATE TABLE n (i INTEGER PRIMARY KEY);"
	    "INSERT INTO n WITH RECURSIVE c (i) AS"
	    " (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %1$d)"
	    " SELECT i FROM c;"
	    "INSERT INTO repository (id, name, description, in_catalog, generation)"
	    " SELECT i, printf('team/%%06d', i), '', 1, generation FROM n, state;"
	    "INSERT INTO repository (name, description, in_catalog, generation)"
	    " SELECT printf('team/%%06d-old', i), '', 0, generation"
	    " FROM n, state;"
	    "INSERT INTO tag SELECT %2$d, printf('tag-%%06d', i), 0, '1d' FROM n;"
	    "INSERT INTO tag SELECT id, printf('tag-%%06d-', %2$d + 1), 0, '1d'"
	    " FROM repository WHERE id <> %2$d;"
	    "INSERT INTO counterpart"
	    " SELECT %2$d, printf('1d-%%06d', i), 'sha256:a', generation"
	    " FROM n, state;"
	    "INSERT INTO counterpart"
	    " SELECT id, printf('1d-%%06d-', %2$d + 1), 'sha256:b', 0"
	    " FROM repository WHERE id <> %2$d;"
	    "INSERT INTO referrer"
	    " SELECT NULL, %2$d, printf('sha256:%%06d', i), '" SUBJECT "', '', '',"
	    " 0, 0, '' FROM n;"
	    "INSERT INTO referrer"
	    " SELECT NULL, id, printf('sha256:%%06d-', %2$d + 1), '" SUBJECT "',"
	    " '', '', 0, 0, '' FROM repository WHERE id <> %2$d;"
	    "DROP TABLE n;"
	    "COMMIT;";

	ok(run_sql(arena_printf(arena, sql, names, names / 2)), "%d repositories",
	    names);
}

/* " PREFIXn PREFIXn PREFIXn PREFIXn" from n on; each name ends with the suffix. */
static const char *
four(const char *prefix, int n, const char *suffix)
{
	struct buf b;
	int i;

	buf_init(&b, arena, LINE_MAX_BYTES);
	for (i = n; i < n + 4; i++)
		buf_printf(&b, " %s%06d%s", prefix, i, suffix);
	return b.p;
}

static enum result
put_in_the_middle(struct index *ix, const char *name, const char *tag)
{
	const struct index_tag put = {str_of(tag), str_of("1d")};
	const struct index_counterpart counterpart = {
	    str_of(arena_printf(arena, "1d-%s", tag + strlen("tag-"))),
	    str_of("sha256:a")};
	const struct index_change change = {.repository = {.name = str_of(name),
						.in_search = true,
						.in_catalog = true},
	    .tags = &put,
	    .n_tags = 1,
	    .counterparts = &counterpart,
	    .n_counterparts = 1};

	return index_put(ix, &change, &err);
}

enum { CATALOG, TAGS, IMAGES, KEYS, IN_ONE, IN_ALL, REFERRERS, SAME_AGAIN, LISTS };

/* The work of a page of four in the middle of each list, and of a push that changes
 * nothing. */
static void
measure(int names, struct work done[LISTS])
{
	struct index *ix = whole_index();
	const int middle = names / 2;
	const char *name = arena_printf(arena, "team/%06d", middle);
	const char *tag = arena_printf(arena, "tag-%06d", middle);
	const char *key = arena_printf(arena, "1d-%06d", middle);
	const struct index_subject of = {str_of(name), str_of(SUBJECT), str_of("")};
	struct line line;

	fill(names);
	(void)put_in_the_middle(ix, name, tag);
	(void)work_done();
	is_str(catalog_names(ix, name, 4), four("team/", middle + 1, ""),
	    "a page in the middle of the catalog");
	done[CATALOG] = work_done();
	is_str(
	    tag_names(ix, name, tag, 4), four("tag-", middle + 1, ""), "of tags");
	done[TAGS] = work_done();
	line_make(&line, 0);
	is_str(line_images(
		   ix, &line, of.repository, &(struct index_page){str_of(tag), 4}),
	    four("tag-", middle + 1, "=1d"), "of images of tags");
	done[IMAGES] = work_done();
	is_str(key_names(ix, name, key, 4), four("1d-", middle + 1, ""), "of keys");
	done[KEYS] = work_done();
	is_str(counterparts_of(ix, name, key),
	    arena_printf(arena, " %s:sha256:a", name), "a counterpart");
	done[IN_ONE] = work_done();
	is_str(counterparts_of(ix, "", key),
	    arena_printf(arena, " %s:sha256:a", name), "in all repositories");
	done[IN_ALL] = work_done();
	line_make(&line, 0);
	(void)line_referrers(ix, &line, &of,
	    &(struct index_page){
		str_of(arena_printf(arena, "sha256:%06d", middle)), 4});
	done[REFERRERS] = work_done();
	is_int(line.rows, 4, "of referrers");
	is_int(
	    put_in_the_middle(ix, name, tag), RC_OK, "a put that changes nothing");
	done[SAME_AGAIN] = work_done();
	index_free(ix);
}

static void
test_cost(void)
{
	static const char *const names[] = {"the catalog", "tags", "images of tags",
	    "keys of counterparts", "a counterpart", "a counterpart anywhere",
	    "referrers", "a put"};
	struct work small[LISTS], large[LISTS];
	size_t i;

	measure(10, small);
	measure(100000, large);
	for (i = 0; i < LISTS; i++) {
		ok(small[i].steps > 0, "%s: %d steps", names[i], small[i].steps);
		is_int(large[i].steps, small[i].steps,
		    "%s: as many with 100,000 repositories as with 10", names[i]);
		is_int(large[i].scans, 0, "%s: no table is read whole", names[i]);
		is_int(large[i].sorts, 0, "%s: nothing is sorted", names[i]);
	}
}

int
main(void)
{
	setup_index();
	watch_sqlite();
	test_never_whole();
	test_order();
	test_stop();
	test_shown();
	test_drops();
	test_repository_again();
	test_referrer_again();
	test_referrers();
	test_hostile();
	test_cost();
	is_int(damages_seen, 0, "no damage was seen");
	return teardown_index();
}
