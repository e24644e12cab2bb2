/* search.c: rows and searches. */
#include <ctype.h>
#include <sys/stat.h>

#include "indexsqlite/db.h"
#include "indexsqlite/indexsqlite.h"
#include "lib/index.h"

#define MODEL_ROWS 3000 /* enough for terms that are "everywhere" to search.c */
#define MODEL_LONG \
	700 /* bytes added to every other description: more than one batch */
#define MODEL_TERMS 400
#define TEXT_SIZE   24

static long long
wal_size(void)
{
	struct stat st;

	return stat(in_dir("index.db-wal"), &st) == 0 ? (long long)st.st_size : -1;
}

/* The writer has the one lock there is for changes. */
static bool
put_beside_a_writer(struct index *ix)
{
	struct db *writer;
	struct err why;
	enum result r = db_open(index_file, false, &writer, &why);

	if (r == RC_OK)
		r = db_begin(writer, DB_CHANGE, &why);
	if (r == RC_OK)
		r = put_v1(ix, "team/web", "back");
	db_close(writer);
	return r == RC_OK;
}

static void
test_rows(void)
{
	struct index *ix;
	long long size;

	ok(prepare_index(), "a missing index is made, and wants a rebuild");
	ix = indexsqlite_open(index_file, on_damage, NULL);
	is_str(search_for(ix, ""), "0:", "it is empty");
	is_int(put_v1(ix, "team/web", "the web site"), RC_OK, "put");
	is_int(
	    put_v1(ix, "library/centos", ""), RC_OK, "put without a description");
	is_str(search_for(ix, ""), "2: library/centos team/web", "both are there");
	size = wal_size();
	is_int(put_v1(ix, "team/web", "the web site"), RC_OK, "put again");
	is_int(wal_size(), size, "nothing was written for it");
	is_str(search_for(ix, "site"), "1: team/web", "found by its description");
	is_int(put_v1(ix, "team/web", "our shop"), RC_OK,
	    "put with another description");
	is_str(search_for(ix, "site"), "0:", "the old description finds nothing");
	is_str(search_for(ix, "shop"), "1: team/web", "the new one does");
	is_int(drop_repository(ix, "team/web"), RC_OK, "drop");
	is_int(drop_repository(ix, "team/web"), RC_OK, "drop again");
	is_str(search_for(ix, "shop"), "0:", "it is gone");
	is_str(search_for(ix, "web"), "0:", "by name, too");
	is_int(put_v1(ix, "team/web", "back"), RC_OK, "put after drop");
	is_str(search_for(ix, "web"), "1: team/web", "it is back");
	ok(put_beside_a_writer(ix), "put again, while another is writing");
	index_free(ix);
	index_free(NULL);
	ix = indexsqlite_open(index_file, on_damage, NULL);
	is_str(search_for(ix, ""), "2: library/centos team/web",
	    "another process sees them");
	index_free(ix);
	ok(run_sql("INSERT INTO search (search) VALUES ('integrity-check')"),
	    "the trigrams are those of the rows");
	is_int(damages_seen, 0, "nothing was damaged");
}

static void
test_order(void)
{
	static const char *const rows[][2] = {{"z/described", "a fine app"},
	    {"a/grapple", ""}, {"b/happy", ""}, {"x/my-app", ""}, {"x/my_app", ""},
	    {"x/my.app", ""}, {"team/app2", ""}, {"apple/pie", ""},
	    {"library/apps", ""}, {"App", ""}, {"library/app", ""},
	    {"library/my-app", "app"}, {"a/web", ""}, {"library/lib-x", ""},
	    {"x/y-lib", ""}};
	struct index *ix = fresh_index();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		(void)put_v1(ix, rows[i][0], rows[i][1]);
	is_str(search_for(ix, "app"),
	    "12: App library/app"     /* itself */
	    " apple/pie library/apps" /* begin with it */
	    " library/my-app team/app2 x/my-app x/my.app x/my_app" /* a word */
	    " a/grapple b/happy"                                   /* inside one */
	    " z/described", /* described so */
	    "the order of index.h");
	is_str(
	    search_for(ix, "aPP"), search_for(ix, "app"), "case does not matter");
	is_str(search_for(ix, "library/app"), "2: library/app library/apps",
	    "the full name");
	is_str(search_for(ix, "lib"),
	    "5: library/app library/apps library/lib-x library/my-app x/y-lib",
	    "the beginning of library itself");
	is_str(search_for(ix, "p"),
	    "12: apple/pie a/grapple App b/happy library/app library/apps"
	    " library/my-app team/app2 x/my-app x/my.app x/my_app z/described",
	    "a single character");
	is_str(search_for(ix, ""),
	    "15: a/grapple a/web App apple/pie b/happy library/app library/apps"
	    " library/lib-x library/my-app team/app2 x/my-app x/my.app x/my_app x/y-lib"
	    " z/described",
	    "no term: all by name");
	index_free(ix);
}

