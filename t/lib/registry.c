/* registry.c: see registry.h. */
#include "lib/registry.h"

#include "auth/auth.h"
#include "base/buf.h"
#include "base/log.h"
#include "index/index.h"
#include "indexsqlite/indexsqlite.h"
#include "lib/index.h"
#include "registry/reindex.h"
#include "store/v1repo.h"

struct registry reg;

const struct v1name app = {"team", "app"};

const char *
index_path(void)
{
	return in_dir("_berth/index.db");
}

void
make_index(void)
{
	bool rebuild;

	log_set_level(LOG_ERROR); /* no line for each push */
	if (prepare_index_at(index_path(), &rebuild) != RC_OK)
		bail_out(err.text);
}

void
open_registry(void)
{
	reg = (struct registry){.store = store,
	    .index = indexsqlite_open(index_path(), NULL, NULL),
	    .auth = &auth_open};
}

void
close_registry(void)
{
	index_free(reg.index);
	reg.index = NULL;
}

void
fresh_registry(void)
{
	close_registry();
	fresh_store();
	make_index();
	open_registry();
}

static bool
add_name(void *arg, const struct index_row *row)
{
	buf_printf(arg, "%.*s ", STR_ARG(row->name));
	return true;
}

const char *
index_names_now(void)
{
	struct buf b;
	const struct index_query all = {str_of(""), 0, SIZE_MAX};
	const struct index_visitor visitor = {NULL, add_name, &b};
	enum result r;

	buf_init(&b, arena, 4096);
	buf_adds(&b, "");
	r = index_search(reg.index, &all, &visitor, &err);
	return r != RC_OK ? err.text : b.n == 0 ? "" : b.p;
}

struct properties
properties_now(void)
{
	struct properties now = {false, {"", 0}};

	(void)properties_get(TASK(arena), &app, &now);
	return now;
}

const char *
store_names_now(void)
{
	struct store_v1repo repo = {.st = NULL};

	(void)store_v1repo_find(store, arena, &app, &repo, &err);
	return store_v1repo_exists(&repo) && !properties_now().is_private
		   ? "team/app "
		   : "";
}

void
reindex_all(void)
{
	const struct reindex how = {.afresh = true};
	bool done = false;

	if (reindex_run(TASK(arena), &how, &done) != RC_OK || !done)
		bail_out(err.text);
}

const char *
reindex_fault(void)
{
	const struct reindex how = {.afresh = true};
	bool done = false;

	if (reindex_run(TASK(arena), &how, &done) != RC_OK || !done)
		return err.text;
	return strcmp(index_names_now(), store_names_now()) == 0
		   ? NULL
		   : "the rebuilt index is not what the store is";
}
