/* index.h: an index in a directory of the test's own: rows go in, and searches and
 * lists come out as a line of text. */
#ifndef LIB_INDEX_H
#define LIB_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "index/index.h"
#include "lib/dir.h"

/* The file of the index. */
extern const char *index_file;

/* How often on_damage() was called. */
extern int damages_seen;

void on_damage(void *arg);
void setup_index(void);

/* Its files; the index itself is freed by index_free(). */
void remove_index(void);
int teardown_index(void);

/* index_prepare() of the file; the reason of a failure is in err. */
enum result prepare_index_at(const char *path, bool *rebuild);

/* Prepares the index; true when it asks for a rebuild. */
bool prepare_index(void);

/* A new, empty index takes the place of the one that is there. */
struct index *fresh_index(void);

/* A repository of API v1. */
enum result put_v1(struct index *ix, const char *name, const char *description);

/* A repository of API v2, with a tag (NULL: without). */
enum result put_v2(struct index *ix, const char *name, const char *tag);

/* A counterpart of a repository that no list shows. */
enum result put_counterpart(
    struct index *ix, const char *name, const char *key, const char *origin);

/* With the rows that the beginning returns; they are neither put nor walked. */
enum result rebuild_index(struct index *ix);
enum result drop_repository(struct index *ix, const char *name);

/* ---- SQL, past the index ---- */

/* False: it failed. */
bool run_sql(const char *sql);

/* The number that a query returns; -1: none. */
long long sql_int(const char *sql);

/* ---- what sqlite does for the calls, on connections made after watch_sqlite() ---- */

struct work {
	int commits;
	int steps; /* of sqlite's virtual machine */
	int scans; /* rows of tables that were read as a whole */
	int sorts;
};

/* Commits after so many fail. */
extern int commits_left;

void watch_sqlite(void);

/* Since the last call. */
struct work work_done(void);

/* ---- what the calls show, as lines of text ---- */

#define LINE_MAX_BYTES ((size_t)1 << 20)

/* A visitor that writes "TOTAL: NAME NAME" into a line. */
struct line {
	struct buf text;
	size_t total, rows, begins;
	/* the visitor ends the list after so many rows; 0: it reads all */
	size_t stop;
};

bool line_row(void *arg, const struct index_row *row);
void line_make(struct line *line, size_t stop);
struct index_visitor line_visitor(struct line *line);

/* What a search finds, or the name of the error. */
const char *search_page(
    struct index *ix, struct str term, size_t skip, size_t limit);
const char *search_for(struct index *ix, const char *term);

bool line_name(void *arg, struct str name);
const char *line_end(const struct line *line, enum result r);

/* What the lists show: " NAME NAME", or the name of the error. line: of line_make(). */
const char *line_catalog(
    struct index *ix, struct line *line, const struct index_page *page);
const char *line_tags(struct index *ix, struct line *line, struct str repository,
    const struct index_page *page);
const char *line_referrers(struct index *ix, struct line *line,
    const struct index_subject *of, const struct index_page *page);
const char *catalog_names(struct index *ix, const char *after, size_t limit);
const char *tag_names(
    struct index *ix, const char *repository, const char *after, size_t limit);

/* " NAME=IMAGE" of each tag with an image. */
const char *line_images(struct index *ix, struct line *line, struct str repository,
    const struct index_page *page);
const char *image_names(struct index *ix, const char *repository);

/* " REPOSITORY:ORIGIN" of each counterpart with the key; repository "": of all. */
const char *line_counterparts(
    struct index *ix, struct line *line, struct str repository, struct str key);
const char *counterparts_of(
    struct index *ix, const char *repository, const char *key);

/* The keys of all counterparts. */
const char *line_keys(struct index *ix, struct line *line, struct str repository,
    const struct index_page *page);
const char *key_names(
    struct index *ix, const char *repository, const char *after, size_t limit);

/* By their digests. */
const char *referrer_names(struct index *ix, const char *repository,
    const char *subject, const char *artifact_type);

#endif
