/* search.c: the ranked search; see index.h.
 *
 * What is found comes from a few walks, one behind the other, each in order; a
 * search ends with the walk in which its page is full. Names that are the term or
 * begin with it are ranges of an index. The others are sorted when they are few; of
 * a term that is everywhere they are picked from all names in order instead, where
 * a page is soon full. All walks follow the one order of CLASS, so pages fit
 * together. */
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "indexsqlite/pool.h"
#include "indexsqlite/term.h"

#define WALKS_MAX 6

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
#define IN_ORDER      " ORDER BY key, name"
#define PICK_CLASS(n) ALL_NAMES " AND instr(key, :term) AND " CLASS " = " n IN_ORDER

static const char walk_all[] = ALL_NAMES IN_ORDER;
static const char walk_exact[] = ALL_NAMES " AND key IN (:term, :library)" IN_ORDER;
static const char walk_prefix[] = ALL_NAMES
    " AND key > :from AND key < :to AND key NOT IN (:term, :library)" IN_ORDER;
static const char walk_few[] =
    "SELECT id, " CLASS " AS class"
    " FROM search CROSS JOIN repository ON id = search.rowid"
    " WHERE search MATCH :match AND class > 1 ORDER BY class, key, repository.name";
static const char walk_words[] = PICK_CLASS("2");
static const char walk_inside[] = PICK_CLASS("3");
static const char walk_described[] = ALL_NAMES
    " AND NOT instr(key, :term)"
    " AND id IN (SELECT rowid FROM search WHERE search MATCH :match)" IN_ORDER;
static const char walk_described_scan[] = ALL_NAMES
    " AND NOT instr(key, :term) AND " SCAN_DESCRIPTION IN_ORDER;

static const char walk_wild[] = ALL_NAMES " AND key GLOB :match" IN_ORDER;

static const char count_all[] = "SELECT count(*) FROM repository WHERE hidden = 0";
static const char count_match[] =
    "SELECT count(*) FROM search WHERE search MATCH :match";
static const char count_wild[] =
    "SELECT count(*) FROM repository WHERE hidden = 0 AND key GLOB :match";
static const char count_scan[] = "SELECT count(*) FROM repository"
				 " WHERE hidden = 0 AND (instr(key, :term)"
				 " OR " SCAN_DESCRIPTION ")";

struct walk {
	const char *sql;
	struct str from, to; /* of walk_prefix */
};

struct search {
	struct arena *arena;
	const struct index_visitor *visitor;
	struct term term;
	size_t skip, most; /* rows still to leave out, to show */
	size_t left;       /* rows found that no walk has met yet */
	bool wild;
};

/* Binds those of the parameters that the statement has. */
static enum result
start(struct db *db, const struct search *s, const struct walk *walk,
    sqlite3_stmt **out, struct err *err)
{
	enum result r = db_start(db, walk->sql, out, err);

	if (r != RC_OK)
		return r;
	db_bind(*out, ":term", s->term.text);
	db_bind(*out, ":library", s->term.library);
	db_bind(*out, ":match", s->term.match);
	db_bind(*out, ":from", walk->from);
	db_bind(*out, ":to", walk->to);
	return RC_OK;
}

