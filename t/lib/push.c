/* push.c: see push.h. */
#include "lib/push.h"

#include "base/buf.h"
#include "images/push.h"
#include "images/repository.h"
#include "images/tag.h"
#include "registry/v1image.h"
#include "store/v1image.h"
#include "store/v1push.h"
#include "store/v1tag.h"

#define AGENT "docker/0.11.1 go/go1.2.1 kernel/3.13 os/linux arch/amd64"

const char *
step_name(const struct step *s)
{
	static const char *const verbs[] = {"announcement", "json", "layer",
	    "checksum", "tag", "end of the push", "removal of tag",
	    "removal of the repository", "description", "privacy", "sweep"};

	if (s->tag != NULL)
		return arena_printf(arena, "%s %s", verbs[s->verb], s->tag);
	if (s->im != NULL)
		return arena_printf(arena, "%s of %.2s", verbs[s->verb], s->im->id);
	return verbs[s->verb];
}

/* nginx removes the body when the request is over. */
static enum result
send_layer(const struct image *im)
{
	const char *body = make_body(im->layer);
	enum result r = push_layer(TASK(arena), im->id, body);

	(void)unlink(body);
	return r;
}

static const char *
announcement(const struct step *steps, size_t n)
{
	struct buf b;
	size_t i;

	buf_init(&b, arena, 4096);
	buf_addc(&b, '[');
	for (i = 0; i < n; i++)
		if (steps[i].verb == JSON)
			buf_printf(&b, "%s{\"id\": \"%s\"}", b.n > 1 ? ", " : "",
			    steps[i].im->id);
	buf_addc(&b, ']');
	return b.p;
}

static enum result
set_properties(const struct step *s)
{
	const bool yes = true;
	const struct str text = str_of(s->tag);
	const struct properties_change change = {
	    s->verb == HIDE ? &yes : NULL, s->verb == DESCRIBE ? &text : NULL};

	return properties_put(TASK(arena), &app, &change);
}

enum result
run_step(const struct step *steps, size_t n, size_t i)
{
	const struct step *s = &steps[i];
	const char *sum = "";
	unsigned swept;

	switch (s->verb) {
	case ANNOUNCE:
		return repository_announce(
		    TASK(arena), &app, str_of(announcement(steps, n)));
	case JSON:
		return push_json(TASK(arena), s->im->id, s->im->json, str_of(NULL));
	case LAYER:
		return send_layer(s->im);
	case CHECKSUM:
		sum = arena_printf(arena, "sha256:%s", s->im->sum);
		return push_checksum(
		    TASK(arena), s->im->id, str_of(sum), str_of(NULL));
	case TAG:
		return tag_put(TASK(arena), &app, s->tag, s->im->id, str_of(AGENT));
	case FINISH:
		return repository_announce(TASK(arena), &app, str_of("[]"));
	case DROP_TAG:
		return tag_remove(TASK(arena), &app, s->tag);
	case DROP_ALL:
		return repository_remove(TASK(arena), &app);
	case DESCRIBE:
	case HIDE:
		return set_properties(s);
	default:
		return store_v1push_sweep(store, -1, &swept, &err);
	}
}

enum result
push_all(const struct step *steps, size_t n)
{
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < n; i++)
		if (steps[i].verb < JSON || steps[i].verb > CHECKSUM ||
		    v1image_check(TASK(arena), steps[i].im->id) != RC_OK)
			r = run_step(steps, n, i);
	return r;
}

static bool
file_is(const char *name, struct str want)
{
	const char *got = read_text(name);

	return got != NULL && str_eq(str_of(got), want);
}

bool
is_whole(const struct image *im)
{
	return file_is(image_file(im, "json"), im->json) &&
	       file_is(image_file(im, "ancestry"), str_of(im->ancestry)) &&
	       file_is(image_file(im, "layer"), im->layer) &&
	       file_is(image_file(im, "_checksum"),
		   str_of(arena_printf(arena, "sha256:%s", im->sum)));
}

bool
is_complete(const struct image *im)
{
	const struct store_v1image at = store_v1image_make(store, arena, im->id);
	enum store_v1image_state state = STORE_V1IMAGE_ABSENT;

	(void)store_v1image_state(&at, &state, &err);
	return state == STORE_V1IMAGE_COMPLETE;
}

static bool
layer_waits(const struct image *im)
{
	const struct store_v1image at = store_v1image_make(store, arena, im->id);

	return store_v1push_waits(&at, im->sum);
}

