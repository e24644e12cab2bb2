/* damage.h: files of the store that are damaged, as a killed server or a failing disk
 * leaves them. */
#ifndef LIB_DAMAGE_H
#define LIB_DAMAGE_H

#include "lib/store.h"

enum damage { EMPTY, CUT, CHANGED, LONGER, MISSING, DAMAGES };

extern const char *const damage_names[];

/* path: a name below the directory of the test (dir.h). */
void damage_file(const char *path, enum damage how);

/* How often the word occurs in the text. */
size_t count_words(const char *text, const char *word);

#endif
