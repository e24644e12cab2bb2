/* search.c: the ranked search; see index.h.
 *
 * The rows come from a few walks, one after the other. Each is one statement that yields
 * rows in order, and all walks together follow the one order of CLASS, so that pages fit
 * together: a search ends in the walk in which its page is full. Which walks there are is planned
 * once, from the number of rows that match:
 * - Names that are the term or begin with it are ranges of repository_key.
 * - The others are sorted (walk_few) when they are few. Of a term that is everywhere they are
 *   picked from all names in order instead, a class at a time, where a page is soon full.
 *
 * Rows are read in batches, each in a transaction of its own, and shown after it has ended. The
 * next batch begins in the walk in which the last one ended, after its last row: a place is a
 * walk and, in the order of the walk, a class, a key and a name. So no batch reads again what an
 * earlier one has read, and what is written in between cannot shift a row into another batch. */
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "indexsqlite/pool.h"
#include "indexsqlite/term.h"

#define WALKS_MAX 6

/* Bytes of rows after which a batch ends that has INDEX_BATCH rows or more. */
#define BATCH_BYTES ((size_t)512 << 10)

/* A term is everywhere when more than FEW + names / FEW_SHARE rows have it: reading
 * all names costs less than sorting those. */
#define FEW       500
#define FEW_SHARE 16

#define WILD_MAX 1024 /* bytes of a wild term: more than any name has */

/* The classes of index.h; the term itself begins with it, too. key is the name in
 * lower case. */
#define CLASS \
	"CASE WHEN instr(key, :term) = 1 OR instr(key, :library) = 1 THEN 1" \
	" WHEN instr(key, '/' || :term) OR instr(key, '-' || :term)" \
	" OR instr(key, '_' || :term) OR instr(key, '.' || :term) THEN 2" \
	" WHEN instr(key, :term) THEN 3" \
	" ELSE 4 END"
/* Most have none. */
#define SCAN_DESCRIPTION "(description <> '' AND instr(lower(description), :term))"
#define ALL_NAMES \
	"SELECT id FROM repository INDEXED BY repository_key WHERE hidden = 0"
/* :key and :name are the last row of the batch before, or begin before all rows. */
#define FROM_PLACE " AND (key, name) > (:key, :name)"
#define IN_ORDER   " ORDER BY key, name"
#define NAMES_FROM ALL_NAMES FROM_PLACE
#define PICK_CLASS(n) \
	NAMES_FROM " AND instr(key, :term) AND " CLASS " = " n IN_ORDER

static const char walk_all[] = NAMES_FROM IN_ORDER;
/* The unary plus keeps sqlite from using the place as a range: two keys are looked up. */
static const char walk_exact[] = ALL_NAMES
    " AND key IN (:term, :library)"
    " AND (+key, +name) > (:key, :name)" IN_ORDER;
/* :key begins as the prefix. */
static const char walk_prefix[] = NAMES_FROM
    " AND key < :to AND key NOT IN (:term, :library)" IN_ORDER;
static const char walk_few[] =
    "SELECT id, " CLASS " AS class"
    " FROM search CROSS JOIN repository ON id = search.rowid"
    " WHERE search MATCH :match"
    " AND (class, key, repository.name) > (:class, :key, :name)"
    " ORDER BY class, key, repository.name";
static const char walk_words[] = PICK_CLASS("2");
static const char walk_inside[] = PICK_CLASS("3");
static const char walk_described[] = NAMES_FROM
    " AND NOT instr(key, :term)"
    " AND id IN (SELECT rowid FROM search WHERE search MATCH :match)" IN_ORDER;
static const char walk_described_scan[] = NAMES_FROM
    " AND NOT instr(key, :term) AND " SCAN_DESCRIPTION IN_ORDER;

static const char walk_wild[] = NAMES_FROM " AND key GLOB :match" IN_ORDER;

static const char count_all[] = "SELECT count(*) FROM repository WHERE hidden = 0";
static const char count_match[] =
    "SELECT count(*) FROM search WHERE search MATCH :match";
static const char count_wild[] =
    "SELECT count(*) FROM repository WHERE hidden = 0 AND key GLOB :match";
static const char count_scan[] = "SELECT count(*) FROM repository"
				 " WHERE hidden = 0 AND (instr(key, :term)"
				 " OR " SCAN_DESCRIPTION ")";

/* After the last row of a batch, in the order of the walk. */
struct place {
	int64_t class; /* of walk_few */
	struct str key, name;
};

struct walk {
	const char *sql;
	struct str key, to; /* of walk_prefix: from key on, before to */
};

struct search {
	struct arena *arena; /* the term, the plan and the place */
	struct term term;
	bool wild;
	size_t skip, limit; /* rows still to leave out, to read */

	/* The plan, made with the first batch. */
	bool planned;
	struct walk walks[WALKS_MAX];
	size_t n_walks;
	size_t total; /* rows that matched then */
	/* of these, not met yet; right as long as nothing is written */
	size_t left;
	int64_t writes; /* of the database, when that was last known */

