/* index-test.h: what the tests of the index have in common: a directory of their
 * own, rows in and out, and searches whose result is a line of text. */
#ifndef INDEX_TEST_H
#define INDEX_TEST_H

#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "index/db.h"
#include "index/index.h"
#include "tap.h"

#define LINE_MAX_BYTES ((size_t)1 << 20)

static struct arena *arena;
static char dir[] = "/tmp/berth-index-XXXXXX";
static const char *path; /* of the index */
static struct err err;
static int damages; /* calls of on_damage() */

static inline void
on_damage(void *arg)
{
	(void)arg;
	damages++;
}

static inline const char *
in_dir(const char *name)
{
	return arena_printf(arena, "%s/%s", dir, name);
}

static inline void
setup(void)
{
	arena = arena_new();
	if (mkdtemp(dir) == NULL) {
		printf("Bail out! mkdtemp: no directory\n");
		exit(1);
	}
	path = in_dir("index.db");
}

static inline void
remove_index(void)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		(void)unlink(arena_printf(arena, "%s%s", path, suffixes[i]));
}

static inline int
teardown(void)
{
	remove_index();
	(void)rmdir(dir);
	arena_free(arena);
	return done_testing();
}

/* Prepares the index; the answer to "does it want a rebuild?". */
static inline bool
prepare(void)
{
	bool rebuild = false;
	enum result r = index_prepare(path, &rebuild, &err);

	if (r != RC_OK)
		printf("# index_prepare: %s\n", err.text);
	return r == RC_OK && rebuild;
}

static inline struct index *
fresh_index(void)
{
	remove_index();
	(void)prepare();
	return index_new(path, on_damage, NULL);
}

static inline enum result
put(struct index *ix, const char *name, const char *description)
{
	return index_put_repository(ix, str_of(name), str_of(description), &err);
}

static inline enum result
drop(struct index *ix, const char *name)
{
	return index_drop_repository(ix, str_of(name), &err);
}

/* Runs SQL behind the index's back. */
static inline bool
run_sql(const char *sql)
{
	struct db *db;
	struct err why;
	enum result r = db_open(path, false, &db, &why);

	if (r == RC_OK)
		r = db_exec(db, sql, &why);
	if (r != RC_OK)
		printf("# %s: %s\n", sql, why.text);
	db_close(db);
	return r == RC_OK;
}

/* A visitor that writes "TOTAL: NAME NAME" into a line. */
struct line {
	struct buf text;
	size_t total, rows, begins;
	size_t stop; /* wants no more after so many rows; 0: wants all */
};

static inline void
line_begin(void *arg, size_t total)
{
	struct line *line = arg;

	line->begins++;
	line->total = total;
	buf_printf(&line->text, "%zu:", total);
}

static inline bool
line_row(void *arg, const struct index_row *row)
{
	struct line *line = arg;

	line->rows++;
	buf_addc(&line->text, ' ');
	buf_add(&line->text, row->name.p, row->name.n);
	return line->rows != line->stop;
}

static inline struct index_visitor
line_visitor(struct line *line)
{
	struct index_visitor visitor = {line_begin, line_row, line};

	memset(line, 0, sizeof(*line));
	buf_init(&line->text, arena, LINE_MAX_BYTES);
	return visitor;
}

/* What a search finds, or the name of the error it ended in. */
static inline const char *
page(struct index *ix, struct str term, size_t skip, size_t most)
{
	struct index_query query = {term, skip, most};
	struct line line;
	struct index_visitor visitor = line_visitor(&line);
	enum result r = index_search(ix, &query, &visitor, &err);

	return r == RC_OK ? line.text.p : err_name(r);
}

static inline const char *
search(struct index *ix, const char *term)
{
	return page(ix, str_of(term), 0, SIZE_MAX);
}

static inline const char *
names(struct index *ix, const char *after, size_t most)
{
	struct line line;
	struct index_visitor visitor = line_visitor(&line);
	enum result r = index_names(ix, str_of(after), most, &visitor, &err);

	if (r != RC_OK)
		return err_name(r);
	return line.text.p == NULL ? "" : line.text.p;
}

#endif