/* v2's "busybox" and v1's "library/busybox" are two. */
static void
test_layouts(void)
{
	struct index *ix = fresh_index();

	(void)put_v1(ix, "library/busybox", "");
	(void)put_v1(ix, "team/busybox", "");
	(void)put_v2(ix, "busybox-extra", "latest");
	(void)put_v2(ix, "busybox", "latest");
	is_str(search_for(ix, "busybox"),
	    "4: busybox library/busybox busybox-extra team/busybox",
	    "a name without a slash is found as one of library is");
	is_str(search_for(ix, "library/busybox"), "1: library/busybox",
	    "and is none of library's");
	(void)put_v1(ix, "busybox", "in the other layout");
	is_str(
	    search_for(ix, "other"), "1: busybox", "in both layouts it is one row");
	index_free(ix);
}

static void
test_pages(void)
{
	struct index *ix = fresh_index();
	struct index_query query = {str_of("n"), 0, 10};
	struct line line;
	struct index_visitor visitor;
	char name[16];
	int i;

	for (i = 0; i < 9; i++) {
		(void)snprintf(name, sizeof(name), "n%d", i);
		(void)put_v1(ix, name, "");
	}
	is_str(
	    search_page(ix, str_of("n"), 3, 2), "9: n3 n4", "a page in the middle");
	is_str(search_page(ix, str_of("n"), 8, 2), "9: n8", "the last page");
	is_str(search_page(ix, str_of("n"), 9, 2), "9:", "after the last page");
	is_str(
	    search_page(ix, str_of("n"), SIZE_MAX, SIZE_MAX), "9:", "far after it");
	is_str(search_page(ix, str_of("n"), 0, 0), "9:", "the count alone");
	visitor = line_visitor(&line);
	line.stop = 3;
	is_int(
	    index_search(ix, &query, &visitor, &err), RC_OK, "a visitor may stop");
	is_str(line.text.p, "9: n0 n1 n2", "it sees nothing more then");
	is_int(line.begins, 1, "begin is called once");
	visitor = line_visitor(&line);
	visitor.begin = NULL;
	is_int(
	    index_search(ix, &query, &visitor, &err), RC_OK, "begin may be NULL");
	is_int(line.rows, 9, "the rows come without it");
	index_free(ix);
}

/* Each term finds one row: the one that has it as data. */
static void
test_terms_are_data(void)
{
	static const char *const terms[] = {"%", "_sure_", "100%", "\"",
	    "\"quoted\"", "\"\"", "sure_ \"quo", "'x'", "'; DROP TABLE",
	    "* NEAR(a b)", " AND ", "NOT", "--", "^", "name:", "{name}", "(", ")",
	    "+", "\\", "[a-z]", "?1", ":term", "\n", "\t\t", "\xc3\xbc",
	    "gr\xc3\xbc\xc3\x9f", "\xe6\x97\xa5", "\xe6\x97\xa5\xe6\x9c\xac",
	    "\xf0\x9f\x90\xb3", "\xf0\x9f\x90\xb3\xf0\x9f\x90\xb3\xf0\x9f\x90\xb3"};
	struct index *ix = fresh_index();
	size_t i;

	(void)put_v1(ix, "plain/row", "of no interest");
	(void)put_v1(ix, "odd/row",
	    "100% _sure_ \"quoted\" \"\" 'x' '; DROP TABLE repository; -- * NEAR(a b) AND "
	    "NOT ^ name: {name} (x) + \\ [a-z] ?1 :term \n \t\t gr\xc3\xbc\xc3\x9f "
	    "\xe6\x97\xa5\xe6\x9c\xac "
	    "\xf0\x9f\x90\xb3\xf0\x9f\x90\xb3\xf0\x9f\x90\xb3");
	for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		is_str(search_for(ix, terms[i]), "1: odd/row",
		    "odd term %zu is data", i);
	is_str(search_for(ix, "p_ain"), "0:", "_ stands for itself");
	is_str(search_for(ix, "pl%in"), "0:", "a per cent sign stands for itself");
	is_str(search_for(ix, "plai*"), "0:", "* stands for itself");
	is_str(search_for(ix, ""), "2: odd/row plain/row", "and all is as before");
	index_free(ix);
}

