/* conf.c: see conf.h.
 *
 * The configuration is made in these steps:
 *
 *	1. The text of the file becomes a tree (tree.c).
 *	2. The settings of the chosen flavor become a flat list (settings.c).
 *	3. Each setting is looked up in the table of keys (keys.c). Unknown keys, and keys of
 *	   docker-registry that have no effect, are noted.
 *	4. Each member of struct conf gets its value from its setting or from the default, in
 *	   the order of the table (value.c).
 *	5. Combinations are checked that make no sense or would be dangerous. */
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

	/* One byte more than tree_parse() accepts, so that it refuses a longer file. */
	*text = str_make(p, fread(p, 1, TREE_SIZE + 1, f));
	return ferror(f) ? err_set(ld->err, RC_IO, "read %s: %m", file) : RC_OK;
}

/* conf->file stays NULL if no file was named and none is installed. */
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
	struct tree_input input;
	const struct node *root;
	enum result r;

	if (file == NULL) {
		settings_add(&ld->settings, ld->arena, "storage_path", 0,
		    "_env:STORAGE_PATH");
		return RC_OK;
	}
	input = (struct tree_input){file, text, &ld->notes};
	r = tree_parse(ld->arena, &input, &root, ld->err);
	if (r != RC_OK)
		return r;
	return settings_read(&ld->settings, ld->arena, root, file, ld->err);
}

/* An error about a setting, with the line and the variable that it comes from. */
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

/* No note is needed if the key switches something off that berth does not have, or on what
 * it always does. */
static void
note_foreign(struct loading *ld, const struct setting *s, const struct key *key)
{
	bool value, quiet = false;

	if (key->note == NULL)
		return;
	if (key->quiet_value != NULL)
		(void)value_bool(key->quiet_value, &quiet);
	if (s->text == NULL || !value_bool(s->text, &value) || value != quiet)
		notes_add(&ld->notes, s->line, "%s: %s", s->name, key->note);
}

static enum result
check_storage(struct loading *ld, const struct setting *s)
{
	if (strcasecmp(s->text, "local") == 0 || strcasecmp(s->text, "file") == 0)
		return RC_OK;
	return refuse(ld, s,
	    arena_printf(ld->arena, "must be local (or file), %s is not supported",
		s->text));
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
		return refuse(ld, s, "must be a single value or a list of values");
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
set_default(struct loading *ld, const struct key *key)
{
	const char *file = ld->conf->file, *text = key->default_text, *why;

	if (text == NULL && key->shown_default != NULL)
		return RC_OK;
	if (text == NULL && file == NULL)
		return err_set(ld->err, RC_BAD_DATA,
		    "there is no configuration file, so STORAGE_PATH must be set");
	if (text == NULL)
		return err_set(ld->err, RC_BAD_DATA, "%s: flavor %s must set %s",
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
describe_origin(struct loading *ld, const struct setting *s)
{
	if (s->line == 0)
		return s->variable;
	if (s->variable == NULL)
		return arena_printf(ld->arena, "line %d", s->line);
	return arena_printf(ld->arena, "line %d, %s", s->line, s->variable);
}

static enum result
set_member(struct loading *ld, const struct key *key, struct conf_value *value)
{
	const struct setting *s = settings_get(&ld->settings, key->name);
	const char *why;
	enum result r;

	value->key = key->name;
	if (s == NULL) {
		value->from = "default";
		r = set_default(ld, key);
		if (r != RC_OK)
			return r;
	} else {
		if (!value_set(ld->arena, key, s->text, ld->conf, &why))
			return refuse(ld, s, why);
		value->from = describe_origin(ld, s);
	}
	value->value = value_show(ld->arena, key, ld->conf);
	value->in_words = value->value == key->shown_default;
	return RC_OK;
}

static enum result
set_members(struct loading *ld)
{
	struct conf_value *values;
	enum result r;
	size_t n = 0, i;

	while (keys_at(n) != NULL && keys_has_member(keys_at(n)))
		n++;
	values = arena_alloc(ld->arena, n * sizeof(*values));
	for (i = 0; i < n; i++) {
		r = set_member(ld, keys_at(i), &values[i]);
		if (r != RC_OK)
			return r;
	}
	ld->conf->values = values;
	ld->conf->n_values = n;
	return RC_OK;
}

/* ---- combinations of keys ---- */

#define SECRET_MIN 16 /* bytes */

/* An error about a key, with the line of its setting if it has one. */
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

/* Are tokens required that berth itself issues? */
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
		    "false needs index_endpoint, the address of the index that checks "
		    "tokens (or disable_token_auth: true, which requires none)");
	if (asks_own && c->secret_key != NULL && strlen(c->secret_key) < SECRET_MIN)
		return refuse_key(ld, "secret_key",
		    "must have at least 16 characters: it signs the tokens of "
		    "check_tokens");
	if (!asks_index)
		note_key(ld, "index_endpoint",
		    "has no effect: it is used with standalone: false and without "
		    "disable_token_auth only");
	if (c->check_tokens && !asks_own)
		note_key(ld, "check_tokens",
		    "has no effect with standalone: false or "
		    "disable_token_auth: true");
	if (!asks_index && !asks_own)
		note_key(ld, "privileged_key",
		    "has no effect: no tokens are required (see check_tokens)");
	if (!asks_own)
		note_key(ld, "secret_key",
		    "has no effect: it signs this registry's own tokens, and they "
		    "are not required (see check_tokens)");
	return RC_OK;
}

/* A mirror with own tokens would not be safe: the tokens say nothing about the upstream's
 * images, and a user who pushes to the upstream could give an image the id of one that is
 * private here. */
static enum result
check_mirror(struct loading *ld)
{
	const struct conf *c = ld->conf;

	if (c->mirroring_source == NULL)
		note_key(ld, "mirroring.source_index",
		    "has no effect without mirroring.source");
	else if (asks_own_tokens(c))
		return refuse_key(ld, "mirroring.source",
		    "cannot be used with check_tokens, whose tokens do not cover the "
		    "source's images (let nginx ask for a password instead)");
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
		    "needs from_addr and to_addr, too");
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
	    "cannot be used with origins \"*\": list the sites that may act for their "
	    "users");
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
		r = set_members(&ld);
	if (r == RC_OK)
		r = check_together(&ld);
	ld.conf->notes = ld.notes.all;
	ld.conf->n_notes = ld.notes.n;
	*out = r == RC_OK ? ld.conf : NULL;
	return r;
}
