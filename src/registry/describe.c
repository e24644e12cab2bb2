/* describe.c: see describe.h. */
#include "registry/describe.h"

#include <string.h>

#include "base/log.h"
#include "image/manifest.h"
#include "image/reference.h"
#include "image/v1config.h"
#include "image/v1name.h"
#include "store/blob.h"
#include "store/description.h"
#include "store/guard.h"
#include "store/manifest.h"
#include "store/repository.h"
#include "store/tag.h"
#include "store/v1image.h"
#include "store/v1repo.h"
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

/* ---- registry v1 ---- */

/* "busybox" is "library/busybox" there, in the index under that name alone: who hides or
 * describes the one hides or describes the other. */
static enum result
find_v1(struct registry *reg, struct arena *a, struct str name,
    struct store_v1repo *out, struct err *err)
{
	struct v1name parsed;
	enum result r;

	*out = (struct store_v1repo){NULL, false};
	r = v1name_parse(a, name, &parsed, err);
	if (r == RC_BAD_NAME)
		return RC_OK;
	return r == RC_OK ? store_v1repo_find(reg->store, a, &parsed, out, err) : r;
}

static struct str
text_of_latest(struct registry *reg, struct arena *a, struct str name)
{
	struct store_v1repo repo;
	struct v1config v;
	struct str json;
	struct err ignored;
	const char *id;

	if (find_v1(reg, a, name, &repo, &ignored) != RC_OK || !repo.there ||
	    store_v1tag_get(reg->store, a, &repo, "latest", &id, &ignored) !=
		RC_OK ||
	    store_v1image_json(reg->store, a, id, &json, &ignored) != RC_OK ||
	    v1config_parse(a, json, &v, &ignored) != RC_OK)
		return str_of(NULL);
	return v.label.n > 0 ? v.label : v.comment;
}

/* ---- registry v2 ---- */

static bool
is_v2_name(struct str name)
{
	struct err ignored;

	return reference_check_repository(name, &ignored) == RC_OK;
}

static struct str
label(struct registry *reg, struct arena *a, const struct digest *config)
{
	struct err ignored;
	struct str bytes;

	if (store_blob_read(reg->store, a, config, CONFIG_MAX, &bytes, &ignored) !=
	    RC_OK)
		return str_of(NULL);
	return manifest_config_description(a, bytes);
}

static bool
read_about(struct registry *reg, struct arena *a, const char *name,
    const struct digest *d, struct manifest_about *out)
{
	struct store_manifest stored;
	struct err ignored;

	if (store_manifest_read(reg->store, a, name, d, &stored, &ignored) != RC_OK)
		return false;
	manifest_about_read(a, stored.bytes, out);
	return true;
}

static struct str
said_by(struct registry *reg, struct arena *a, const struct manifest_about *m)
{
	if (m->description.n > 0 || !m->has_config)
		return m->description;
	return label(reg, a, &m->config);
}

static struct str
said_by_tag(struct registry *reg, struct arena *a, const char *name)
{
	struct manifest_about m, child;
	struct digest d;
	struct err ignored;
	const char *last;
	struct str text;

	if (store_tag_get(reg->store, a, name, "latest", &d, &ignored) != RC_OK &&
	    store_tag_last(reg->store, a, name, &last, &d, &ignored) != RC_OK)
		return str_of(NULL);
	if (!read_about(reg, a, name, &d, &m))
		return str_of(NULL);
	text = said_by(reg, a, &m);
	if (text.n == 0 && m.has_child &&
	    read_about(reg, a, name, &m.child, &child))
		text = said_by(reg, a, &child);
	return text;
}

/* ---- both ---- */

enum result
describe_find(struct registry *reg, struct arena *a, const char *name,
    struct index_repository *out, struct err *err)
{
	struct store_v1repo repo;
	enum result r;

	*out = (struct index_repository){.name = str_of(name)};
	r = find_v1(reg, a, out->name, &repo, err);
	out->v1 = r == RC_OK && repo.there && str_has(out->name, '/');
	if (r == RC_OK && repo.there)
		r = store_v1repo_is_private(
		    reg->store, a, &repo, &out->hidden, err);
	if (r == RC_OK && is_v2_name(out->name))
		r = store_repository_has_manifest(
		    reg->store, a, name, &out->v2, err);
	return r;
}

