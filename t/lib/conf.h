/* conf.h: texts that are loaded as config.yml, through a file in a directory of the
 * test's own, with an environment that the test makes. */
#ifndef LIB_CONF_H
#define LIB_CONF_H

#include <stdbool.h>

#include "base/str.h"
#include "conf/conf.h"
#include "lib/dir.h"

/* The file that load_text() writes. */
extern const char *config_file;

/* How the last load ended; its error is in err. */
extern enum result load_result;

/* The environment of one load: NAME, value, NAME, value, NULL. */
extern const char *const *load_environment;

#define ENV(...) (load_environment = (const char *const[]){__VA_ARGS__, NULL})

struct conf *load_file(const char *path, const char *flavor);
struct conf *load_text(const char *text);

/* Keys of a flavor that is complete without them. */
struct conf *load_keys(const char *text);
bool is_refused(const struct conf *conf, const char *what);

/* The note about that line; NULL: there is none. */
const char *note_at(const struct conf *conf, int line);

/* Runs each test with an empty environment. */
int run_conf_tests(void (*const tests[])(void), size_t n);

#endif
