/* schema1.c: manifests of Docker's schema 1: which pushes are accepted
 * (t/data/schema1-push.json), what is stored of them, and that they are signed on the way
 * out, also those that another server stored. */
#include "lib/api_v2.h"
#include "lib/v2_store.h"
#include "lib/vectors.h"

#include "auth/signing_key.h"
#include "base/base64url.h"
#include "content/signature.h"
#include "image/schema1.h"
#include "store/secret.h"

#define REPO     "vec/bimg"
#define AT       "/v2/" REPO "/manifests/"
#define KEY_FILE "_berth/schema1.pem"
#define AGENT_OF(docker) \
	"User-Agent: docker/" docker " go/go1.4.2 kernel/4.4 os/linux arch/amd64"

static const struct json *vectors; /* t/data/schema1-push.json */

/* ---- the file of pushes ---- */

static bool
push_vector_layer(void *arg, const char *digest, const struct json *base64)
{
	struct sent_request call = {.method = "POST",
	    .target = arena_printf(
		arena, "/v2/" REPO "/blobs/uploads/?digest=%s", digest),
	    .has_body = true,
	    .length = -1,
	    .pass = PASS_SERVE};

	(void)arg;
	if (!base64url_decode(arena, json_text(base64), &call.body) ||
	    send_call(&call)->status != 201)
		bail_out(digest);
	return true;
}

static const struct json *
vector(const char *name)
{
	const struct json *cases = json_get(vectors, "cases");
	size_t i;

	for (i = 0; i < json_length(cases); i++)
		if (str_is(json_text(json_get(json_at(cases, i), "case")), name))
			return json_at(cases, i);
	bail_out(name);
	return NULL;
}

static const char *
body_of_case(const char *name)
{
	return vector_text(vector(name), "body");
}

static const char *
digest_of_case(const char *name)
{
	return vector_text(vector(name), "payload_digest");
}

/* ---- what is served ---- */

/* NULL, or what is wrong with the signed manifest of this digest. */
static const char *
signed_fault(const struct reply *rp, const char *digest)
{
	const char *fault = NULL;
	struct str payload;
	struct digest d;

	if (rp->status != 200)
		return arena_printf(arena, "status %d", rp->status);
	fault = headers_fault(rp, arena_printf(arena,
				      "Content-Type: " SCHEMA1_SIGNED
				      "\nDocker-Content-Digest: %s\nETag: \"%s\"",
				      digest, digest));
	if (fault != NULL)
		return fault;
	if (signature_check(arena, rp->bytes, &payload, &err) != RC_OK)
		return err.text;
	digest_of(HASH_SHA256, payload, &d);
	return strcmp(digest_text(arena, &d), digest) == 0
		   ? NULL
		   : "a payload of another digest";
}

/* GET and HEAD, by this reference. */
static void
is_served_signed(const char *name, const char *reference, const char *digest)
{
	const char *target = arena_printf(
	    arena, "/v2/%s/manifests/%s", name, reference);
	const struct reply *get = request("GET", target, NULL, NULL);
	const struct reply *head = request("HEAD", target, NULL, NULL);
	const char *fault = signed_fault(get, digest);

	if (fault == NULL)
		fault = signed_fault(head, digest);
	if (fault == NULL && head->bytes.n != get->bytes.n)
		fault = "HEAD tells another length";
	if (!ok(fault == NULL, "%s is served, signed", target))
		printf("# %s\n", fault);
}

static const char *
kid_of(const struct reply *rp)
{
	const char *at = strstr(str_dup(arena, rp->bytes), "\"kid\": \"");

	return at == NULL ? "none" : arena_strndup(arena, at + 8, 59);
}

/* ---- pushes ---- */

static void
test_taken(const struct json *v, const char *tag)
{
	const char *digest = vector_text(v, "payload_digest"),
		   *name = vector_text(v, "case");
	const struct row push = {name, "PUT", arena_printf(arena, AT "%s", tag),
	    .body = vector_text(v, "body"), .status = 201,
	    .want_headers = arena_printf(arena,
		"Docker-Content-Digest: %s\nLocation: " AT "%s", digest, digest)};
	struct digest d, stored;

	check_row(&push);
	is_served_signed(REPO, tag, digest);
	is_served_signed(REPO, digest, digest);
	(void)digest_parse(str_of(digest), &d, &err);
	digest_of(HASH_SHA256, str_of(read_text(blob_data(&d))), &stored);
	ok(digest_eq(&stored, &d), "the payload alone is stored");
	is_str(read_text(current_link(REPO, tag)), digest, "the tag means it");
}

