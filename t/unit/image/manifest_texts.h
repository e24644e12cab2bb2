/* manifest_texts.h: documents for the tests of manifests. In them and in what the tests
 * write, @a stands for "sha256:aaaa..." and #a for "sha512:aaaa...". */
#ifndef MANIFEST_TEXTS_H
#define MANIFEST_TEXTS_H

#include "image/manifest.h"
#include "lib/unit.h"

#define DOCKER_SCHEMA1  "application/vnd.docker.distribution.manifest.v1+json"
#define DOCKER_SIGNED   "application/vnd.docker.distribution.manifest.v1+prettyjws"
#define DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define DOCKER_LIST     "application/vnd.docker.distribution.manifest.list.v2+json"
#define DOCKER_CONFIG   "application/vnd.docker.container.image.v1+json"
#define DOCKER_LAYER    "application/vnd.docker.image.rootfs.diff.tar.gzip"
#define DOCKER_FOREIGN  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
#define OCI_MANIFEST    "application/vnd.oci.image.manifest.v1+json"
#define OCI_INDEX       MANIFEST_OCI_INDEX
#define OCI_ARTIFACT    "application/vnd.oci.artifact.manifest.v1+json"
#define OCI_CONFIG      "application/vnd.oci.image.config.v1+json"
#define OCI_EMPTY       "application/vnd.oci.empty.v1+json"
#define OCI_LAYER       "application/vnd.oci.image.layer.v1.tar+gzip"
#define OCI_ELSEWHERE   "application/vnd.oci.image.layer.nondistributable.v1.tar"
#define OTHER           "application/vnd.example.thing+json"

/* The parts of a document. */
#define D(type, digest) \
	"{\"mediaType\": \"" type "\", \"digest\": \"" digest "\", \"size\": 7}"
#define V2(type)      "{\"schemaVersion\": 2, \"mediaType\": \"" type "\""
#define BARE          "{\"schemaVersion\": 2"
#define CONFIG        ", \"config\": " D(OCI_CONFIG, "@c")
#define LAYERS(ds)    ", \"layers\": [" ds "]"
#define MANIFESTS(ds) ", \"manifests\": [" ds "]"
#define BLOBS(ds)     ", \"blobs\": [" ds "]"
#define LAYER         LAYERS(D(OCI_LAYER, "@a"))
#define IMAGE         CONFIG LAYER
#define CHILDREN      MANIFESTS(D(OCI_MANIFEST, "@b") ", " D(OCI_MANIFEST, "@a"))
#define SUBJECT       ", \"subject\": " D(OCI_MANIFEST, "@f")
#define KIND          ", \"artifactType\": \"" OTHER "\""

/* ---- texts ---- */

static inline struct str
spelled_out(const char *text)
{
	char *out = arena_alloc(arena, strlen(text) * 136 + 1), *p = out;

	for (; *text != '\0'; text++) {
		if (*text != '@' && *text != '#') {
			*p++ = *text;
			continue;
		}
		p += sprintf(p, *text == '@' ? "sha256:" : "sha512:");
		memset(p, text[1], *text == '@' ? 64 : 128);
		p += *text == '@' ? 64 : 128;
		text++;
	}
	return exact_copy(str_make(out, (size_t)(p - out)));
}

static inline const char *
short_of(const struct digest *d)
{
	return arena_printf(
	    arena, "%c%c", d->kind == HASH_SHA256 ? '@' : '#', d->hex[0]);
}

static inline enum result
parse(const char *text, const char *content_type, struct manifest *out)
{
	err.text[0] = '\0';
	return manifest_parse(
	    arena, spelled_out(text), exact_copy(str_of(content_type)), out, &err);
}

#endif
