/* store.h: an empty store in a directory of the test's own (dir.h). */
#ifndef LIB_STORE_H
#define LIB_STORE_H

#include "image/hash.h"
#include "lib/dir.h"
#include "lib/process.h"
#include "store/stage.h"
#include "store/store.h"

extern struct store *store;

/* In a new process, or after remove_store(). */
void open_store(void);

/* Closes the store and removes its directory. */
void remove_store(void);

/* Makes the arena, the directory (ON_DISK or IN_MEMORY) and the store. */
void setup_store(const char *where);

/* An empty store takes the place of the one that is there. */
void fresh_store(void);

/* Removes it all and ends the test: the status that main() returns. */
int teardown_store(void);

/* The path of a new file with a request's body, as nginx hands one over. */
const char *make_body(struct str content);

/* As nginx removes its files when a request is over. */
void remove_bodies(void);

/* Sweeps _berth/tmp, which must be empty then: NULL, or what is wrong. */
const char *tmp_fault(void);

#endif
