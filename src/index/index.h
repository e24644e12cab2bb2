/* index.h: what is derived from the store, for search and lists.
 *
 * Everything in the index can be found again by a walk over the store. It may be missing,
 * damaged or of another version. index_prepare() notices that at the start and calls
 * notice it later; the index is then rebuilt while requests go on.
 *
 * I1  Only index_prepare() creates, migrates or replaces the index. One process at a time
 *     calls it: registry/reindex.c holds GUARD_REINDEX meanwhile.
 * I2  Each change is one transaction: a change that was answered with RC_OK survives a
 *     power cut. Only a rebuild may lose what it wrote last, and reads it again.
 * I3  An index that was replaced is noticed by the next call. A change that is made after
 *     that goes to the new one. A change that was made before is in the store, which the
 *     rebuild walks.
 * I4  A rebuild raises the generation. Every row that is written afterwards has it, whether
 *     the rebuild or a push writes it. Tags, counterparts and referrers of an older generation are
 *     dropped when the rebuild has read their repository, repositories when the rebuild ends. A
 *     repository that an interrupted rebuild has read is known by its version and is not read
 *     again. While a rebuild runs, an index that was whole before goes on answering.
 *
 * All threads of a process may use one struct index; each process opens its own. Names and
 * descriptions are UTF-8 without NUL (the caller has checked).
 *
 * Each call that takes a struct index ends in RC_OK or, with nothing promised, in
 *	RC_REBUILDING	it cannot answer now: it is missing, damaged, being replaced, or it
 *			was never whole yet; err says which
 *	RC_FULL		no space to write
 *	RC_IO		anything else that a system call or the library reports
 * Calls of several threads and processes wait for each other.
 *
 * An index reports two things by itself, to functions that its user gives it. They may be called
 * by any thread, in any call, and must return soon: they ask somebody else to act.
 * - Damage: a call found the index missing or damaged. It is reported once until the index was
 *   seen whole again, however many calls meet it; index_prepare() and a rebuild are due. The
 *   function is given to what opens the index (indexsqlite_open()).
 * - Changes by another program: see index_watch(). */
#ifndef INDEX_INDEX_H
#define INDEX_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct index;

/* Creates the index if it is missing, migrates an older version, and replaces one that is
 * damaged, newer or not berth's. *rebuild is set if not all of its content is there: run a
 * rebuild. Costs the same for any number of repositories, because damage that a call has met
 * was written down. RC_FULL, RC_IO: an older version is still there, unless it had to be
 * replaced. */
enum result index_prepare(struct index *ix, bool *rebuild, struct err *err);

void index_free(struct index *ix); /* NULL is fine; no call may be running */

/* Calls on_foreign when another program has changed the index: it has put another whole one
 * in its place (a backup, for example) or has written to it. The index may then be wrong
 * until a rebuild, and answers from what it holds; the next rebuild reads each repository,
 * whatever its version. Rows that were written are noticed by a later call, not always by the
 * next one. Call this before the index is used; without it no such change is noticed. */
void index_watch(struct index *ix, void (*on_foreign)(void *), void *arg);

/* A repository: which lists show it, and how it is described. Its name is not empty. One that
 * no list shows may still have tags and counterparts. */
struct index_repository {
	struct str name, description;
	bool in_search;  /* the search of API v1 shows it */
	bool in_catalog; /* the catalog of API v2 shows it */
	/* Of the store when the repository was walked: a text to be compared and nothing else.
	 * Empty: not known, or changed since. */
	struct str version;
};

/* A tag, as the list of tags of API v2 shows it. image: the id of the image of API v1 that was
 * made of its manifest (registry/counterpart.h); empty: the tag belongs to API v1 itself, or has
 * no form there. */
struct index_tag {
	struct str name, image;
};

/* Something that the repository has in the form of the other API: what it is known by there (an
 * image id, a digest), and what it is made of here (the digest of a manifest, an image id). The
 * index takes any text for either. */
