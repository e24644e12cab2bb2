/* v1chain.c: images of API v1 and schema 1, made of any config, or of any manifest and config
 * with a byte of zero between them; and the entries of a manifest of schema 1. */
#include <string.h>

#include "base/buf.h"
#include "base/json_slice.h"
#include "image/ancestry.h"
#include "image/schema1_write.h"
#include "image/v1chain.h"
#include "image/v1config.h"

#include "lib/fuzz.h"

#define SHA256 \
	"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define LIMIT ((size_t)1 << 20)

/* A manifest with as many layers as the config says. */
static struct str
manifest_for(struct arena *a, struct str config)
{
	struct str rootfs = json_slice_get(json_slice_trim(config), "rootfs");
	size_t n = json_slice_count(json_slice_get(rootfs, "diff_ids")), i;
	struct buf b;

	buf_init(&b, a, LIMIT);
	buf_adds(&b, "{\"schemaVersion\":2,\"config\":{\"mediaType\":"
		     "\"application/vnd.oci.image.config.v1+json\",\"size\":1,"
		     "\"digest\":\"" SHA256 "\"},\"layers\":[");
	for (i = 0; i < n && i <= V1CHAIN_MAX; i++)
		buf_printf(&b,
		    "%s{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\","
		    "\"size\":%zu,\"digest\":\"" SHA256 "\"}",
		    i == 0 ? "" : ",", i);
	buf_adds(&b, "]}");
	return buf_str(&b);
}

static void
check_image(struct arena *a, const struct v1chain *chain, size_t i)
{
	const struct v1chain_image *image = &chain->images[i];
	const char *parent = i == 0 ? image->parent : chain->images[i - 1].id;
	const struct str jsons[] = {image->json, image->schema1};
	struct v1config v;
	struct err err;
	size_t j;

	for (j = 0; j < 2; j++) {
		CHECK(v1config_parse(a, jsons[j], &v, &err) == RC_OK);
		CHECK(str_is(v.id, image->id));
		CHECK(str_is(v.parent, parent == NULL ? "" : parent));
	}
	CHECK(ancestry_is_whole(v1chain_ancestry(a, chain, i), image->id));
}

/* What is written as schema 1 is read again. */
static void
check_schema1(struct arena *a, const struct v1chain *chain)
{
	struct schema1_entry *entries = arena_alloc(a, chain->n * sizeof(*entries));
	const struct schema1_image image = {.name = "a",
	    .tag = "b",
	    .architecture = chain->architecture,
	    .entries = entries,
	    .n = chain->n};
	const struct schema1_entry *back;
	struct err err;
	size_t i, n;

	for (i = 0; i < chain->n; i++)
		entries[i] = (struct schema1_entry){
		    chain->images[i].layer, chain->images[i].schema1};
	CHECK(schema1_mend_ids(a, entries, chain->n, &err) == RC_OK);
	CHECK(
	    schema1_entries(a, schema1_write(a, &image), &back, &n, &err) == RC_OK);
	CHECK(n == chain->n);
	for (i = 0; i < n; i++)
		CHECK(str_eq(back[i].json, chain->images[i].schema1) &&
		      digest_eq(&back[i].layer, &chain->images[i].layer));
}

void
fuzz(struct arena *a, struct str input)
{
	static const struct v1chain_platform platform = {"linux", "amd64"};
	struct str config = input, manifest = str_cut(&config, '\0');
	struct schema1_entry entry = {.json = input};
	struct v1chain_source source = {manifest, config};
	const struct schema1_entry *entries;
	struct v1chain chain;
	struct digest d;
	struct err err;
	size_t i, n;

	if (config.p == NULL)
		source = (struct v1chain_source){manifest_for(a, input), input};
	(void)v1chain_config(manifest, &d, &err);
	(void)v1chain_pick_child(a, manifest, &platform, &d, &err);
	if (schema1_entries(a, input, &entries, &n, &err) == RC_OK)
		CHECK(n > 0);
	if (schema1_mend_ids(a, &entry, 1, &err) == RC_OK)
		CHECK(v1config_parse(a, entry.json, &(struct v1config){0}, &err) !=
		      RC_BAD_DATA);
	if (v1chain_make(a, &source, &platform, &chain, &err) != RC_OK)
		return;
	CHECK(chain.n > 0 && chain.n <= V1CHAIN_MAX);
	for (i = 0; i < chain.n; i++)
		check_image(a, &chain, i);
	check_schema1(a, &chain);
}
