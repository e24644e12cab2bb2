/* search.c: how long a search of the index takes.
 *
 *	search DIRECTORY [NAMES]
 *
 * Makes an index DIRECTORY/bench.db with NAMES repositories (100,000) that are called
 * "team-123/app-456" and the like, unless it is there from an earlier run, and prints the
 * median time of each kind of search. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "index/index.h"
#include "indexsqlite/indexsqlite.h"

#define NAMES  100000
#define TEAMS  1000
#define ROUNDS 51
#define PAGE   25

struct found {
	size_t total, shown;
};

static void
must(enum result r, const struct err *err)
{
	if (r != RC_OK)
		bench_fail("search: %s", err->text);
}

static void
fill(struct index *ix, long names)
{
	struct index_repository repository = {
	    .in_search = true, .version = str_of("1")};
	char name[64], description[64];
	double start = bench_seconds();
	struct err err;
	long i;

	must(index_rebuild_begin(ix, &err), &err);
	for (i = 0; i < names; i++) {
		(void)snprintf(name, sizeof(name), "team-%ld/app-%ld", i % TEAMS,
		    i / TEAMS * 7);
		(void)snprintf(
		    description, sizeof(description), "the service number %ld", i);
		repository.name = str_of(name);
		repository.description = str_of(i % 10 == 0 ? description : "");
		must(index_rebuild_open(ix, &repository, &err), &err);
		must(index_rebuild_close(ix, &repository, &err), &err);
	}
	must(index_rebuild_end(ix, &err), &err);
	printf("%ld names filled in, %.0f us each\n", names,
	    (bench_seconds() - start) * 1e6 / (double)names);
}

static void
begin(void *arg, size_t total)
{
	struct found *found = arg;

	found->total = total;
	found->shown = 0;
}

static bool
row(void *arg, const struct index_row *unused)
{
	struct found *found = arg;

	(void)unused;
	found->shown++;
	return true;
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
measure_query(struct index *ix, const char *kind, const struct index_query *query)
{
	struct found found = {0};
	struct index_visitor visitor = {begin, row, &found};
	double took[ROUNDS], start; /* took: microseconds */
	struct err err;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		start = bench_seconds();
		must(index_search(ix, query, &visitor, &err), &err);
		took[i] = (bench_seconds() - start) * 1e6;
	}
	qsort(took, ROUNDS, sizeof(took[0]), by_value);
	printf("%-34s %-18.*s %6zu %8zu %6zu %9.0f\n", kind, STR_ARG(query->term),
	    query->skip, found.total, found.shown, took[ROUNDS / 2]);
}

static void
measure(struct index *ix, const char *kind, const char *term, size_t skip)
{
	const struct index_query page = {str_of(term), skip, PAGE};

	measure_query(ix, kind, &page);
}

static void
measure_whole(struct index *ix, const char *kind, const char *term)
{
	const struct index_query whole = {str_of(term), 0, SIZE_MAX};

	measure_query(ix, kind, &whole);
}

static void
measure_all(struct index *ix)
{
	printf("%-34s %-18s %6s %8s %6s %9s\n", "kind", "term", "skip", "found",
	    "shown", "us");
	measure(ix, "selective: a whole name", "team-123/app-455", 0);
	measure(ix, "selective: the end of names", "123/app-45", 0);
	measure(ix, "selective: in a description", "number 1230", 0);
	measure(ix, "not there", "nothing-like-it", 0);
	measure(ix, "middling", "app-45", 0);
	measure(ix, "common: all begin with it", "team-", 0);
	measure(ix, "common: all begin with it", "team-", 99 * PAGE);
	measure(ix, "common: a word of all", "app", 0);
	measure(ix, "common: a word of all", "app", 99 * PAGE);
	measure(ix, "common: inside a word of all", "pp-", 0);
	measure(ix, "common: in descriptions only", "service", 0);
	measure(ix, "prefix of a tenth", "team-1", 0);
	measure(ix, "one character", "a", 0);
	measure(ix, "two characters", "99", 0);
	measure(ix, "two characters, not there", "zz", 0);
	measure(ix, "empty", "", 0);
	measure(ix, "empty", "", 99 * PAGE);
	measure(ix, "empty, near the end", "", 99000);
	measure_whole(ix, "whole: middling", "app-45");
	measure_whole(ix, "whole: in descriptions only", "service");
	measure_whole(ix, "whole: a word of all", "app");
	measure_whole(ix, "whole: empty", "");
}

int
main(int argc, char **argv)
{
	long names = argc > 2 ? strtol(argv[2], NULL, 10) : NAMES;
	struct index *ix;
	char path[4096];
	struct err err;
	bool rebuild;

	if (argc < 2 || names <= 0) {
		(void)fprintf(stderr, "usage: search DIRECTORY [NAMES]\n");
		return 2;
	}
	(void)snprintf(path, sizeof(path), "%s/bench.db", argv[1]);
	ix = indexsqlite_open(path, NULL, NULL);
	must(index_prepare(ix, &rebuild, &err), &err);
	if (rebuild)
		fill(ix, names);
	measure_all(ix);
	index_free(ix);
	return 0;
}