static void
test_refused(const struct json *v, const char *tag)
{
	const char *target = arena_printf(arena, AT "%s", tag);
	const struct row rows[] = {
	    {vector_text(v, "case"), "PUT", target, .body = vector_text(v, "body"),
		.status = 400, .want = "~\"code\": \"MANIFEST_"},
	    {"nothing is left", "GET", target, .status = 404,
		.want = CODE("MANIFEST_UNKNOWN")},
	};

	check_rows(ROWS(rows));
}

static void
test_vectors(void)
{
	const struct json *cases = json_get(vectors, "cases"), *v;
	size_t i;

	is_int(json_length(cases), 31, "pushes of schema 1");
	for (i = 0; i < json_length(cases); i++) {
		v = json_at(cases, i);
		if (strcmp(vector_text(v, "want"), "take") == 0)
			test_taken(v, arena_printf(arena, "t%zu", i));
		else
			test_refused(v, arena_printf(arena, "t%zu", i));
	}
}

/* The error says what it is. */
static void
test_reasons(void)
{
	static const struct {
		const char *name, *code, *text;
	} rows[] = {
	    {"unsigned", "MANIFEST_INVALID", "must be signed"},
	    {"one letter of the payload changed", "MANIFEST_UNVERIFIED",
		"does not match its payload"},
	    {"a good and a bad signature", "MANIFEST_UNVERIFIED",
		"does not match its payload"},
	    {"kid is not the key's", "MANIFEST_UNVERIFIED", "kid must be the id"},
	    {"alg none", "MANIFEST_UNVERIFIED", "alg of a signature"},
	    {"no key", "MANIFEST_UNVERIFIED", "must have the key"},
	    {"the key is no point of the curve", "MANIFEST_UNVERIFIED",
		"must be a valid key"},
	    {"formatLength negative", "MANIFEST_INVALID", "formatLength"},
	    {"members between the payload and the signatures", "MANIFEST_INVALID",
		"formatLength"},
	    {"a member twice in the payload", "MANIFEST_INVALID",
		"the member \\\"Tag\\\" must be there only once"},
	    {"parent is not the entry below", "MANIFEST_INVALID",
		"must be the parent"},
	    {"a layer that is not here", "MANIFEST_BLOB_UNKNOWN", "sha256:000"},
	    {"a tarsum for a digest", "MANIFEST_INVALID", "blobSum"},
	};
	struct row row = {.method = "PUT", .target = AT "x", .status = 400};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		row.name = rows[i].name;
		row.body = body_of_case(rows[i].name);
		row.want = arena_printf(arena, "~\"code\": \"%s\"", rows[i].code);
		check_row(&row);
		row.want = arena_printf(arena, "~%s", rows[i].text);
		check_row(&row);
	}
}

/* What the client calls it. */
static void
test_types(void)
{
	static const struct {
		const char *type;
		int status;
	} rows[] = {
	    {SCHEMA1_SIGNED, 201},
	    {SCHEMA1_PLAIN, 201},
	    {SCHEMA1_SIGNED "; charset=utf-8", 201},
	    {"application/json", 201},
	    {"application/x-www-form-urlencoded", 201},
	    {OCI_MANIFEST, 400},
	    {DOCKER_IMAGE, 400},
	    {OCI_INDEX, 400},
	};
	const char *good = digest_of_case("good");
	struct row row = {
	    "a type", "PUT", AT "typed", .body = body_of_case("good")};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		row.name = rows[i].type;
		row.headers = arena_printf(arena, "Content-Type: %s", rows[i].type);
		row.status = rows[i].status;
		row.want = row.status == 201 ? "" : CODE("MANIFEST_INVALID");
		check_row(&row);
	}
	is_served_signed(REPO, "typed", good);
}

