/* event.c: see event.h. */
#include "registry/event.h"

#include "auth/caller.h"
#include "base/buf.h"
#include "base/log.h"

#define LINE_MAX_BYTES ((size_t)8 << 10)

static const struct {
	const char *name;
	enum log_level level;
} kinds[EVENT_KINDS] = {
    [EVENT_PUSH_IMAGE] = {.name = "push.image", LOG_INFO},
    [EVENT_PUSH_TAG] = {.name = "push.tag", LOG_INFO},
    [EVENT_PUSH_MANIFEST] = {.name = "push.manifest", LOG_INFO},
    [EVENT_PUSH_BLOB] = {.name = "push.blob", LOG_DEBUG},
    [EVENT_DELETE_TAG] = {.name = "delete.tag", LOG_INFO},
    [EVENT_DELETE_MANIFEST] = {.name = "delete.manifest", LOG_INFO},
    [EVENT_DELETE_BLOB] = {.name = "delete.blob", LOG_INFO},
    [EVENT_DELETE_REPOSITORY] = {.name = "delete.repository", LOG_INFO},
    [EVENT_PROPERTIES] = {.name = "repository.properties", LOG_INFO},
    [EVENT_MIRROR_LAYER] = {.name = "mirror.layer", LOG_INFO},
};

bool
event_is_wanted(enum event_kind kind)
{
	return log_wants(kinds[kind].level);
}

static void
add_value(struct buf *line, struct arena *a, const char *key, const char *value)
{
	if (value != NULL)
		buf_printf(line, "%s%s=%s", line->n > 0 ? " " : "", key,
		    log_value(a, value));
}

/* The repository whose token the caller showed, which nobody has checked in a registry that
 * asks for none. */
static const char *
name_of(const struct caller *caller, struct arena *a)
{
	return caller == NULL || caller->repository.ns == NULL
		   ? NULL
		   : v1name_full(a, &caller->repository);
}

void
event_emit(const struct task *t, const struct event *e)
{
	struct arena *a;
	struct buf line;

	if (!event_is_wanted(e->kind))
		return;
	a = arena_new();
	buf_init(&line, a, LINE_MAX_BYTES);
	add_value(&line, a, "image", e->image);
	add_value(&line, a, "repository", e->repository);
	add_value(&line, a, "digest", e->digest);
	add_value(&line, a, "tag", e->tag);
	if (e->kind == EVENT_DELETE_MANIFEST)
		buf_printf(&line, " tags=%zu", e->n_tags);
	if (e->kind == EVENT_MIRROR_LAYER)
		buf_printf(&line, " bytes=%llu", (unsigned long long)e->bytes);
	if (e->kind == EVENT_PROPERTIES) {
		add_value(&line, a, "access",
		    e->properties.access == NULL ? "unchanged"
						 : e->properties.access);
		buf_printf(&line, " described=%d", e->properties.described);
	}
	add_value(&line, a, "token", name_of(t->caller, a));
	add_value(&line, a, "id", t->request_id);
	log_line(kinds[e->kind].level, kinds[e->kind].name, "%s", buf_str(&line).p);
	arena_free(a);
}
