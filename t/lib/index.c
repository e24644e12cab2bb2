/* index.c: see index.h. */
#include "lib/index.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "indexsqlite/db.h"
#include "indexsqlite/indexsqlite.h"

const char *index_file;

int damages_seen;

void
on_damage(void *arg)
{
	(void)arg;
	damages_seen++;
}

void
setup_index(void)
{
	arena = arena_new();
	make_test_dir(ON_DISK);
	index_file = in_dir("index.db");
}

void
remove_index(void)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
	size_t i;

	for (i = 0; i < COUNT(suffixes); i++)
		(void)unlink(arena_printf(arena, "%s%s", index_file, suffixes[i]));
}

int
teardown_index(void)
{
	remove_tree(dir);
	arena_free(arena);
	return done_testing();
}

enum result
prepare_index_at(const char *path, bool *rebuild)
{
	struct index *ix = indexsqlite_open(path, NULL, NULL);
	enum result r = index_prepare(ix, rebuild, &err);

	index_free(ix);
	return r;
}

bool
prepare_index(void)
{
	bool rebuild = false;
	enum result r = prepare_index_at(index_file, &rebuild);

	if (r != RC_OK)
		printf("# index_prepare: %s\n", err.text);
	return r == RC_OK && rebuild;
}

struct index *
fresh_index(void)
{
	remove_index();
	(void)prepare_index();
	return indexsqlite_open(index_file, on_damage, NULL);
}

enum result
put_v1(struct index *ix, const char *name, const char *description)
{
	const struct index_change change = {.repository = {.name = str_of(name),
						.description = str_of(description),
						.in_search = true}};

	return index_put(ix, &change, &err);
}

enum result
put_v2(struct index *ix, const char *name, const char *tag)
{
	const struct index_tag put = {.name = str_of(tag)};
	const struct index_change change = {.repository = {.name = str_of(name),
						.in_search = true,
						.in_catalog = true},
	    .tags = &put,
	    .n_tags = tag == NULL ? 0 : 1};

	return index_put(ix, &change, &err);
}

enum result
put_counterpart(
    struct index *ix, const char *name, const char *key, const char *origin)
{
	const struct index_counterpart counterpart = {str_of(key), str_of(origin)};
	const struct index_change change = {.repository = {.name = str_of(name)},
	    .counterparts = &counterpart,
	    .n_counterparts = 1};

	return index_put(ix, &change, &err);
}

enum result
rebuild_index(struct index *ix)
{
	enum result r = index_rebuild_begin(ix, &err);

	return r == RC_OK ? index_rebuild_end(ix, &err) : r;
}

enum result
drop_repository(struct index *ix, const char *name)
{
	return index_drop_repository(ix, str_of(name), &err);
}

bool
run_sql(const char *sql)
{
	struct db *db;
	struct err why;
	enum result r = db_open(index_file, false, &db, &why);

	if (r == RC_OK)
		r = db_exec(db, sql, &why);
	if (r != RC_OK)
		printf("# %s: %s\n", sql, why.text);
	db_close(db);
	return r == RC_OK;
}

long long
sql_int(const char *sql)
{
	int64_t n = -1;
	struct db *db;
	struct err why;
	enum result r = db_open(index_file, false, &db, &why);

	if (r == RC_OK)
		r = db_int(db, sql, &n, &why);
	if (r != RC_OK)
		printf("# %s: %s\n", sql, why.text);
	db_close(db);
	return n;
}

static struct work work;

int commits_left = INT_MAX;

static int
count_commit(void *arg)
{
	(void)arg;
	work.commits++;
	return commits_left-- > 0 ? 0 : 1;
}

static int
count_work(unsigned what, void *arg, void *stmt, void *took)
{
	(void)what, (void)arg, (void)took;
	work.steps += sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_VM_STEP, 1);
	work.scans += sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
	work.sorts += sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_SORT, 1) +
		      sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_AUTOINDEX, 1);
	return 0;
}

static int
watch_connection(sqlite3 *handle, char **why, const void *unused)
{
	(void)why, (void)unused;
	(void)sqlite3_commit_hook(handle, count_commit, NULL);
	return sqlite3_trace_v2(handle, SQLITE_TRACE_PROFILE, count_work, NULL);
}

void
watch_sqlite(void)
{
	(void)sqlite3_auto_extension((void (*)(void))watch_connection);
}

struct work
work_done(void)
{
	struct work done = work;

	memset(&work, 0, sizeof(work));
	return done;
}

static void
line_begin(void *arg, size_t total)
{
	struct line *line = arg;

	line->begins++;
	line->total = total;
	buf_printf(&line->text, "%zu:", total);
}

bool
line_row(void *arg, const struct index_row *row)
{
	struct line *line = arg;

	line->rows++;
	buf_addc(&line->text, ' ');
	buf_add(&line->text, row->name.p, row->name.n);
	return line->rows != line->stop;
}