static void
test_references(void)
{
	const char *good = digest_of_case("good"), *body = body_of_case("good");
	const char *two = body_of_case("two keys have signed");
	const struct row rows[] = {
	    {"by the payload's digest", "PUT",
		arena_printf(arena, AT "%s?tag=a1&tag=a2", good), .body = body,
		.status = 201,
		.want_headers = arena_printf(
		    arena, "Docker-Content-Digest: %s", good)},
	    {"not by the body's", "PUT",
		arena_printf(arena, AT "%s", digest_of_name(str_of(body))),
		.body = body, .status = 400, .want = CODE("DIGEST_INVALID")},
	    {"signed by another, it is the same", "PUT", AT "a1", .body = two,
		.status = 201,
		.want_headers = arena_printf(
		    arena, "Docker-Content-Digest: %s", good)},
	    {"a client that has it", "GET", AT "a2",
		.headers = arena_printf(arena, "If-None-Match: \"%s\"", good),
		.status = 304},
	    {"it is deleted by its digest", "DELETE",
		arena_printf(arena, AT "%s", good), .status = 202},
	    {"and gone", "GET", AT "a2", .status = 404,
		.want = CODE("MANIFEST_UNKNOWN")},
	};

	check_rows(ROWS(rows));
}

static const struct document docs[] = {
    {"image", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(""))},
};

/* Dockers that push schema 1 only because schema 2 was refused. */
static void
test_agents(void)
{
	static const char *const refused[] = {"1.10.3", "1.11.2", "1.12.6",
	    "1.13.1", "17.05.0-ce", "18.09.9", "19.03.15"};
	static const char *const taken[] = {
	    "1.6.2", "1.7.1", "1.8.3", "1.9.1", "20.10.24", "28.0.0"};
	struct row row = {.method = "PUT", .target = AT "agent"};
	size_t i;

	row.body = body_of_case("good");
	row.status = 400;
	row.want = "~schema 1 is not accepted from docker 1.10 or newer";
	for (i = 0; i < COUNT(refused); i++) {
		row.name = refused[i];
		row.headers = arena_printf(
		    arena, "User-Agent: docker/%s go/go1", refused[i]);
		check_row(&row);
	}
	row.status = 201;
	row.want = NULL;
	for (i = 0; i < COUNT(taken); i++) {
		row.name = taken[i];
		row.headers = arena_printf(
		    arena, "User-Agent: docker/%s go/go1", taken[i]);
		check_row(&row);
	}
	push_blob(REPO, "config");
	row.name = "what is not schema 1";
	row.headers = AGENT_OF("19.03.15");
	row.body = expand("$image");
	check_row(&row);
}

/* docker 1.6 to 1.9 ask by what docker 1.5 remembered, and push after 404 alone. */
static void
test_tarsums(void)
{
#define TARSUM \
	"tarsum.v1+sha256:" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	static const struct row rows[] = {
	    {"a tarsum", "GET", "/v2/" REPO "/blobs/" TARSUM, .status = 404,
		.want = CODE("BLOB_UNKNOWN")},
	    {"encoded", "GET",
		"/v2/" REPO "/blobs/tarsum.v1%2Bsha256%3A"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		.status = 404, .want = CODE("BLOB_UNKNOWN")},
	};

	check_rows(ROWS(rows));
}

/* ---- what others left ---- */

/* distribution 2.0 to 2.4 kept the signatures next to the payload; later ones do not. */
static void
test_of_distribution(void)
{
	const char *body = body_of_case("good");
	struct pretty_jws jws;
	struct digest d, s;

	if (pretty_jws_open(arena, str_of(body), &jws, &err) != RC_OK)
		bail_out(err.text);
	d = write_manifest("old/app", str_dup(arena, jws.payload));
	write_tag("old/app", "1", &d);
	is_served_signed("old/app", "1", digest_text(arena, &d));
	s = sha256("{\"header\": {}, \"signature\": \"x\", \"protected\": \"y\"}");
	write_text(blob_data(&s),
	    "{\"header\": {}, \"signature\": \"x\", \"protected\": \"y\"}");
	write_text(in_repo("old/app",
		       arena_printf(arena,
			   "_manifests/revisions/sha256/%s/signatures/sha256/%s/"
			   "link",
			   d.hex, s.hex)),
	    digest_text(arena, &s));
	is_served_signed("old/app", "1", digest_text(arena, &d));
	is_served_signed("old/app", digest_text(arena, &d), digest_text(arena, &d));
}

