/* oci-form.c: manifests of Docker's types, with the types of OCI. */
#include "image/oci_form.h"

#include "lib/unit.h"

#define D "application/vnd.docker."
#define O "application/vnd.oci.image."
#define DIGEST_A \
	"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B \
	"sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DIGEST_C \
	"sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static const char *
made(const char *manifest, const struct oci_form_child *children, size_t n)
{
	const struct oci_form of = {str_of(manifest), children, n};
	struct str out;
	enum result r = oci_form_make(arena, &of, &out, &err);

	return r == RC_OK ? str_dup(arena, out) : err_name(r);
}

static void
test_image(void)
{
	is_str(made("{\"schemaVersion\":2,\"mediaType\":\"" D
		    "distribution.manifest.v2+json\",\"config\":{\"mediaType\":\"" D
		    "container.image.v1+json\",\"size\":7,\"digest\":\"" DIGEST_A
		    "\"},\"layers\":[{\"mediaType\":\"" D
		    "image.rootfs.diff.tar.gzip\",\"size\":8,\"digest\":\"" DIGEST_B
		    "\"},{\"mediaType\":\"" D
		    "image.rootfs.diff.tar\",\"size\":9,\"digest\":\"" DIGEST_C
		    "\"}]}",
		   NULL, 0),
	    "{\"schemaVersion\": 2, \"mediaType\": \"" O
	    "manifest.v1+json\", \"config\": {\"mediaType\": \"" O
	    "config.v1+json\", \"size\": 7, \"digest\": \"" DIGEST_A
	    "\"}, \"layers\": [{\"mediaType\": \"" O
	    "layer.v1.tar+gzip\", \"size\": 8, \"digest\": \"" DIGEST_B
	    "\"}, {\"mediaType\": \"" O
	    "layer.v1.tar\", \"size\": 9, \"digest\": \"" DIGEST_C "\"}]}",
	    "an image: the types alone");
	is_str(made("{\"annotations\":{\"mediaType\":\"" D
		    "container.image.v1+json\"},\"other\":[1,{}],\"layers\":null,"
		    "\"config\":\"x\"}",
		   NULL, 0),
	    "{\"annotations\": {\"mediaType\":\"" D
	    "container.image.v1+json\"}, \"other\": [1,{}], \"layers\": null, "
	    "\"config\": \"x\"}",
	    "all else stays, also what is not as it should be");
	is_str(made("{\"layers\":[{\"mediaType\":\"x/y\",\"urls\":[\"" D "\"]}]}",
		   NULL, 0),
	    "{\"layers\": [{\"mediaType\": \"x/y\", \"urls\": [\"" D "\"]}]}",
	    "a type that OCI has no other for");
}

static void
test_list(void)
{
	struct oci_form_child child = {.size = 44};

	if (digest_parse(str_of(DIGEST_A), &child.was, &err) != RC_OK ||
	    digest_parse(str_of(DIGEST_C), &child.is, &err) != RC_OK)
		bail_out(err.text);
	is_str(made("{\"mediaType\":\"" D
		    "distribution.manifest.list.v2+json\",\"manifests\":["
		    "{\"digest\":\"" DIGEST_A "\",\"size\":1,\"platform\":{\"os\":"
		    "\"linux\",\"size\":2}},{\"digest\":\"" DIGEST_B
		    "\",\"size\":1}]}",
		   &child, 1),
	    "{\"mediaType\": \"" O
	    "index.v1+json\", \"manifests\": [{\"digest\": \"" DIGEST_C
	    "\", \"size\": 44, \"platform\": {\"os\":\"linux\",\"size\":2}}, "
	    "{\"digest\": \"" DIGEST_B "\", \"size\": 1}]}",
	    "a list: a child that is another file now has its digest and size");
}

static void
test_types(void)
{
	ok(oci_form_is_needed(str_of(D "distribution.manifest.v2+json")),
	    "of a manifest");
	ok(oci_form_is_needed(str_of(D "distribution.manifest.list.v2+json")),
	    "of a list");
	ok(!oci_form_is_needed(str_of(O "manifest.v1+json")), "not of OCI's own");
	ok(!oci_form_is_needed(str_of(D "container.image.v1+json")),
	    "not of a config");
	is_text(oci_form_type(str_of(D "image.rootfs.diff.tar.zstd")),
	    O "layer.v1.tar+zstd", "a layer of zstd");
	is_text(oci_form_type(str_of(D "image.rootfs.foreign.diff.tar.gzip")),
	    O "layer.nondistributable.v1.tar+gzip", "a foreign layer");
	is_text(oci_form_type(str_of("text/plain")), "text/plain", "another");
}

static void
test_refused(void)
{
	is_str(made("{", NULL, 0), "bad_manifest", "no JSON");
	is_str(made("[]", NULL, 0), "bad_manifest", "a list");
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_image, test_list, test_types, test_refused};

	return run_tests(tests, COUNT(tests));
}
