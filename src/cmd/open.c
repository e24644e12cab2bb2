/* open.c: see open.h. */
#include "cmd/open.h"

#include <stdio.h>

#include "auth/auth.h"
#include "cmd/print_text.h"
#include "image/v1chain.h"
#include "index/index.h"
#include "indexsqlite/indexsqlite.h"
#include "store/store.h"
#include "storefs/storefs.h"

void
open_complain(const char *what, const struct err *err)
{
	(void)fprintf(stderr, "berth: %s: ", what);
	print_text(stderr, err->text);
	(void)fputc('\n', stderr);
}

const struct v1chain_platform *
open_platform(struct arena *a, const struct conf *conf)
{
	struct v1chain_platform *platform = arena_alloc(a, sizeof(*platform));
	(void)v1chain_platform_parse(a, conf->bridge_platform, platform);
	return platform;
}

static void
close_store(void *arg)
{
	store_close(arg);
}

static void
close_index(void *arg)
{
	index_free(arg);
}

struct registry *
open_registry(struct arena *a, const struct conf *conf)
{
	struct registry *reg = arena_alloc(a, sizeof(*reg));
	struct err err;

	if (storefs_open(conf->storage_path, &reg->store, &err) != RC_OK) {
		open_complain("storage_path", &err);
		return NULL;
	}
	arena_defer(a, close_store, reg->store);
	reg->auth = &auth_open;
	reg->platform = open_platform(a, conf);
	reg->index = indexsqlite_open(conf->index_database, NULL, NULL);
	arena_defer(a, close_index, reg->index);
	return reg;
}
