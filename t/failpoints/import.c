/* import.c: an OCI layout is imported, and what an old docker saved; each durable step of
 * that fails once, meets a full disk once, and is once the last before the process is killed.
 * Whatever happened: a tag means an image that is there, with all it refers to; what was said to be
 * there is; nothing is left in _berth/tmp; and the same import again succeeds. */
#include "content/list.h"
#include "images/tag.h"
#include "lib/failpoint.h"
#include "lib/registry.h"
#include "lib/repository.h"
#include "lib/v1_image.h"
#include "lib/v2_image.h"
#include "port/port.h"
#include "registry/v1image.h"
#include "store/tag.h"
#include "store/v1tag.h"

#define LAYER  "a layer"
#define CONFIG "{\"config\": {}}"
#define NEW    "team/new"

#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"

static struct image base, top;

/* The files to import are in this directory, which no store is in. */
static const char *files;

/* ---- the files ---- */

static void
write_input(const char *name, const char *content)
{
	const char *path = arena_printf(arena, "%s/%s", files, name);
	FILE *file = fopen(path, "w");

	if (file == NULL || fputs(content, file) == EOF || fclose(file) == EOF)
		bail_out(path);
}

static void
make_input_dir(const char *name)
{
	const char *path = arena_printf(arena, "%s/%s", files, name);

	if (mkdir(path, 0755) == -1)
		bail_out(path);
}

static void
write_blob(const char *text)
{
	struct digest d = sha256(text);

	write_input(arena_printf(arena, "oci/blobs/sha256/%s", d.hex), text);
}

static void
write_layout(void)
{
	const char *manifest = manifest_of(CONFIG, LAYER);

	make_input_dir("oci");
	make_input_dir("oci/blobs");
	make_input_dir("oci/blobs/sha256");
	write_input("oci/oci-layout", "{\"imageLayoutVersion\": \"1.0.0\"}");
	write_input("oci/index.json", arena_printf(arena, "{\"manifests\": [%s]}",
					  descriptor(OCI_MANIFEST, manifest)));
	write_blob(LAYER);
	write_blob(CONFIG);
	write_blob(manifest);
}

static void
write_image(const struct image *im)
{
	const char *dir_of = arena_printf(arena, "saved/%s", im->id);

	make_input_dir(dir_of);
	write_input(
	    arena_printf(arena, "%s/json", dir_of), str_dup(arena, im->json));
	write_input(
	    arena_printf(arena, "%s/layer.tar", dir_of), str_dup(arena, im->layer));
}

static void
write_saved(void)
{
	base = image_of('b', NULL, "the base");
	top = image_of('c', &base, "the top");
	make_input_dir("saved");
	write_image(&base);
	write_image(&top);
	write_input("saved/repositories",
	    arena_printf(arena, "{\"team/app\": {\"v1\": \"%s\"}}", top.id));
}

/* ---- the steps ---- */

static enum result
import(const char *name, const char *repository)
{
	const struct port_name to = {repository, "v1", NULL};
	const struct port_import how = {
	    .path = arena_printf(arena, "%s/%s", files, name),
	    .to = &to,
	    .n_to = 1};
	const char *what;

	return port_import(TASK(arena), &how, &what);
}

static enum result
run_step(size_t i)
{
	return i == 0 ? import("oci", NEW) : import("saved", "team/app");
}

static const char *
name_of_step(size_t i)
{
	return i == 0 ? "an OCI layout" : "what docker saved";
}

/* ---- what must hold: each returns NULL or what is wrong ---- */

static const char *
new_fault(bool acknowledged)
{
	struct store_manifest m;
	struct digest d;

	if (store_tag_get(repository(NEW), "v1", &d, &err) != RC_OK)
		return acknowledged ? "the image was said to be there" : NULL;
	if (store_manifest_read(repository(NEW), &d, &m, &err) != RC_OK)
		return err.text;
	return has_blob(NEW, LAYER) && has_blob(NEW, CONFIG)
		   ? NULL
		   : "the manifest lacks what it refers to";
}

static const char *
old_fault(bool acknowledged)
{
	const struct v1name name = {"team", "app"};
	const char *id;

	if (tag_get(TASK(arena), &name, "v1", &id) != RC_OK)
		return acknowledged ? "the old image was said to be there" : NULL;
	if (strcmp(id, top.id) != 0 ||
	    v1image_check(TASK(arena), top.id) != RC_OK ||
	    v1image_check(TASK(arena), base.id) != RC_OK)
		return "the tag means an image that is not whole";
	return NULL;
}

static const char *
store_fault(void)
{
	const char *fault = tmp_fault();

	if (fault == NULL)
		fault = new_fault(report->done > 0);
	return fault == NULL ? old_fault(report->done > 1) : fault;
}

static const char *
listed_fault(void)
{
	struct content_page tags;

	if (content_list_tags(TASK(arena), NEW, str_of(""), 100, &tags) != RC_OK)
		return err.text;
	return tags.n == 1 ? NULL : "the index does not list the tag";
}

static const char *
fault_after(void)
{
	const char *fault;

	open_registry();
	fault = store_fault();
	for (report->done = 0; fault == NULL && report->done < 2; report->done++)
		if (run_step(report->done) != RC_OK)
			fault = arena_printf(arena, "again, %s: %s",
			    name_of_step(report->done), err.text);
	if (fault == NULL)
		fault = store_fault();
	if (fault == NULL)
		fault = listed_fault();
	close_registry();
	return fault;
}

static void
test_complete(void)
{
	open_registry();
	is_str(store_fault(), NULL, "both are there");
	close_registry();
}

static void
prepare(void)
{
	fresh_store();
	make_index();
}

static const struct scenario scenario = {
    .what = "an import",
    .end = 2,
    .prepare = prepare,
    .start = open_registry,
    .step = run_step,
    .name = name_of_step,
    .fault = fault_after,
    .complete = test_complete,
};

int
main(void)
{
	setup_store(IN_MEMORY);
	files = arena_printf(arena, "%s.files", dir);
	if (mkdir(files, 0755) == -1)
		bail_out(files);
	write_layout();
	write_saved();
	fail_at_each_step(&scenario);
	remove_tree(files);
	return teardown_store();
}
