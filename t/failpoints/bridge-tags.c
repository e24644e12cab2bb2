/* bridge-tags.c: a tag is pushed or removed through one API while it is in the layout of the
 * other, or in both; each durable step of that fails once, meets a full disk once, and is once
 * the last before the process is killed. At any moment the tag means what it meant before or what
 * it means afterwards, in both APIs, and the same again ends as it should. */
#include "content/manifests.h"
#include "images/properties.h"
#include "images/pull.h"
#include "images/push.h"
#include "images/repository.h"
#include "images/tag.h"
#include "lib/failpoint.h"
#include "lib/push.h"
#include "lib/repository.h"
#include "lib/v2_image.h"
#include "registry/pair.h"

#define NAME "team/app"
#define BLOB "the layer of the image of API v2"
#define CONFIG \
	"{\"os\":\"linux\",\"architecture\":\"amd64\",\"history\":[{},{" \
	"\"empty_layer\":true}],\"rootfs\":{\"diff_ids\":[\"sha256:" \
	"2dcd0f4af290eebfff153a73ce02126c926a9ae74d805c373d6ae8086576a031\"]}}"
#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"

static struct image pushed; /* through API v1 */
static struct image child;  /* its parent is the image of API v2 */
static const char *derived; /* the id in API v1 of the image of API v2 */

/* ---- steps ---- */

static void
put_blob(const char *text)
{
	struct digest d = sha256(text);

	if (store_blob_put_bytes(store, arena, str_of(text), &d, &err) != RC_OK ||
	    store_blob_link(repository(NAME), &d, &err) != RC_OK)
		bail_out(err.text);
}

static enum result
push_v2(void)
{
	const struct manifests_push push = {
	    .bytes = str_of(manifest_of(CONFIG, BLOB)),
	    .content_type = str_of(OCI_MANIFEST)};
	struct manifests_pushed out;

	return manifests_put(TASK(arena), NAME, str_of("x"), &push, &out);
}

static enum result
push_v1(void)
{
	return tag_put(TASK(arena), &app, "x", pushed.id, str_of(""));
}

static enum result
push_derived(void)
{
	return tag_put(TASK(arena), &app, "y", derived, str_of(""));
}

static enum result
push_child(void)
{
	return push_json(TASK(arena), child.id, child.json, str_of(""));
}

static enum result
remove_v1(void)
{
	return tag_remove(TASK(arena), &app, "x");
}

static enum result
remove_v2(void)
{
	return manifests_remove(TASK(arena), NAME, str_of("x"), NULL);
}

static enum result
remove_repository(void)
{
	return repository_remove(TASK(arena), &app);
}

/* ---- what is there before ---- */

static void
lay_v2(void)
{
	put_blob(CONFIG);
	put_blob(BLOB);
	if (push_v2() != RC_OK)
		bail_out(err.text);
}

static void
lay_v1(void)
{
	const struct step steps[] = {{JSON, &pushed, NULL}, {LAYER, &pushed, NULL},
	    {CHECKSUM, &pushed, NULL}};

	if (push_all(steps, COUNT(steps)) != RC_OK)
		bail_out(err.text);
}

static void
lay_tag(void)
{
	if (push_v1() != RC_OK)
		bail_out(err.text);
}

/* As two old servers leave it. */
static void
lay_both(void)
{
	lay_v2();
	write_text("repositories/team/app/tag_x", pushed.id);
}

/* And nobody else may see it. */
static void
lay_private(void)
{
	const bool yes = true;
	const struct properties_change change = {.is_private = &yes};

	lay_both();
	if (properties_put(TASK(arena), &app, &change) != RC_OK)
		bail_out(err.text);
}

/* The blobs of a push through API v2, whose manifest is to come. */
static void
lay_tag_and_blobs(void)
{
	lay_tag();
	put_blob(CONFIG);
	put_blob(BLOB);
}

/* ---- what must hold ---- */

static char
meaning_of(const char *id)
{
	return strcmp(id, pushed.id) == 0 ? '1'
	       : strcmp(id, derived) == 0 ? '2'
					  : '?';
}

/* '1' or '2': the API through which the image was pushed; '-': there is no such tag. */
static char
tag_is(const char *tag)
{
	const char *id = "";
	enum result r = tag_get(TASK(arena), &app, tag, &id);

	return r == RC_OK ? meaning_of(id) : r == RC_TAG_UNKNOWN ? '-' : '!';
}

static bool
note_tag(void *arg, const char *tag, const char *id)
{
	char *out = arg;

	if (strcmp(tag, "x") == 0)
		*out = *out == '-' ? meaning_of(id) : '?';
	return true;
}

/* The same, in the list of tags. */
static char
listed(void)
{
	char out = '-';
	enum result r = tag_list(TASK(arena), &app, note_tag, &out);

	return r == RC_OK || r == RC_REPOSITORY_UNKNOWN ? out : '!';
}

struct change {
	const char *what;
	void (*lay)(void);
	enum result (*step)(void);
	char before, after; /* what tag "x" means */
	const char *(*finally)(void);
};

static const char *
nothing_fault(void)
{
	return NULL;
}