	/* The next batch begins there; the place is empty at the start of a walk. */
	size_t walk;
	struct place place;
	struct arena *place_arena;

	/* The batch. */
	struct arena *batch; /* the texts of its rows, and the array */
	struct index_row *rows;
	size_t n, size, bytes;
};

/* ---- the plan ---- */

/* Binds those of the parameters that the statement has. */
static enum result
start_statement(struct db *db, const struct search *s, const char *sql,
    sqlite3_stmt **out, struct err *err)
{
	enum result r = db_start(db, sql, out, err);

	if (r != RC_OK)
		return r;
	db_bind(*out, ":term", s->term.text);
	db_bind(*out, ":library", s->term.library);
	db_bind(*out, ":match", s->term.match);
	return RC_OK;
}

static enum result
count_rows(struct db *db, struct search *s, struct err *err)
{
	const char *sql = count_scan;
	sqlite3_stmt *stmt;
	bool row = false;
	enum result r;

	if (s->wild)
		sql = count_wild;
	else if (s->term.text.n == 0)
		sql = count_all;
	else if (s->term.match.n > 0)
		sql = count_match;
	r = start_statement(db, s, sql, &stmt, err);
	if (r == RC_OK)
		r = db_step(db, stmt, &row, err);
	if (row)
		s->total = (size_t)sqlite3_column_int64(stmt, 0);
	s->left = s->total;
	return r;
}

static enum result
are_few(struct db *db, const struct search *s, bool *few, struct err *err)
{
	static const char sql[] = "SELECT coalesce(max(id), 0) FROM repository";
	int64_t names = 0;
	enum result r;

	*few = false;
	if (s->term.match.n == 0)
		return RC_OK;
	r = db_int(db, sql, &names, err);
	*few = s->left <= FEW + (size_t)names / FEW_SHARE;
	return r;
}

static void
add_walk(struct search *s, const char *sql)
{
	s->walks[s->n_walks++] = (struct walk){.sql = sql};
}

static void
add_prefix(struct search *s, struct str prefix)
{
	s->walks[s->n_walks++] = (struct walk){
	    walk_prefix, prefix, term_prefix_end(s->arena, prefix)};
}

/* Names that begin with the term and those that do so after "library/": two
 * ranges, the lower one first, or the first one holds the other. */
static void
add_prefixes(struct search *s)
{
	const struct str own = s->term.text, library = s->term.library;
	size_t n = own.n < library.n ? own.n : library.n;
	int order = memcmp(own.p, library.p, n);

	if (order <= 0)
		add_prefix(s, own);
	if (order != 0)
		add_prefix(s, library);
	if (order > 0)
		add_prefix(s, own);
}

static enum result
plan(struct db *db, struct search *s, struct err *err)
{
	bool few = false;
	enum result r = count_rows(db, s, err);

	if (r == RC_OK)
		r = are_few(db, s, &few, err);
	if (s->wild) {
		add_walk(s, walk_wild);
	} else if (s->term.text.n == 0) {
		add_walk(s, walk_all);
	} else {
		add_walk(s, walk_exact);
		add_prefixes(s);
		if (few) {
			add_walk(s, walk_few);
		} else {
			add_walk(s, walk_words);
			add_walk(s, walk_inside);
			add_walk(s, s->term.match.n > 0 ? walk_described
							: walk_described_scan);
		}
	}
	s->planned = r == RC_OK;
	return r;
}

/* ---- a batch ---- */

static bool
batch_is_full(const struct search *s)
{
	return s->n >= INDEX_BATCH && s->bytes >= BATCH_BYTES;
}

static bool
wants_more(const struct search *s)
{
	return s->limit > 0 && s->left > 0 && s->walk < s->n_walks;
}

/* Starts the current walk where the last batch ended. walk_few shows classes from 2 on: an
 * empty key in class 2 comes before all of them. */
static enum result
start_walk(
    struct db *db, const struct search *s, sqlite3_stmt **out, struct err *err)
{
	const struct walk *walk = &s->walks[s->walk];
	bool fresh = s->place.name.n == 0;
	enum result r = start_statement(db, s, walk->sql, out, err);

	if (r != RC_OK)
		return r;
	db_bind(*out, ":to", walk->to);
	db_bind_int(*out, ":class", fresh ? 2 : s->place.class);
	db_bind(*out, ":key", fresh ? walk->key : s->place.key);
	db_bind(*out, ":name", s->place.name);
	return RC_OK;
}

static struct str
copy_text(struct arena *a, struct str text)
{
	return str_make(str_dup(a, text), text.n);
}

static void
grow_batch(struct search *s)
{
	size_t size = s->size == 0 ? 32 : 2 * s->size;

	s->rows = arena_extend(
	    s->batch, s->rows, s->size * sizeof(*s->rows), size * sizeof(*s->rows));
	s->size = size;
}