void
line_make(struct line *line, size_t stop)
{
	memset(line, 0, sizeof(*line));
	buf_init(&line->text, arena, LINE_MAX_BYTES);
	buf_adds(&line->text, "");
	line->stop = stop;
}

struct index_visitor
line_visitor(struct line *line)
{
	struct index_visitor visitor = {line_begin, line_row, line};

	line_make(line, 0);
	return visitor;
}

const char *
search_page(struct index *ix, struct str term, size_t skip, size_t limit)
{
	struct index_query query = {term, skip, limit};
	struct line line;
	struct index_visitor visitor = line_visitor(&line);
	enum result r = index_search(ix, &query, &visitor, &err);

	return r == RC_OK ? line.text.p : err_name(r);
}

const char *
search_for(struct index *ix, const char *term)
{
	return search_page(ix, str_of(term), 0, SIZE_MAX);
}

bool
line_name(void *arg, struct str name)
{
	const struct index_row row = {name, str_of("")};

	return line_row(arg, &row);
}

static bool
add_referrer(void *arg, const struct index_referrer *referrer)
{
	return line_name(arg, referrer->digest);
}

const char *
line_end(const struct line *line, enum result r)
{
	if (r != RC_OK)
		return err_name(r);
	return line->text.n == 0 ? "" : line->text.p;
}

const char *
line_catalog(struct index *ix, struct line *line, const struct index_page *page)
{
	const struct index_name_visitor visitor = {line_name, line};

	return line_end(line, index_catalog(ix, page, &visitor, &err));
}

const char *
line_tags(struct index *ix, struct line *line, struct str repository,
    const struct index_page *page)
{
	const struct index_name_visitor visitor = {line_name, line};

	return line_end(line, index_tags(ix, repository, page, &visitor, &err));
}

static bool
add_image(void *arg, const struct index_tag *tag)
{
	return line_name(arg, str_of(arena_printf(arena, "%.*s=%.*s",
				  STR_ARG(tag->name), STR_ARG(tag->image))));
}

const char *
line_images(struct index *ix, struct line *line, struct str repository,
    const struct index_page *page)
{
	const struct index_tag_visitor visitor = {add_image, line};

	return line_end(
	    line, index_tag_images(ix, repository, page, &visitor, &err));
}

static bool
add_counterpart(void *arg, struct str repository, struct str origin)
{
	return line_name(arg, str_of(arena_printf(arena, "%.*s:%.*s",
				  STR_ARG(repository), STR_ARG(origin))));
}

const char *
line_counterparts(
    struct index *ix, struct line *line, struct str repository, struct str key)
{
	const struct index_counterpart_visitor visitor = {add_counterpart, line};

	return line_end(
	    line, index_counterpart_find(ix, repository, key, &visitor, &err));
}

const char *
line_keys(struct index *ix, struct line *line, struct str repository,
    const struct index_page *page)
{
	const struct index_name_visitor visitor = {line_name, line};

	return line_end(
	    line, index_counterpart_keys(ix, repository, page, &visitor, &err));
}

const char *
line_referrers(struct index *ix, struct line *line, const struct index_subject *of,
    const struct index_page *page)
{
	const struct index_referrer_visitor visitor = {add_referrer, line};

	return line_end(line, index_referrers(ix, of, page, &visitor, &err));
}

const char *
catalog_names(struct index *ix, const char *after, size_t limit)
{
	struct line line;

	line_make(&line, 0);
	return line_catalog(ix, &line, &(struct index_page){str_of(after), limit});
}

const char *
tag_names(struct index *ix, const char *repository, const char *after, size_t limit)
{
	struct line line;

	line_make(&line, 0);
	return line_tags(ix, &line, str_of(repository),
	    &(struct index_page){str_of(after), limit});
}

const char *
image_names(struct index *ix, const char *repository)
{
	struct line line;

	line_make(&line, 0);
	return line_images(ix, &line, str_of(repository),
	    &(struct index_page){str_of(""), SIZE_MAX});
}

const char *
counterparts_of(struct index *ix, const char *repository, const char *key)
{
	struct line line;

	line_make(&line, 0);
	return line_counterparts(ix, &line, str_of(repository), str_of(key));
}

const char *
key_names(struct index *ix, const char *repository, const char *after, size_t limit)
{
	struct line line;

	line_make(&line, 0);
	return line_keys(ix, &line, str_of(repository),
	    &(struct index_page){str_of(after), limit});
}

const char *
referrer_names(struct index *ix, const char *repository, const char *subject,
    const char *artifact_type)
{
	const struct index_subject of = {
	    str_of(repository), str_of(subject), str_of(artifact_type)};
	struct line line;

	line_make(&line, 0);
	return line_referrers(
	    ix, &line, &of, &(struct index_page){str_of(""), SIZE_MAX});
}