static struct str
many(const char *piece, size_t n)
{
	struct buf b;

	buf_init(&b, arena, LINE_MAX_BYTES);
	while (b.n < n)
		buf_adds(&b, piece);
	return buf_str(&b);
}

static void
test_terms_that_find_nothing(void)
{
	struct index *ix = fresh_index();
	struct str text = many("team-", 10000);

	(void)put_v1(ix, "team-1/app", "ends in \xc3\xa9");
	is_str(search_page(ix, str_make("app\0", 4), 0, 9),
	    "0:", "a NUL after the term");
	is_str(search_page(ix, str_make("\0", 1), 0, 9), "0:", "a NUL alone");
	is_str(search_page(ix, str_make("\0app", 4), 0, 9),
	    "0:", "a NUL before the term");
	is_str(search_for(ix, "\xff\xfe\xfd"), "0:", "no UTF-8");
	is_str(search_for(ix, "\xc3"), "0:", "half a character");
	is_str(search_for(ix, "\xc0\xaf"), "0:", "an overlong character");
	is_str(search_page(ix, text, 0, 9), "0:", "10 KB");
	is_str(search_page(ix, many("\"", 10000), 0, 9), "0:", "10 KB of quotes");
	is_int(put_v1(ix, "long/one", text.p), RC_OK, "a description of 10 KB");
	is_str(search_page(ix, text, 0, 9), "1: long/one", "is found by all of it");
	is_str(search_page(ix, str_make(text.p, 64), 0, 9), "1: long/one",
	    "by the longest term for the trigrams");
	is_str(search_page(ix, str_make(text.p, 65), 0, 9), "1: long/one",
	    "by one that is too long for them");
	is_str(search_page(ix, many("mT-ae", 66), 0, 9),
	    "0:", "a long one that is not there");
	index_free(ix);
}

/* The same search, done simply: all rows are looked at and sorted. */
struct model_row {
	char name[48], key[48], description[TEXT_SIZE];
	int class;
};

static struct model_row model[MODEL_ROWS];

/* Up to `most` pieces of at most three letters. */
static const char *
random_text(char out[TEXT_SIZE], int most)
{
	static const char *const pieces[] = {
	    "app", "App", "we", "B", "b", "a", "/", "-", "_", "."};
	int n = rand() % (most + 1);

	out[0] = '\0';
	while (n-- > 0)
		(void)strcat(out, pieces[(size_t)rand() % 10]);
	return out;
}

static void
fold(char *out, const char *in)
{
	while ((*out++ = (char)tolower((unsigned char)*in++)) != '\0')
		;
}

static int
class_of(const struct model_row *row, const char *term)
{
	const char *key = row->key, *at;
	const char *own = strncmp(key, "library/", 8) == 0 ? key + 8 : key;
	char description[TEXT_SIZE];
	int best;

	if (strcmp(key, term) == 0 || strcmp(own, term) == 0)
		return 0;
	if (strncmp(key, term, strlen(term)) == 0 ||
	    strncmp(own, term, strlen(term)) == 0)
		return 1;
	fold(description, row->description);
	best = strstr(description, term) != NULL ? 4 : 5;
	for (at = key; (at = strstr(at, term)) != NULL; at++)
		if (strchr("/-_.", at[-1]) != NULL)
			return 2;
		else
			best = 3;
	return best;
}

static int
by_class(const void *a, const void *b)
{
	const struct model_row *x = a, *y = b;
	int order = x->class - y->class;

	if (order == 0)
		order = strcmp(x->key, y->key);
	return order != 0 ? order : strcmp(x->name, y->name);
}

static const char *
model_page(const char *term, size_t skip, size_t most)
{
	char folded[TEXT_SIZE];
	struct buf b;
	size_t i, total;

	fold(folded, term);
	for (i = 0; i < MODEL_ROWS; i++)
		model[i].class = term[0] == '\0' ? 0 : class_of(&model[i], folded);
	qsort(model, MODEL_ROWS, sizeof(model[0]), by_class);
	for (total = 0; total < MODEL_ROWS && model[total].class < 5; total++)
		;
	buf_init(&b, arena, LINE_MAX_BYTES);
	buf_printf(&b, "%zu:", total);
	for (i = skip; i < total && i - skip < most; i++)
		buf_printf(&b, " %s", model[i].name);
	return b.p;
}

