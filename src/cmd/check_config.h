/* check_config.h: `berth check-config`. */
#ifndef CMD_CHECK_CONFIG_H
#define CMD_CHECK_CONFIG_H

#include <stdio.h>

#include "conf/conf.h"

/* Prints what is in force and where it comes from, whether berth has threads enough
 * for the shipped nginx configuration, and the notes. Returns the exit status: 1
 * when out could not be written. */
int check_config_run(const struct conf *conf, FILE *out);

/* Prints the value of one key, for a script: nothing else, and an empty line if the key has
 * no value. Secrets are not shown. Returns the exit status: 1 when out could not be written,
 * 2 when there is no such key. */
int check_config_get(const struct conf *conf, const char *key, FILE *out);

#endif
