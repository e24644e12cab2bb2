/* check_config.h: `berth check-config`. */
#ifndef CMD_CHECK_CONFIG_H
#define CMD_CHECK_CONFIG_H

#include <stdio.h>

#include "conf/conf.h"

/* Prints all settings and where each was set, whether berth has enough threads for the
 * shipped nginx configuration, and the notes. Returns the exit status: 1 if out could not
 * be written. */
int check_config_run(const struct conf *conf, FILE *out);

/* Prints only the value of one key, for scripts; an empty line if the key has no value or
 * is a secret. Returns the exit status: 1 if out could not be written, 2 if there is no
 * such key. */
int check_config_get(const struct conf *conf, const char *key, FILE *out);

#endif