static void
fill_model(struct index *ix)
{
	size_t i;

	(void)index_rebuild_begin(ix, &err);
	for (i = 0; i < MODEL_ROWS; i++) {
		struct model_row *row = &model[i];
		char text[TEXT_SIZE], described[TEXT_SIZE + MODEL_LONG];

		(void)snprintf(row->name, sizeof(row->name), "%s%sx%zu",
		    rand() % 3 == 0 ? "library/" : "", random_text(text, 5), i);
		fold(row->key, row->name);
		(void)random_text(row->description, rand() % 4 == 0 ? 5 : 0);
		(void)snprintf(described, sizeof(described), "%s%*s",
		    row->description, i % 2 == 0 ? 0 : MODEL_LONG, "");
		(void)index_rebuild_open(ix,
		    &(struct index_repository){.name = str_of(row->name),
			.description = str_of(described),
			.in_search = true,
			.in_catalog = rand() % 2 == 0},
		    &err);
	}
	(void)index_rebuild_end(ix, &err);
}

static void
test_against_model(void)
{
	struct index *ix = fresh_index();
	unsigned seed = 35, wrong = 0, found = 0;
	const char *got, *want;
	char term[TEXT_SIZE];
	size_t skip, most;
	int i;

	srand(seed);
	fill_model(ix);
	for (i = 0; i < MODEL_TERMS; i++) {
		(void)random_text(term, 3);
		skip = rand() % 2 == 0 ? 0 : (size_t)rand() % 1500;
		most = rand() % 2 == 0 ? SIZE_MAX : (size_t)rand() % 30;
		got = search_page(ix, str_of(term), skip, most);
		want = model_page(term, skip, most);
		found += strcmp(want, "0:") != 0;
		if (strcmp(got, want) == 0 || wrong++ > 2)
			continue;
		printf("# <%s> skip %zu\n#  got %.150s\n# want %.150s\n", term,
		    skip, got, want);
	}
	is_int(wrong, 0, "%d random terms in %d rows, seed %u: the model's pages",
	    MODEL_TERMS, MODEL_ROWS, seed);
	ok(found > MODEL_TERMS / 2, "%u of them find something", found);
	index_free(ix);
}

static enum result
put_hidden(struct index *ix, const char *name, bool hidden)
{
	const struct index_change change = {
	    .repository = {.name = str_of(name),
		.description = str_of("a plan of nobody's business"),
		.in_search = !hidden,
		.in_catalog = !hidden}};

	return index_put(ix, &change, &err);
}

static bool
count_name(void *arg, struct str name)
{
	*(int *)arg += str_is(name, "secret/plan");
	return true;
}

/* Private ones: neither a search, by name or description, nor the catalog shows them. */
static void
test_hidden(void)
{
	static const char *const terms[] = {
	    "", "secret/plan", "plan", "pl", "nobody"};
	struct index *ix = indexsqlite_open(index_file, on_damage, NULL);
	int hidden, seen;
	size_t i;

	(void)index_rebuild_begin(ix, &err);
	(void)index_rebuild_end(ix, &err);
	for (hidden = 1; hidden >= 0; hidden--) {
		is_int(put_hidden(ix, "secret/plan", hidden), RC_OK, "put");
		for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
			ok((strstr(search_for(ix, terms[i]), "secret/plan") ==
			       NULL) == (hidden == 1),
			    "hidden %d: a search for \"%s\"", hidden, terms[i]);
		seen = 0;
		is_int(index_catalog(ix, &(struct index_page){{"", 0}, 1000},
			   &(struct index_name_visitor){count_name, &seen}, &err),
		    RC_OK, "catalog");
		is_int(seen, 1 - hidden, "hidden %d: in the catalog", hidden);
	}
	is_int(put_hidden(ix, "secret/plan", true), RC_OK, "hidden again");
	ok(strstr(search_for(ix, "plan"), "secret/plan") == NULL,
	    "not found again");
	ok(run_sql("INSERT INTO search (search) VALUES ('integrity-check')"),
	    "the trigrams are those of the rows that are seen");
	index_free(ix);
}

int
main(void)
{
	setup_index();
	test_rows();
	test_hidden();
	test_order();
	test_layouts();
	test_pages();
	test_terms_are_data();
	test_terms_that_find_nothing();
	test_against_model();
	is_int(damages_seen, 0, "no damage was seen");
	return teardown_index();
}