static const char *
kept_fault(void)
{
	struct str ancestry;

	if (tag_is("y") != '2')
		return "the new tag does not mean the image";
	if (v1image_ancestry(TASK(arena), derived, &ancestry) != RC_OK)
		return "the image is not kept";
	return NULL;
}

static const char *
child_fault(void)
{
	struct str ancestry;

	return v1image_ancestry(TASK(arena), derived, &ancestry) == RC_OK
		   ? NULL
		   : "the parent is not kept";
}

static const struct change changes[] = {
    {"pushed through API v1 over one of API v2", lay_v2, push_v1, '2', '1',
	nothing_fault},
    {"pushed through API v2 over one of API v1", lay_tag_and_blobs, push_v2, '1',
	'2', nothing_fault},
    {"pushed through API v1 over both", lay_both, push_v1, '2', '1', nothing_fault},
    {"removed through API v1 from both", lay_both, remove_v1, '2', '-',
	nothing_fault},
    {"removed through API v2 from both", lay_both, remove_v2, '2', '-',
	nothing_fault},
    {"the repository removed, from both", lay_both, remove_repository, '2', '-',
	nothing_fault},
    {"a private repository removed, from both", lay_private, remove_repository, '2',
	'-', nothing_fault},
    {"another tag of the image of API v2", lay_v2, push_derived, '2', '2',
	kept_fault},
    {"an image on that of API v2", lay_v2, push_child, '2', '2', child_fault},
};

static const struct change *change;

static void
prepare(void)
{
	fresh_store();
	make_index();
	open_registry();
	reindex_all();
	lay_v1();
	change->lay();
	close_registry();
}

/* The image of API v2 answers as long as a tag means it, however much of it is kept. */
static const char *
image_fault_of(void)
{
	struct pull_layer layer;
	struct v1image_json json;

	if (pull_json(TASK(arena), ACCESS_PUBLIC, derived, &json) != RC_OK)
		return arena_printf(arena, "the json: %s", err.text);
	if (pull_layer(TASK(arena), ACCESS_PUBLIC, derived, &layer) != RC_OK)
		return arena_printf(arena, "the layer: %s", err.text);
	return NULL;
}

static bool
is_private_now(void)
{
	struct properties now;

	return properties_get(TASK(arena), &app, &now) == RC_OK && now.is_private;
}

static const char *
meaning_fault(const char *when)
{
	char is = tag_is("x"), in_list = listed();

	if (is != change->after && (is != change->before || report->done > 0))
		return arena_printf(arena, "%s: it means %c", when, is);
	if (in_list != is)
		return arena_printf(arena, "%s: it means %c, and the list has %c",
		    when, is, in_list);
	if (is != '-' && change->lay == lay_private && !is_private_now())
		return arena_printf(arena, "%s: it is not private", when);
	return is == '2' ? image_fault_of() : NULL;
}

/* What is gone already is not an error of the client's. */
static const char *
again_fault(void)
{
	enum result r = change->step();

	if (r != RC_OK && r != RC_TAG_UNKNOWN && r != RC_REPOSITORY_UNKNOWN &&
	    r != RC_MANIFEST_UNKNOWN)
		return arena_printf(arena, "the same again: %s", err.text);
	report->done = 1;
	return meaning_fault("after the same again");
}

static const char *
fault_after(void)
{
	const char *fault;

	open_registry();
	reindex_all();
	fault = tmp_fault();
	if (fault == NULL)
		fault = meaning_fault("after the failure");
	if (fault == NULL)
		fault = again_fault();
	if (fault == NULL)
		fault = change->finally();
	if (fault == NULL) {
		reindex_all();
		fault = meaning_fault("of an index that was made again");
	}
	close_registry();
	return fault;
}

static enum result
send_step(size_t i)
{
	(void)i;
	return change->step();
}

static const char *
name_of_step(size_t i)
{
	(void)i;
	return change->what;
}

static void
test_complete(void)
{
	open_registry();
	is_int(tag_is("x"), change->after, "%s: it is done", change->what);
	is_int(listed(), change->after, "%s: the list has it", change->what);
	is_str(change->finally(), NULL, "%s: the rest", change->what);
	close_registry();
}

static void
fail_each(void)
{
	const struct scenario scenario = {
	    .what = change->what,
	    .end = 1,
	    .prepare = prepare,
	    .start = open_registry,
	    .step = send_step,
	    .name = name_of_step,
	    .fault = fault_after,
	    .complete = test_complete,
	};

	fail_at_each_step(&scenario);
}

/* Of an image that is pushed for nothing else. */
static void
find_derived(void)
{
	fresh_store();
	make_index();
	open_registry();
	reindex_all();
	lay_v2();
	if (tag_get(TASK(arena), &app, "x", &derived) != RC_OK)
		bail_out(err.text);
	derived = arena_strdup(arena, derived);
	close_registry();
}

int
main(void)
{
	setup_store(IN_MEMORY);
	pushed = image_of('a', NULL, "of API v1");
	find_derived();
	child = image_of('c', NULL, "of a child");
	child = image_with(child,
	    arena_printf(
		arena, "{\"id\":\"%s\",\"parent\":\"%s\"}", child.id, derived),
	    "of a child");
	for (change = changes; change < changes + COUNT(changes); change++)
		fail_each();
	return teardown_store();
}
