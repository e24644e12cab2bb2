/* registry.h: a registry on the test's store: its index, and what both say of the
 * repository "team/app". */
#ifndef LIB_REGISTRY_H
#define LIB_REGISTRY_H

#include "images/properties.h"
#include "lib/store.h"
#include "registry/registry.h"

extern struct registry reg;

extern const struct v1name app;

const char *index_path(void);

/* Makes an empty index, or checks the one that is there. */
void make_index(void);

/* In each new process: an open sqlite database must not outlive a fork. */
void open_registry(void);
void close_registry(void);

/* With an empty store and an empty index in place of those that are there. */
void fresh_registry(void);

/* What a search finds: "" or "team/app ", or an error. */
const char *index_names_now(void);

/* The properties of team/app. */
struct properties properties_now(void);

/* What a search should find, by the store: "" or "team/app ". */
const char *store_names_now(void);

/* Rebuilds the index, or makes it. */
void reindex_all(void);

/* Rebuilds the index, which must say what the store says: NULL, or what is wrong. */
const char *reindex_fault(void);

#endif
