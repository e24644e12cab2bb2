/* description.c: see description.h. */
#include "registry/description.h"

#include "image/manifest.h"
#include "image/v1config.h"
#include "image/v1name.h"
#include "registry/layouts.h"
#include "registry/v1image.h"
#include "store/blob.h"
#include "store/description.h"
#include "store/manifest.h"
#include "store/tag.h"
#include "store/v1image.h"
#include "store/v1tag.h"

#define DESCRIPTION_MAX 1000 /* bytes: a line of a list, not a text */
#define CONFIG_MAX      ((size_t)1 << 20)

/* Cut where no character is torn. */
static struct str
shorten(struct str s)
{
	if (str_has(s, '\0'))
		return str_of(NULL);
	if (s.n <= DESCRIPTION_MAX)
		return s;
	s.n = DESCRIPTION_MAX;
	while (s.n > 0 && !str_is_utf8(s))
		s.n--;
	return s;
}

static struct str
text_of_latest(const struct task *t, struct str name)
{
	struct store_v1image im = v1image_of(t, NULL);
	struct store_v1repo repo;
	struct v1config v;
	struct str json;
	struct err ignored;

	if (layouts_find_v1(task_quiet(t), name, &repo) != RC_OK ||
	    !store_v1repo_exists(&repo) ||
	    store_v1tag_get(&repo, "latest", &im.id, &ignored) != RC_OK ||
	    store_v1image_json(&im, &json, &ignored) != RC_OK ||
	    v1config_parse(t->arena, json, &v, &ignored) != RC_OK)
		return str_of(NULL);
	return v.label.n > 0 ? v.label : v.comment;
}

static struct str
label(const struct task *t, const struct digest *config)
{
	struct err ignored;
	struct str bytes;

	if (store_blob_read(t->reg->store, t->arena, config, CONFIG_MAX, &bytes,
		&ignored) != RC_OK)
		return str_of(NULL);
	return manifest_config_description(t->arena, bytes);
}

static bool
read_about(const struct task *t, const char *name, const struct digest *d,
    struct manifest_about *out)
{
	const struct store_repository in = task_repository(t, name);
	struct store_manifest stored;
	struct err ignored;

	if (store_manifest_read(&in, d, &stored, &ignored) != RC_OK)
		return false;
	manifest_about_read(t->arena, stored.bytes, out);
	return true;
}

static struct str
said_by(const struct task *t, const struct manifest_about *m)
{
	if (m->description.n > 0 || !m->has_config)
		return m->description;
	return label(t, &m->config);
}

static struct str
said_by_tag(const struct task *t, const char *name)
{
	const struct store_repository in = task_repository(t, name);
	struct manifest_about m, child;
	struct digest d;
	struct err ignored;
	const char *last;
	struct str text;

	if (store_tag_get(&in, "latest", &d, &ignored) != RC_OK &&
	    store_tag_last(&in, &last, &d, &ignored) != RC_OK)
		return str_of(NULL);
	if (!read_about(t, name, &d, &m))
		return str_of(NULL);
	text = said_by(t, &m);
	if (text.n == 0 && m.has_child && read_about(t, name, &m.child, &child))
		text = said_by(t, &child);
	return text;
}

/* What somebody said of the name, or of the one that API v1 has for it. */
static struct str
said(const struct task *t, struct str name)
{
	struct str text = str_of(NULL);
	struct v1name parsed;
	struct err ignored;

	if (v1name_parse(t->arena, name, &parsed, &ignored) == RC_OK)
		(void)store_description_get(
		    t->reg->store, t->arena, &parsed, &text, &ignored);
	return text;
}

/* Manifests and configs of some megabytes each are read for this, and one line of it
 * is kept: hence the arena of its own. */
struct str
description_text(const struct task *t, const struct index_repository *repository)
{
	struct arena *scratch = arena_new();
	struct str text = shorten(
	    said(task_with_arena(t, scratch), repository->name));

	if (text.n == 0 && repository->v2)
		text = shorten(
		    said_by_tag(task_with_arena(t, scratch), repository->name.p));
	if (text.n == 0 && repository->v1)
		text = shorten(
		    text_of_latest(task_with_arena(t, scratch), repository->name));
	text = str_make(str_dup(t->arena, text), text.n);
	arena_free(scratch);
	return text;
}
