/* conf.c: see conf.h. */
#include "lib/conf.h"

const char *config_file;

enum result load_result;

const char *const *load_environment;

static const char *
get_env(const char *name)
{
	const char *const *p;

	for (p = load_environment; p != NULL && *p != NULL; p += 2)
		if (strcmp(p[0], name) == 0)
			return p[1];
	return NULL;
}

struct conf *
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

struct conf *
load_text(const char *text)
{
	write_text("config.yml", text);
	return load_file(config_file, NULL);
}

struct conf *
load_keys(const char *text)
{
	return load_text(
	    arena_printf(arena, "dev:\n  storage_path: /srv\n%s", text));
}

bool
is_refused(const struct conf *conf, const char *what)
{
	return conf == NULL && strstr(err.text, what) != NULL;
}

const char *
note_at(const struct conf *conf, int line)
{
	size_t i;

	for (i = 0; conf != NULL && i < conf->n_notes; i++)
		if (conf->notes[i].line == line)
			return conf->notes[i].text;
	return NULL;
}

int
run_conf_tests(void (*const tests[])(void), size_t n)
{
	size_t i;

	arena = arena_new();
	make_test_dir(ON_DISK);
	config_file = in_dir("config.yml");
	for (i = 0; i < n; i++) {
		load_environment = NULL;
		tests[i]();
	}
	remove_tree(dir);
	arena_free(arena);
	return done_testing();
}