const char *
image_fault(const struct image *const *im, size_t n)
{
	const char *place = arena_printf(arena, "images/%s", im[0]->id);
	bool json = is_there(image_file(im[0], "json")), same = !json,
	     whole = false;
	size_t i;

	for (i = 0; i < n; i++) {
		same = same || file_is(image_file(im[i], "json"), im[i]->json);
		whole = whole || is_whole(im[i]);
	}
	if (!same)
		return "P3: a json that nobody sent";
	if (is_there(image_file(im[0], "_inprogress")))
		return json && !is_there(image_file(im[0], "ancestry"))
			   ? "P3: a json without its ancestry"
			   : NULL;
	if (json)
		return whole ? NULL : "P7: complete, but not whole";
	if (is_there(place) &&
	    strcmp(tree(place), arena_printf(arena, "%s/\n", place)) != 0)
		return "P2: a file, but no _inprogress";
	return NULL;
}

const char *
waiting_fault(const struct image *im)
{
	const char *name = arena_printf(arena, "wait-%s", im->sum);
	const char *json = push_file(im, arena_printf(arena, "%s.json", name));
	const char *up = push_file(im, arena_printf(arena, "%s.ancestry", name));
	const char *layer = push_file(im, arena_printf(arena, "%s.layer", name));

	if (is_there(layer) && !is_complete(im) &&
	    (!file_is(json, im->json) || !file_is(up, str_of(im->ancestry)) ||
		!file_is(layer, im->layer)))
		return "P4: a layer waits, but not whole";
	if (is_there(image_file(im, "layer")) && !is_complete(im) &&
	    !layer_waits(im))
		return "P5: the image has a layer, but none waits";
	return NULL;
}

static bool
check_tag(void *arg, const char *tag, const char *id)
{
	const char **fault = arg;

	if (v1image_check(TASK(arena), id) != RC_OK)
		*fault = arena_printf(
		    arena, "tag %s of an image that is not there", tag);
	else if (!is_there(
		     arena_printf(arena, "repositories/team/app/tag%s_json", tag)))
		*fault = arena_printf(arena, "tag %s without its json", tag);
	return *fault == NULL;
}

const char *
tags_fault(void)
{
	const char *fault = NULL;
	enum result r = tag_list(TASK(arena), &app, check_tag, &fault);

	if (r != RC_OK && r != RC_REPOSITORY_UNKNOWN)
		fault = err.text;
	return fault;
}

bool
is_dropped(const char *tag)
{
	return !is_there(
		   arena_printf(arena, "repositories/team/app/tag_%s", tag)) &&
	       !is_there(
		   arena_printf(arena, "repositories/team/app/tag%s_json", tag)) &&
	       (strcmp(tag, "latest") != 0 ||
		   !is_there("repositories/team/app/json"));
}

const char *
acknowledged_fault(const struct step *steps, size_t n, size_t done)
{
	const char *id, *got;
	size_t i;

	for (i = 0; i < done; i++) {
		const struct step *s = &steps[i];
		bool kept = true;

		if (s->verb == ANNOUNCE)
			kept = file_is("repositories/team/app/_index_images",
				   str_of(announcement(steps, n))) &&
			       strcmp(index_names_now(), "team/app ") == 0;
		else if (s->verb == JSON)
			kept = is_there(image_file(s->im, "json"));
		else if (s->verb == LAYER)
			kept = is_complete(s->im) || layer_waits(s->im);
		else if (s->verb == CHECKSUM)
			kept = is_complete(s->im);
		else if (s->verb == TAG)
			kept = tag_get(TASK(arena), &app, s->tag, &id) == RC_OK &&
			       strcmp(id, s->im->id) == 0;
		else if (s->verb == DROP_TAG)
			kept = is_dropped(s->tag);
		else if (s->verb == DROP_ALL)
			kept = store_names_now()[0] == '\0' &&
			       index_names_now()[0] == '\0';
		else if (s->verb == DESCRIBE)
			kept = str_is(properties_now().description, s->tag);
		else if (s->verb == HIDE)
			kept = properties_now().is_private &&
			       index_names_now()[0] == '\0';
		got = kept ? NULL : step_name(s);
		if (got != NULL)
			return arena_printf(arena, "%s was acknowledged", got);
	}
	return NULL;
}

unsigned
p_steps_done(const struct image *im)
{
	bool marked = is_there(image_file(im, "_inprogress"));
	char hex[HASH_SHA256_HEX_SIZE];

	hash_of(HASH_SHA256, im->json, hex);
	if (!marked && is_complete(im))
		return is_there(push_file(im, "open")) ? 7 : 8;
	if (file_is(image_file(im, "_checksum"),
		str_of(arena_printf(arena, "sha256:%s", im->sum))))
		return 6;
	if (is_there(image_file(im, "layer")))
		return 5;
	if (layer_waits(im))
		return 4;
	if (is_there(image_file(im, "json")))
		return 3;
	if (marked)
		return 2;
	return is_there(push_file(im, arena_printf(arena, "begun-%s.json", hex)))
		   ? 1
		   : 0;
}

const char *
step_place(const struct step *s)
{
	const char *name = step_name(s);

	if (s->im == NULL || s->verb < JSON || s->verb > CHECKSUM)
		return name;
	return arena_printf(arena, "%s, P%u reached", name, p_steps_done(s->im));
}