/* What somebody said of the name, or of the one that API v1 has for it. */
static struct str
said(struct registry *reg, struct arena *a, struct str name)
{
	struct str text = str_of(NULL);
	struct v1name parsed;
	struct err ignored;

	if (v1name_parse(a, name, &parsed, &ignored) == RC_OK)
		(void)store_description_get(
		    reg->store, a, &parsed, &text, &ignored);
	return text;
}

static uint64_t
said_stamp(struct registry *reg, struct arena *a, struct str name)
{
	struct v1name parsed;
	struct err ignored;

	if (v1name_parse(a, name, &parsed, &ignored) != RC_OK)
		return 0;
	return store_description_version(reg->store, a, &parsed) << 2;
}

uint64_t
describe_stamp(struct registry *reg, struct arena *a,
    const struct index_repository *repository)
{
	uint64_t v1 = 0, v2 = 0;
	struct store_v1repo repo;
	struct err ignored;

	if (repository->v1) {
		if (find_v1(reg, a, repository->name, &repo, &ignored) != RC_OK)
			return 0;
		v1 = store_v1repo_version(reg->store, a, &repo);
	}
	if (repository->v2 && store_repository_version(reg->store, a,
				  repository->name.p, &v2, &ignored) != RC_OK)
		return 0;
	return v1 ^ v2 << 1 ^ said_stamp(reg, a, repository->name);
}

/* Manifests and configs of some megabytes each are read for this, and one line of it
 * is kept: hence the arena of its own. */
struct str
describe_text(struct registry *reg, struct arena *a,
    const struct index_repository *repository)
{
	struct arena *scratch = arena_new();
	struct str text = shorten(said(reg, scratch, repository->name));

	if (text.n == 0 && repository->v2)
		text = shorten(said_by_tag(reg, scratch, repository->name.p));
	if (text.n == 0 && repository->v1)
		text = shorten(text_of_latest(reg, scratch, repository->name));
	text = str_make(str_dup(a, text), text.n);
	arena_free(scratch);
	return text;
}

static enum result
enter(struct registry *reg, struct arena *a, const char *name,
    struct index_change *change, struct err *err)
{
	struct index_repository *repository = &change->repository;
	enum result r = describe_find(reg, a, name, repository, err);

	if (r != RC_OK)
		return r;
	if (!repository->v1 && !repository->v2)
		return index_drop_repository(reg->index, repository->name, err);
	repository->description = describe_text(reg, a, repository);
	return index_put(reg->index, change, err);
}

void
describe_change(struct registry *reg, struct arena *a, const char *name,
    struct index_change *change)
{
	struct index_change nothing = {.n_tags = 0};
	struct err err;
	enum result r;

	r = enter(reg, a, name, change == NULL ? &nothing : change, &err);
	if (r == RC_OK)
		return;
	log_line(LOG_ERROR, "index.write", "error=%s reason=%s repository=%s",
	    err_name(r), log_value(a, err.text), log_value(a, name));
	describe_again(reg);
}

/* One guard at a time: whoever needs two has no order of names for them. */
static void
describe_alone(struct registry *reg, struct arena *a, const char *name)
{
	struct guard lock = {0};
	struct err err;

	if (guard_take(reg->store, GUARD_REPOSITORY, name, &lock, &err) == RC_OK)
		describe_change(reg, a, name, NULL);
	else
		describe_again(reg);
	guard_release(&lock);
}

void
describe_both(struct registry *reg, struct arena *a, const struct v1name *name)
{
	describe_alone(reg, a, v1name_full(a, name));
	if (strcmp(name->ns, V1NAME_DEFAULT_NAMESPACE) == 0)
		describe_alone(reg, a, name->repo);
}

void
describe_again(struct registry *reg)
{
	if (reg->index_lost != NULL)
		reg->index_lost(reg->arg);
}