static enum result
count(struct db *db, struct search *s, struct err *err)
{
	struct walk walk = {count_scan, {0}, {0}};
	sqlite3_stmt *stmt;
	bool row = false;
	enum result r;

	if (s->wild)
		walk.sql = count_wild;
	else if (s->term.text.n == 0)
		walk.sql = count_all;
	else if (s->term.match.n > 0)
		walk.sql = count_match;
	r = start(db, s, &walk, &stmt, err);
	if (r == RC_OK)
		r = db_step(db, stmt, &row, err);
	if (row)
		s->left = (size_t)sqlite3_column_int64(stmt, 0);
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

/* Names that begin with the term and those that do so behind "library/": two
 * ranges, the lower one first, or the first one holds the other. */
static size_t
plan_prefixes(const struct search *s, struct walk *walks)
{
	const struct str own = s->term.text, library = s->term.library;
	size_t n = own.n < library.n ? own.n : library.n;
	int order = memcmp(own.p, library.p, n);
	size_t first = order > 0 ? 1 : 0;

	walks[first] = (struct walk){
	    walk_prefix, own, term_prefix_end(s->arena, own)};
	if (order == 0)
		return 1;
	walks[1 - first] = (struct walk){
	    walk_prefix, library, term_prefix_end(s->arena, library)};
	return 2;
}

static size_t
plan(const struct search *s, bool few, struct walk walks[WALKS_MAX])
{
	size_t n = 0;

	if (s->wild) {
		walks[n++].sql = walk_wild;
		return n;
	}
	if (s->term.text.n == 0) {
		walks[n++].sql = walk_all;
		return n;
	}
	walks[n++].sql = walk_exact;
	n += plan_prefixes(s, walks + n);
	if (few) {
		walks[n++].sql = walk_few;
		return n;
	}
	walks[n++].sql = walk_words;
	walks[n++].sql = walk_inside;
	walks[n++].sql = s->term.match.n > 0 ? walk_described : walk_described_scan;
	return n;
}

static enum result
show(struct db *db, struct search *s, int64_t id, struct err *err)
{
	static const char sql[] =
	    "SELECT name, description FROM repository WHERE id = :id";
	struct index_row row;
	sqlite3_stmt *stmt;
	bool there = false;
	enum result r = db_start(db, sql, &stmt, err);

	if (r != RC_OK)
		return r;
	db_bind_int(stmt, ":id", id);
	r = db_step(db, stmt, &there, err);
	if (!there)
		return r;
	row.name = db_text(stmt, 0);
	row.description = db_text(stmt, 1);
	s->most = s->visitor->row(s->visitor->arg, &row) ? s->most - 1 : 0;
	return r;
}

static bool
wants_more(const struct search *s)
{
	return s->most > 0 && s->left > 0;
}

static enum result
go(struct db *db, struct search *s, const struct walk *walk, struct err *err)
{
	sqlite3_stmt *stmt;
	bool row = true;
	enum result r = start(db, s, walk, &stmt, err);

	while (r == RC_OK && wants_more(s)) {
		r = db_step(db, stmt, &row, err);
		if (r != RC_OK || !row)
			break;
		s->left--;
		if (s->skip > 0)
			s->skip--;
		else
			r = show(db, s, sqlite3_column_int64(stmt, 0), err);
	}
	return r;
}

static enum result
search(struct db *db, void *arg, struct err *err)
{
	struct walk walks[WALKS_MAX] = {0};
	struct search *s = arg;
	size_t n, i;
	bool few;
	enum result r;

	r = count(db, s, err);
	if (r == RC_OK)
		r = are_few(db, s, &few, err);
	if (r != RC_OK)
		return r;
	if (s->visitor->begin != NULL)
		s->visitor->begin(s->visitor->arg, s->left);
	if (s->skip >= s->left)
		return RC_OK;
	n = plan(s, few, walks);
	for (i = 0; r == RC_OK && i < n && wants_more(s); i++)
		r = go(db, s, &walks[i], err);
	return r;
}

/* No name contains NUL or bytes that are not UTF-8, and none is as long as the
 * patterns that sqlite refuses. */
static bool
can_be_found(const struct index_query *query)
{
	return !str_has(query->term, '\0') && str_is_utf8(query->term) &&
	       (!query->wild || query->term.n <= WILD_MAX);
}

enum result
index_search(struct index *ix, const struct index_query *query,
    const struct index_visitor *visitor, struct err *err)
{
	struct search s = {.visitor = visitor,
	    .skip = query->skip,
	    .most = query->most,
	    .wild = query->wild};
	enum result r = RC_OK;

	if (!can_be_found(query)) {
		if (visitor->begin != NULL)
			visitor->begin(visitor->arg, 0);
		return RC_OK;
	}
	s.arena = arena_new();
	if (s.wild)
		term_make_wild(s.arena, query->term, &s.term);
	else
		term_make(s.arena, query->term, &s.term);
	r = pool_do(ix, DB_READ, search, &s, err);
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