struct index_counterpart {
	struct str key, origin;
};

/* A manifest with a subject, as a list of referrers shows it. */
struct index_referrer {
	struct str digest, subject; /* "sha256:..." */
	struct str type, artifact_type;
	int64_t size;           /* bytes */
	struct str annotations; /* JSON of an object; empty: none */
};

/* What becomes of a repository: in one transaction, idempotent. Nothing is written when
 * that is what the index says already and the rows are of the current generation. */
struct index_change {
	struct index_repository repository;
	const struct index_tag *tags; /* that are there now */
	size_t n_tags;
	const struct index_counterpart *counterparts; /* that are there now */
	size_t n_counterparts;
	/* All counterparts with this origin are gone, except those in `counterparts`;
	 * empty: none. A change with both is always written. */
	struct str dropped_origin;
	const struct index_referrer *referrer; /* that is there now; NULL */
	const struct str *dropped_tags;        /* that are gone */
	size_t n_dropped_tags;
	struct str dropped_referrer; /* a digest that is gone; empty: none */
};
enum result index_put(
    struct index *ix, const struct index_change *change, struct err *err);

/* It is gone, with its tags, counterparts and referrers. RC_OK also when it was not there. */
enum result index_drop_repository(
    struct index *ix, struct str name, struct err *err);

struct index_query {
	struct str term; /* any bytes: it is data, never syntax; empty finds all */
	size_t skip;     /* rows left out at the front */
	size_t limit;    /* rows at most; SIZE_MAX: all */
	/* A "*" in the term stands for any characters, and only names are searched. */
	bool wild;
};

struct index_row {
	struct str name, description;
};

/* Receives the rows of a search. begin (may be NULL) is called once before the first row, with
 * the number of all rows that match. A row function that returns false ends the search early,
 * with RC_OK. Rows live until row returns. Both may take their time, wait for a slow client, and
 * call the index: the search holds nothing meanwhile. */
struct index_visitor {
	void (*begin)(void *arg, size_t total);
	bool (*row)(void *arg, const struct index_row *row);
	void *arg;
};

/* An upper bound of the number of repositories, found without counting them. RC_REBUILDING. */
enum result index_size(struct index *ix, int64_t *out, struct err *err);

/* Finds the term, without regard to ASCII case, in names and descriptions. Order:
 * the name itself ("centos" is also "library/centos"), names that begin with it
 * ("cent" likewise), names that have it after one of / - _ . , names that have it
 * inside a word, descriptions; each of these by name, without regard to ASCII case,
 * and in byte order where names differ in case alone. A wild term is searched in names
 * alone, which are ordered by name. A term with NUL, or that is not UTF-8, finds nothing.
 *
 * Rows are read in batches, and the visitor sees each batch after it was read. A batch has at
 * least INDEX_BATCH rows (fewer only when no more match), and its memory is bounded when names
 * and descriptions are. So
 * - the count and up to INDEX_BATCH rows are of one moment;
 * - a search of more rows is of one moment when nothing is written meanwhile. Otherwise a
 *   repository that nobody changes meanwhile is shown exactly once, in its place; one that is
 *   changed may be shown as it was or as it is, twice if it moved in the order, or not at all;
 *   and there may be more or fewer rows than the count says;
 * - an error may come after some batches were shown. */
#define INDEX_BATCH 1000
enum result index_search(struct index *ix, const struct index_query *query,
    const struct index_visitor *visitor, struct err *err);

/* Can a search be answered now? Quick. RC_REBUILDING, RC_IO. */
enum result index_probe(struct index *ix, struct err *err);

/* Lists, in byte order, a page at a time. Until the index has been whole for the first time
 * they answer RC_REBUILDING: what is missing would be taken for removed.
 *
 * A visitor is called while the index is being read, so that a page is of one moment. It copies
 * what it wants and returns: it waits for nothing and does not call the index. What it gets
 * lives until it returns; false ends the list early, with RC_OK. */