/* An earlier berth kept the whole body, under its own digest. */
static void
test_of_earlier_berth(void)
{
	const char *body = body_of_case("good"), *digest;
	struct digest d = write_manifest("raw/app", body);
	struct row row = {.method = "GET", .status = 200, .want = body};

	write_tag("raw/app", "1", &d);
	digest = digest_text(arena, &d);
	row.want_headers = arena_printf(arena,
	    "Content-Type: " SCHEMA1_SIGNED
	    "\nDocker-Content-Digest: %s\nETag: \"%s\"",
	    digest, digest);
	row.name = "by tag";
	row.target = "/v2/raw/app/manifests/1";
	ok(reply_text(request("GET", row.target, NULL, NULL)).n == strlen(body) &&
		headers_fault(last_reply, row.want_headers) == NULL &&
		str_is(reply_text(last_reply), body),
	    "by tag, as it is");
	row.target = arena_printf(arena, "/v2/raw/app/manifests/%s", digest);
	ok(str_is(reply_text(request("GET", row.target, NULL, NULL)), body) &&
		headers_fault(last_reply, row.want_headers) == NULL,
	    "by digest, as it is");
}

/* What nobody could sign goes out as it is. */
static void
test_odd(void)
{
	static const char *const texts[] = {
	    "{\"schemaVersion\": 1, \"signatures\": 7}",
	    "{\"mediaType\": \"" SCHEMA1_PLAIN "\", \"signatures\": []}"};
	size_t i;

	for (i = 0; i < COUNT(texts); i++) {
		struct digest d = write_manifest("odd/app", texts[i]);
		const char *target = arena_printf(
		    arena, "/v2/odd/app/manifests/%s", digest_text(arena, &d));

		ok(str_is(reply_text(request("GET", target, NULL, NULL)), texts[i]),
		    "%s", texts[i]);
	}
}

/* ---- the key ---- */

static void
test_key(void)
{
	const char *kid = kid_of(
	    request("GET", "/v2/old/app/manifests/1", "", NULL));
	const struct signing_key *key = signing_key_new(arena);
	struct stat sb = stat_of(KEY_FILE);

	is_int(sb.st_mode & 07777, 0600, "the key is for berth's user alone");
	is_str(kid_of(request("GET", "/v2/old/app/manifests/1", "", NULL)), kid,
	    "each answer is signed with it");
	close_registry();
	open_registry();
	is_str(kid_of(request("GET", "/v2/old/app/manifests/1", "", NULL)), kid,
	    "after a start too");
	reg.signing_key = key;
	is_str(kid_of(request("GET", "/v2/old/app/manifests/1", "", NULL)),
	    signing_key_public(key)->kid, "unless another one is configured");
	is_served_signed("old/app", "1", digest_of_case("good"));
	reg.signing_key = NULL;
	write_text(KEY_FILE, "no key\n");
	is_int(request("GET", "/v2/old/app/manifests/1", "", NULL)->status, 500,
	    "a file that is not a key is reported, not replaced");
	is_str(read_text(KEY_FILE), "no key\n", "it is still there");
	if (unlink(in_dir(KEY_FILE)) == -1)
		bail_out(KEY_FILE);
	make_dir(KEY_FILE);
	is_served_signed("old/app", "1", digest_of_case("good"));
	if (rmdir(in_dir(KEY_FILE)) == -1)
		bail_out(KEY_FILE);
	is_served_signed("old/app", "1", digest_of_case("good"));
	ok(is_there(KEY_FILE),
	    "signed also while a key cannot be stored; then it is");
}

int
main(void)
{
	setup_v2(docs, COUNT(docs));
	vectors = vectors_read("schema1-push.json");
	json_members(json_get(vectors, "layers"), push_vector_layer, NULL);
	test_vectors();
	test_reasons();
	test_types();
	test_references();
	test_agents();
	test_tarsums();
	test_of_distribution();
	test_of_earlier_berth();
	test_odd();
	test_key();
	return teardown_api();
}