/* Copies the row at which `found` stands. The last row of a batch is the place for the next. */
static enum result
read_row(struct db *db, struct search *s, sqlite3_stmt *found, struct err *err)
{
	static const char sql[] =
	    "SELECT name, description, key FROM repository WHERE id = :id";
	int64_t id = sqlite3_column_int64(found, 0);
	struct index_row *row;
	sqlite3_stmt *stmt;
	bool there = false;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	db_bind_int(stmt, ":id", id);
	r = db_step(db, stmt, &there, err);
	if (!there)
		return r;
	if (s->n == s->size)
		grow_batch(s);
	row = &s->rows[s->n++];
	row->name = copy_text(s->batch, db_text(stmt, 0));
	row->description = copy_text(s->batch, db_text(stmt, 1));
	s->bytes += sizeof(*row) + row->name.n + row->description.n;
	s->limit--;
	if (batch_is_full(s)) {
		arena_clear(s->place_arena);
		if (sqlite3_column_count(found) > 1) /* walk_few */
			s->place.class = sqlite3_column_int64(found, 1);
		s->place = (struct place){.class = s->place.class,
		    .key = copy_text(s->place_arena, db_text(stmt, 2)),
		    .name = copy_text(s->place_arena, row->name)};
	}
	return RC_OK;
}

/* Reads on in the current walk, until it or the batch ends. */
static enum result
read_walk(struct db *db, struct search *s, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = true;
	enum result r = start_walk(db, s, &stmt, err);

	while (r == RC_OK && wants_more(s) && !batch_is_full(s)) {
		r = db_step(db, stmt, &row, err);
		if (r != RC_OK)
			break;
		if (!row) {
			s->walk++;
			s->place = (struct place){0};
			break;
		}
		s->left--;
		if (s->skip > 0)
			s->skip--;
		else
			r = read_row(db, s, stmt, err);
	}
	return r;
}

/* After something was written, the number of rows that are left is unknown: then no walk is
 * skipped. */
static enum result
check_left(struct db *db, struct search *s, struct err *err)
{
	static const char sql[] = "SELECT writes FROM state";
	int64_t writes = 0;
	enum result r = db_int(db, sql, &writes, err);

	if (s->planned && writes != s->writes)
		s->left = SIZE_MAX;
	s->writes = writes;
	return r;
}

static enum result
read_batch(struct db *db, void *arg, struct err *err)
{
	struct search *s = arg;
	enum result r = check_left(db, s, err);

	if (r == RC_OK && !s->planned)
		r = plan(db, s, err);
	if (r != RC_OK || s->skip >= s->left)
		return r;
	while (r == RC_OK && wants_more(s) && !batch_is_full(s))
		r = read_walk(db, s, err);
	return r;
}

static bool
show_batch(const struct search *s, const struct index_visitor *visitor)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (!visitor->row(visitor->arg, &s->rows[i]))
			return false;
	return true;
}

static void
empty_batch(struct search *s)
{
	arena_clear(s->batch);
	s->rows = NULL;
	s->n = s->size = s->bytes = 0;
}

/* No name contains NUL or bytes that are not UTF-8, and none is as long as the
 * patterns that sqlite refuses. */
static bool
can_be_found(const struct index_query *query)
{
	return !str_has(query->term, '\0') && str_is_utf8(query->term) &&
	       (!query->wild || query->term.n <= WILD_MAX);
}

static enum result
run_search(struct index *ix, struct search *s, const struct index_visitor *visitor,
    struct err *err)
{
	bool first = true, more = true;
	enum result r;

	while (more) {
		empty_batch(s);
		r = pool_do(ix, DB_READ, read_batch, s, err);
		if (r != RC_OK)
			return r;
		if (first && visitor->begin != NULL)
			visitor->begin(visitor->arg, s->total);
		first = false;
		more = show_batch(s, visitor) && batch_is_full(s) && wants_more(s);
	}
	return RC_OK;
}

enum result
index_search(struct index *ix, const struct index_query *query,
    const struct index_visitor *visitor, struct err *err)
{
	struct search s = {
	    .skip = query->skip, .limit = query->limit, .wild = query->wild};
	enum result r;

	if (!can_be_found(query)) {
		if (visitor->begin != NULL)
			visitor->begin(visitor->arg, 0);
		return RC_OK;
	}
	s.arena = arena_new();
	s.batch = arena_new();
	s.place_arena = arena_new();
	if (s.wild)
		term_make_wild(s.arena, query->term, &s.term);
	else
		term_make(s.arena, query->term, &s.term);
	r = run_search(ix, &s, visitor, err);
	arena_free(s.place_arena);
	arena_free(s.batch);
	arena_free(s.arena);
	return r;
}

static enum result
largest_id(struct db *db, void *arg, struct err *err)
{
	return db_int(db, "SELECT coalesce(max(id), 0) FROM repository", arg, err);
}

enum result
index_size(struct index *ix, int64_t *out, struct err *err)
{
	*out = 0;
	return pool_do(ix, DB_READ, largest_id, out, err);
}

static bool
no_row(void *arg, const struct index_row *found)
{
	(void)arg, (void)found;
	return false;
}

enum result
index_probe(struct index *ix, struct err *err)
{
	const struct index_query query = {str_of(NULL), 0, 0, false};
	const struct index_visitor visitor = {NULL, no_row, NULL};

	return index_search(ix, &query, &visitor, err);
}
