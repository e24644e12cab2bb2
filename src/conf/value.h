/* value.h: converts the text of a key to the checked value of its member, and back. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include <stdbool.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "conf/keys.h"

/* Sets the member of the key, which must have one. False: *why says what is wrong with the
 * text, to be printed after "KEY: ". */
bool value_set(struct arena *a, const struct key *key, const char *text,
    struct conf *conf, const char **why);

/* The current value as one line, without secrets. */
const char *value_show(
    struct arena *a, const struct key *key, const struct conf *conf);

/* Reads true, yes, on, 1 and false, no, off, 0, in upper or lower case. False: something
 * else. */
bool value_bool(const char *text, bool *out);

#endif
