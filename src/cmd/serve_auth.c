/* serve_auth.c: see serve_auth.h. */
#include "cmd/serve_auth.h"

#include <sys/random.h>

#include "base/must.h"
#include "cmd/key_file.h"

#define SECRET_BYTES 32

/* A standalone registry has no other index: it verifies only tokens of its own, and those
 * only if check_tokens is set. */
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
	static char generated_secret[SECRET_BYTES]; /* the same after a reload */
	static bool generated;

	if (conf->secret_key != NULL)
		return str_of(conf->secret_key);
	must_succeed(generated || getrandom(generated_secret,
				      sizeof(generated_secret), 0) == SECRET_BYTES,
	    "getrandom");
	generated = true;
	return str_make(generated_secret, sizeof(generated_secret));
}

enum result
serve_auth(
    struct arena *a, const struct conf *conf, struct auth *out, struct err *err)
{
	const struct privileged_key *key = NULL;
	enum result r = RC_OK;

	if (conf->privileged_key != NULL)
		r = key_file_privileged(a, conf->privileged_key, &key, err);
	if (r != RC_OK)
		return r;
	*out = (struct auth){.mode = mode_of(conf),
	    .secret = secret_of(conf),
	    .privileged = key,
	    .index_endpoint = conf->index_endpoint};
	return RC_OK;
}
