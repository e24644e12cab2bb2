/* value.h: the text of a key becomes the checked value of its member. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include <stdbool.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "conf/keys.h"

/* key has a member. False: *why says what is wrong with the text, to be read behind
 * "KEY: ". */
bool value_set(struct arena *a, const struct key *key, const char *text,
    struct conf *conf, const char **why);

/* What is in force, in one line. */
const char *value_show(
    struct arena *a, const struct key *key, const struct conf *conf);

/* true, yes, on and false, no, off, in any case. False: neither. */
bool value_bool(const char *text, bool *out);

#endif
