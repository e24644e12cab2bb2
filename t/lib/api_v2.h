/* api_v2.h: API v2 in one process (api.h). In the rows
 *
 *	`text`		is the digest of the document of that name, else of the text
 *	`512 text`	likewise by SHA-512
 *	$name		is the document itself
 *	@		is where the latest upload is (Location)
 *
 * so that a push reads like one:
 *
 *	{"a blob", "PUT", "@?digest=`layer`", .body = "layer", .status = 201} */
#ifndef LIB_API_V2_H
#define LIB_API_V2_H

#include "base/json.h"
#include "image/digest.h"
#include "lib/api.h"
#include "v2/v2.h"

#define TEXT_MAX ((size_t)32 << 20)

/* ---- the parts of documents ---- */

#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_INDEX    "application/vnd.oci.image.index.v1+json"
#define OCI_CONFIG   "application/vnd.oci.image.config.v1+json"
#define OCI_LAYER    "application/vnd.oci.image.layer.v1.tar"
#define DOCKER_IMAGE "application/vnd.docker.distribution.manifest.v2+json"

#define D(type, what) \
	"{\"mediaType\": \"" type "\", \"size\": 7, \"digest\": \"`" what "`\"}"

#define V2(type, rest) \
	"{\"schemaVersion\": 2, \"mediaType\": \"" type "\", " rest "}"

#define CONFIG(what)     "\"config\": " D(OCI_CONFIG, what)
#define LAYERS(list)     "\"layers\": [" list "]"
#define CHILDREN(list)   "\"manifests\": [" list "]"
#define SUBJECT(what)    "\"subject\": " D(OCI_MANIFEST, what)
#define KIND(type)       "\"artifactType\": \"" type "\""
#define NOTES(key, text) "\"annotations\": {\"" key "\":\"" text "\"}"

struct document {
	const char *name, *text;
};

/* Where the latest upload is: "@" in the rows. */
extern const char *latest_upload;

const char *document(struct str name);
const char *digest_of_name(struct str name);
const char *expand(const char *text);
const char *v2_common_fault(
    const struct reply *rp, const char *body, const char *want_headers);

/* `"code": "NAME_INVALID"` in the body. */
#define CODE(code) "~\"code\": \"" code "\""

void check_v2_row(const struct row *row);

/* check_v2_rows(ROWS(table)) */
void check_v2_rows(const struct row *rows, size_t n);

/* The values of all headers of this name in the latest reply, each between "<" and ">". */
const char *all_headers(const char *name);

/* Replaces the index with one that was never complete. */
void lose_index(void);
extern const struct tested api_v2;

void setup_v2(const struct document *docs, size_t n);

/* Pushes a blob in one request. */
void push_blob(const char *name, const char *text);

/* Pushes a document; the reference is a tag or its digest. */
void push_document(const char *name, const char *reference, const char *which);

#endif
