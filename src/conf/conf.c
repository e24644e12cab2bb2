/* conf.c: see conf.h. Text -> tree (tree.c) -> settings of one flavor (settings.c) ->
 * each looked up in the table of keys (keys.c) -> checked members (value.c). */
#include "conf/conf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "conf/keys.h"
#include "conf/notes.h"
#include "conf/settings.h"
#include "conf/tree.h"
#include "conf/value.h"

#define INSTALLED_FILE BERTH_SYSCONFDIR "/berth/config.yml"

struct loading {
	struct arena *arena;
	struct conf *conf;
	struct settings settings;
	struct notes notes;
	struct err *err;
};

static const char *
environment(const struct conf_source *source, const char *name)
{
	const char *value = source->env(name);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

static enum result
read_file(struct loading *ld, FILE *f, const char *file, struct str *text)
{
	char *p = arena_alloc(ld->arena, TREE_SIZE + 1);

	/* one byte more than tree_parse() takes: it says so */
	*text = str_make(p, fread(p, 1, TREE_SIZE + 1, f));
	return ferror(f) ? err_set(ld->err, RC_IO, "read %s: %m", file) : RC_OK;
}

/* conf->file stays NULL when nobody named a file and none is installed. */
static enum result
open_file(struct loading *ld, const struct conf_source *source, struct str *text)
{
	const char *named = source->file;
	const char *file;
	enum result r;
	FILE *f;

	if (named == NULL)
		named = environment(source, "DOCKER_REGISTRY_CONFIG");
	file = named != NULL ? named : INSTALLED_FILE;
	f = fopen(file, "re");
	if (f == NULL && named == NULL && errno == ENOENT)
		return RC_OK;
	if (f == NULL)
		return err_set(ld->err, RC_IO, "open %s: %m", file);
	ld->conf->file = arena_strdup(ld->arena, file);
	r = read_file(ld, f, file, text);
	(void)fclose(f);
	return r;
}

static enum result
read_settings(struct loading *ld, struct str text)
{
	const char *file = ld->conf->file;
	const struct node *root;
	enum result r;

	if (file == NULL) {
		settings_add(&ld->settings, ld->arena, "storage_path", 0,
		    "_env:STORAGE_PATH");
		return RC_OK;
	}
	r = tree_parse(ld->arena, file, text, &ld->notes, &root, ld->err);
	if (r != RC_OK)
		return r;
	return settings_read(&ld->settings, ld->arena, root, file, ld->err);
}

static enum result
refuse(struct loading *ld, const struct setting *s, const char *why)
{
	if (s->line == 0)
		return err_set(
		    ld->err, RC_BAD_DATA, "%s: %s: %s", s->variable, s->name, why);
	if (s->variable != NULL)
		return err_set(ld->err, RC_BAD_DATA, "%s:%d: %s (from %s): %s",
		    ld->conf->file, s->line, s->name, s->variable, why);
	return err_set(ld->err, RC_BAD_DATA, "%s:%d: %s: %s", ld->conf->file,
	    s->line, s->name, why);
}

static void
note_unknown(struct loading *ld, const struct setting *s)
{
	const char *nearest = keys_nearest(s->name);

	if (nearest != NULL)
		notes_add(&ld->notes, s->line, "%s: unknown key, did you mean %s?",
		    s->name, nearest);
	else
		notes_add(&ld->notes, s->line, "%s: unknown key", s->name);
}

static void
note_foreign(struct loading *ld, const struct setting *s, const struct key *key)
{
	bool asks = true, on, usual = false;

	if (key->fallback != NULL)
		(void)value_bool(key->fallback, &usual);
	if (s->text != NULL && value_bool(s->text, &on))
		asks = on != usual;
	if (asks && key->says != NULL)
		notes_add(&ld->notes, s->line, "%s: %s", s->name, key->says);
}

static enum result
check_storage(struct loading *ld, const struct setting *s)
{
	if (strcasecmp(s->text, "local") == 0 || strcasecmp(s->text, "file") == 0)
		return RC_OK;
	return refuse(ld, s,
	    arena_printf(
		ld->arena, "%s is not served; local (or file) is", s->text));
}

static enum result
check_setting(struct loading *ld, const struct setting *s)
{
	const struct key *key = keys_find(s->name);

	if (key == NULL) {
		note_unknown(ld, s);
		return RC_OK;
	}
	if (key->kind == KEY_FOREIGN) {
		note_foreign(ld, s, key);
		return RC_OK;
	}
	if (s->text == NULL && keys_takes_list(key->kind))
		return refuse(ld, s, "must be a value, or a list of such");
	if (s->text == NULL || (s->is_list && !keys_takes_list(key->kind)))
		return refuse(ld, s, "must be a single value");
	if (key->kind == KEY_STORAGE)
		return check_storage(ld, s);
	return RC_OK;
}

static enum result
check_settings(struct loading *ld)
{
	const struct setting *s;
	enum result r;

	for (s = ld->settings.first; s != NULL; s = s->next) {
		r = check_setting(ld, s);
		if (r != RC_OK)
			return r;
	}
	return RC_OK;
}

static enum result
fill_from_default(struct loading *ld, const struct key *key)
{
	const char *file = ld->conf->file, *text = key->fallback, *why;

	if (text == NULL && key->says != NULL)
		return RC_OK;
	if (text == NULL && file == NULL)
		return err_set(ld->err, RC_BAD_DATA,
		    "no configuration file, and STORAGE_PATH is not set: no store to serve");
	if (text == NULL)
		return err_set(ld->err, RC_BAD_DATA, "%s: flavor %s sets no %s",
		    file, ld->conf->flavor, key->name);
	if (key->kind == KEY_PATH || key->kind == KEY_SOCKET)
		text = arena_printf(
		    ld->arena, "%s/%s", ld->conf->storage_path, text);
	if (value_set(ld->arena, key, text, ld->conf, &why))
		return RC_OK;
	return err_set(ld->err, RC_BAD_DATA, "%s: default of %s: %s",
	    file == NULL ? "STORAGE_PATH" : file, key->name, why);
}

static const char *
from_of(struct loading *ld, const struct setting *s)
{
	if (s->line == 0)
		return s->variable;
	if (s->variable == NULL)
		return arena_printf(ld->arena, "line %d", s->line);
	return arena_printf(ld->arena, "line %d, %s", s->line, s->variable);
}

static enum result
fill(struct loading *ld, const struct key *key, struct conf_value *value)
{
	const struct setting *s = settings_get(&ld->settings, key->name);
	const char *why;
	enum result r;

	value->key = key->name;
	if (s == NULL) {
		value->from = "default";
		r = fill_from_default(ld, key);
		if (r != RC_OK)
			return r;
	} else {
		if (!value_set(ld->arena, key, s->text, ld->conf, &why))
			return refuse(ld, s, why);
		value->from = from_of(ld, s);
	}
	value->value = value_show(ld->arena, key, ld->conf);
	value->in_words = value->value == key->says;
	return RC_OK;
}

static enum result
fill_all(struct loading *ld)
{
	struct conf_value *values;
	enum result r;
	size_t n = 0, i;

	while (keys_at(n) != NULL && keys_has_member(keys_at(n)))
		n++;
	values = arena_alloc(ld->arena, n * sizeof(*values));
	for (i = 0; i < n; i++) {
		r = fill(ld, keys_at(i), &values[i]);
		if (r != RC_OK)
			return r;
	}
	ld->conf->values = values;
	ld->conf->n_values = n;
	return RC_OK;
}

/* ---- what keys mean together ---- */

#define SECRET_MIN 16 /* bytes */

/* The value is refused, as the setting it came from. */
static enum result
refuse_key(struct loading *ld, const char *name, const char *why)
{
	const struct setting *s = settings_get(&ld->settings, name);

	if (s != NULL)
		return refuse(ld, s, why);
	return err_set(ld->err, RC_BAD_DATA, "%s: %s", name, why);
}

static void
note_key(struct loading *ld, const char *name, const char *why)
{
	const struct setting *s = settings_get(&ld->settings, name);

	if (s != NULL)
		notes_add(&ld->notes, s->line, "%s: %s", name, why);
}

static bool
asks_own_tokens(const struct conf *c)
{
	return c->standalone && c->check_tokens && !c->disable_token_auth;
}

static enum result
check_tokens(struct loading *ld)
{
	const struct conf *c = ld->conf;
	bool asks_index = !c->standalone && !c->disable_token_auth;
	bool asks_own = asks_own_tokens(c);

	if (asks_index && c->index_endpoint == NULL)
		return refuse_key(ld, "standalone",
		    "false wants index_endpoint, the address of the index that confirms "
		    "tokens (or disable_token_auth: true, which asks for none)");
	if (asks_own && c->secret_key != NULL && strlen(c->secret_key) < SECRET_MIN)
		return refuse_key(ld, "secret_key",
		    "signs the tokens of check_tokens: at least 16 characters");
	if (!asks_index)
		note_key(ld, "index_endpoint",
		    "not asked: standalone is true, or "
		    "disable_token_auth");
	if (c->check_tokens && !asks_own)
		note_key(ld, "check_tokens",
		    "changes nothing beside standalone: false "
		    "or disable_token_auth: true");
	if (!asks_index && !asks_own)
		note_key(ld, "privileged_key",
		    "changes nothing: nobody is asked for a "
		    "token (see check_tokens)");
	if (!asks_own)
		note_key(ld, "secret_key",
		    "changes nothing: it signs tokens of this registry's own, and "
		    "none are asked for (see check_tokens)");
	return RC_OK;
}

/* Whose an image of the source is, own tokens cannot tell: whoever pushes to the source
 * could name one that is private here. */
static enum result
check_mirror(struct loading *ld)
{
	const struct conf *c = ld->conf;

	if (c->mirroring_source == NULL)
		note_key(ld, "mirroring.source_index",
		    "changes nothing without mirroring.source");
	else if (asks_own_tokens(c))
		return refuse_key(ld, "mirroring.source",
		    "not beside check_tokens: its tokens cannot tell whose the "
		    "source's images are (let nginx ask for a password)");
	return RC_OK;
}

static enum result
check_mail(struct loading *ld)
{
	const struct conf *c = ld->conf;

	if (c->mail_smtp_host == NULL)
		return RC_OK;
	if (c->mail_from_addr == NULL || c->mail_to_addr == NULL)
		return refuse_key(ld, "email_exceptions.smtp_host",
		    "wants from_addr and to_addr beside it");
	return RC_OK;
}

static enum result
check_cors(struct loading *ld)
{
	const struct conf *c = ld->conf;

	if (!c->cors_supports_credentials || c->cors_origins == NULL ||
	    strcmp(c->cors_origins[0], "*") != 0)
		return RC_OK;
	return refuse_key(ld, "cors.supports_credentials",
	    "not for origins \"*\": name the sites that may act as their user");
}

static enum result
check_together(struct loading *ld)
{
	enum result r = check_tokens(ld);

	if (r == RC_OK)
		r = check_mirror(ld);
	if (r == RC_OK)
		r = check_mail(ld);
	if (r == RC_OK)
		r = check_cors(ld);
	return r;
}

enum result
conf_load(struct arena *a, const struct conf_source *source, struct conf **out,
    struct err *err)
{
	struct loading ld = {.arena = a, .err = err};
	struct str text = {"", 0};
	const char *flavor = source->flavor;
	enum result r;

	if (flavor == NULL)
		flavor = environment(source, "SETTINGS_FLAVOR");
	ld.conf = arena_alloc(a, sizeof(*ld.conf));
	ld.conf->flavor = arena_strdup(a, flavor == NULL ? "dev" : flavor);
	settings_init(&ld.settings, ld.conf->flavor, source->env);
	notes_init(&ld.notes, a);
	r = open_file(&ld, source, &text);
	if (r == RC_OK)
		r = read_settings(&ld, text);
	if (r == RC_OK)
		r = check_settings(&ld);
	if (r == RC_OK)
		r = fill_all(&ld);
	if (r == RC_OK)
		r = check_together(&ld);
	ld.conf->notes = ld.notes.all;
	ld.conf->n_notes = ld.notes.n;
	*out = r == RC_OK ? ld.conf : NULL;
	return r;
}
