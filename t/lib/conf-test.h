/* conf-test.h: what the tests of config.yml share: texts go through a file in a
 * directory of the test's own, the environment is a stand-in. */
#ifndef CONF_TEST_H
#define CONF_TEST_H

#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "conf/conf.h"
#include "tap.h"

static struct arena *arena;
static char dir[] = "/tmp/berth-conf-XXXXXX";
static const char *config_file; /* config.yml below dir */
static struct err err;
static enum result load_result; /* the last load ended */

/* The environment of one load: NAME, value, NAME, value, NULL. */
static const char *const *load_environment;

static inline const char *
get_env(const char *name)
{
	const char *const *p;

	for (p = load_environment; p != NULL && *p != NULL; p += 2)
		if (strcmp(p[0], name) == 0)
			return p[1];
	return NULL;
}

#define ENV(...) (load_environment = (const char *const[]){__VA_ARGS__, NULL})

static inline struct conf *
load_file(const char *path, const char *flavor)
{
	struct conf_source source = {path, flavor, get_env};
	struct conf *conf;

	err.text[0] = '\0';
	load_result = conf_load(arena, &source, &conf, &err);
	if (conf == NULL)
		printf("# %s: %s\n", err_name(load_result), err.text);
	return conf;
}

static inline void
write_file(struct str text)
{
	FILE *f = fopen(config_file, "w");

	if (f == NULL || fwrite(text.p, 1, text.n, f) != text.n || fclose(f) != 0)
		abort();
}

static inline struct conf *
load_text(const char *text)
{
	write_file(str_of(text));
	return load_file(config_file, NULL);
}

/* The text below a flavor that is complete without it. */
static inline struct conf *
load_keys(const char *text)
{
	return load_text(
	    arena_printf(arena, "dev:\n  storage_path: /srv\n%s", text));
}

static inline bool
is_refused(const struct conf *conf, const char *what)
{
	return conf == NULL && strstr(err.text, what) != NULL;
}

/* The note of that line: NULL when there is none. */
static inline const char *
note_at(const struct conf *conf, int line)
{
	size_t i;

	for (i = 0; conf != NULL && i < conf->n_notes; i++)
		if (conf->notes[i].line == line)
			return conf->notes[i].text;
	return NULL;
}

/* Runs the tests, each with an empty environment. */
static inline int
run_conf_tests(void (*const tests[])(void), size_t n)
{
	size_t i;

	arena = arena_new();
	if (mkdtemp(dir) == NULL)
		abort();
	config_file = arena_printf(arena, "%s/config.yml", dir);
	for (i = 0; i < n; i++) {
		load_environment = NULL;
		tests[i]();
	}
	(void)unlink(config_file);
	(void)rmdir(dir);
	arena_free(arena);
	return done_testing();
}

#endif