struct index_page {
	struct str after; /* only what comes after this in the order; "" for all */
	size_t limit;     /* entries at most; SIZE_MAX: all */
};

struct index_name_visitor {
	bool (*name)(void *arg, struct str name);
	void *arg;
};

/* Repositories with in_catalog. */
enum result index_catalog(struct index *ix, const struct index_page *page,
    const struct index_name_visitor *visitor, struct err *err);

/* Tags of a repository. */
enum result index_tags(struct index *ix, struct str repository,
    const struct index_page *page, const struct index_name_visitor *visitor,
    struct err *err);

/* Tags of a repository that have an image. */
struct index_tag_visitor {
	bool (*tag)(void *arg, const struct index_tag *tag);
	void *arg;
};
enum result index_tag_images(struct index *ix, struct str repository,
    const struct index_page *page, const struct index_tag_visitor *visitor,
    struct err *err);

/* Which repositories have a counterpart with this key, and what it is made of: one repository,
 * or all (empty), in an order of the index's own. Those of a repository come together, in the
 * order of their origins. Costs what is shown: a visitor ends it when it has seen enough. */
struct index_counterpart_visitor {
	bool (*found)(void *arg, struct str repository, struct str origin);
	void *arg;
};
enum result index_counterpart_find(struct index *ix, struct str repository,
    struct str key, const struct index_counterpart_visitor *visitor,
    struct err *err);

/* The keys of all counterparts of a repository, each once, in byte order; except that those that
 * are neither ids nor digests (they are hexadecimal) may come before these. */
enum result index_counterpart_keys(struct index *ix, struct str repository,
    const struct index_page *page, const struct index_name_visitor *visitor,
    struct err *err);

/* Whose referrers are listed. */
struct index_subject {
	struct str repository;
	struct str digest;
	struct str artifact_type; /* only referrers of this type; "" is any */
};

struct index_referrer_visitor {
	bool (*referrer)(void *arg, const struct index_referrer *referrer);
	void *arg;
};

/* Referrers of a subject, in the order of their digests. */
enum result index_referrers(struct index *ix, const struct index_subject *subject,
    const struct index_page *page, const struct index_referrer_visitor *visitor,
    struct err *err);

/* Rebuilding: begin; for each repository of the store, in any order, same, and where
 * it is not: open, any number of adds, close; end.
 *
 * One rebuild runs at a time: the caller holds the store's guard for it. All its calls are made
 * with one struct index, which remembers the generation that begin gave it. A rebuild that does
 * not come to its end (it was stopped, or its process died) leaves an index that answers as
 * before; the next one begins again and reads only what this one did not close.
 *
 * A put holds the guard of its repository from its look at the store on, and so does the
 * walk from same to close. Otherwise one that is removed in between would come back.
 *
 * same: the index has it with this version (not empty), and shown in these lists: nothing of
 *	it needs to be read; *same.
 * open: the repository, without a version until it is closed. add: some of its tags,
 *	counterparts and referrers. close: drops those that were not added, and enters the
 *	version.
 * end: drops what the walk did not find and declares the index whole.
 *
 * same, close and end return RC_REBUILDING also when the index was replaced since begin:
 * the new one does not have what was put before, so begin again. */
enum result index_rebuild_begin(struct index *ix, struct err *err);
enum result index_rebuild_same(struct index *ix,
    const struct index_repository *repository, bool *same, struct err *err);
enum result index_rebuild_open(
    struct index *ix, const struct index_repository *repository, struct err *err);
enum result index_rebuild_add(
    struct index *ix, const struct index_change *change, struct err *err);
enum result index_rebuild_close(
    struct index *ix, const struct index_repository *repository, struct err *err);
enum result index_rebuild_end(struct index *ix, struct err *err);

#endif
