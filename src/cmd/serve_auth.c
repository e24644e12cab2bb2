/* serve_auth.c: see serve_auth.h. */
#include "cmd/serve_auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "auth/privileged.h"

#define KEY_MAX      ((size_t)64 << 10) /* bytes of a PEM file */
#define SECRET_BYTES 32

static enum auth_mode
mode_of(const struct conf *conf)
{
	if (conf->disable_token_auth)
		return AUTH_OPEN;
	if (!conf->standalone)
		return AUTH_INDEX;
	return conf->check_tokens ? AUTH_OWN : AUTH_OPEN;
}

static struct str
secret_of(const struct conf *conf)
{
	static char made_up[SECRET_BYTES];
	static bool made;

	if (conf->secret_key != NULL)
		return str_of(conf->secret_key);
	if (!made && getrandom(made_up, sizeof(made_up), 0) != SECRET_BYTES)
		abort(); /* cannot happen for so few bytes (getrandom(2)) */
	made = true;
	return str_make(made_up, sizeof(made_up));
}

static void
free_key(void *arg)
{
	privileged_key_free(arg);
}

static enum result
read_key(struct arena *a, const char *path, const struct privileged_key **out,
    struct err *err)
{
	char *text = arena_alloc(a, KEY_MAX);
	struct privileged_key *key;
	struct err why;
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL)
		return err_set(err, RC_IO, "privileged_key %s: %m", path);
	n = fread(text, 1, KEY_MAX, f);
	(void)fclose(f);
	if (privileged_key_parse(str_make(text, n), &key, &why) != RC_OK)
		return err_set(
		    err, RC_BAD_DATA, "privileged_key %s: %s", path, why.text);
	arena_defer(a, free_key, key);
	*out = key;
	return RC_OK;
}

enum result
serve_auth(
    struct arena *a, const struct conf *conf, struct auth *out, struct err *err)
{
	const struct privileged_key *key = NULL;
	enum result r = RC_OK;

	if (conf->privileged_key != NULL)
		r = read_key(a, conf->privileged_key, &key, err);
	if (r != RC_OK)
		return r;
	*out = (struct auth){.mode = mode_of(conf),
	    .secret = secret_of(conf),
	    .privileged = key,
	    .index_endpoint = conf->index_endpoint};
	return RC_OK;
}
