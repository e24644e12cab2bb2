/* api_both.c: see api_both.h. */
#include "lib/api_both.h"

#include "base/buf.h"
#include "lib/api_v1.h"
#include "lib/api_v2.h"
#include "lib/text_digest.h"
#include "store/content.h"

static struct tested v1, v2;

static bool
is_upload(const struct sent_request *call)
{
	return v1.is_upload(call) || v2.is_upload(call);
}

static const char *
common_fault(const struct reply *rp, const char *body, const char *want_headers)
{
	const struct tested *api = str_starts(last_call->rq->target, "/v1/") ? &v1
									     : &v2;

	return api->common_fault(rp, body, want_headers);
}

void
setup_both(void)
{
	v1 = api_v1;
	v2 = api_v2;
	setup_v2(NULL, 0);
	api_tested.is_upload = is_upload;
	api_tested.common_fault = common_fault;
}

void
must_send(const char *method, const char *target, struct str body, int status)
{
	struct sent_request call = {.method = method,
	    .target = target,
	    .body = body,
	    .has_body = body.p != NULL,
	    .length = -1,
	    .pass = PASS_SERVE};

	if (send_call(&call)->status != status)
		bail_out(arena_printf(arena, "%s %s: %d, not %d: %s", method,
		    target, last_reply->status, status,
		    last_reply->kind == REPLY_BYTES && last_reply->bytes.n > 0
			? str_dup(arena, last_reply->bytes)
			: ""));
}

const char *
send_blob(const char *name, struct str bytes)
{
	const char *text;
	struct digest d;

	digest_of(HASH_SHA256, bytes, &d);
	text = digest_text(arena, &d);
	must_send("POST",
	    arena_printf(arena, "/v2/%s/blobs/uploads/?digest=%s", name, text),
	    bytes, 201);
	return text;
}

const char *
send_manifest(
    const char *name, const char *reference, const char *type, const char *manifest)
{
	const char *target = arena_printf(
	    arena, "/v2/%s/manifests/%s", name, reference);
	struct digest d = sha256(manifest);

	if (request("PUT", target, arena_printf(arena, "Content-Type: %s", type),
		manifest)
		->status != 201)
		bail_out(str_dup(arena, last_reply->bytes));
	return digest_text(arena, &d);
}

static void
add_descriptor(struct buf *b, const char *type, const char *bytes)
{
	struct digest d = sha256(bytes);

	buf_printf(b, "{\"mediaType\":\"%s\",\"size\":%zu,\"digest\":\"%s\"}", type,
	    strlen(bytes), digest_text(arena, &d));
}

const char *
send_image(const struct bridged *image)
{
	struct buf b;
	size_t i;

	buf_init(&b, arena, 1 << 20);
	buf_adds(&b, "{\"schemaVersion\":2,\"mediaType\":\"" DOCKER_MANIFEST
		     "\",\"config\":");
	add_descriptor(
	    &b, "application/vnd.docker.container.image.v1+json", image->config);
	buf_adds(&b, ",\"layers\":[");
	(void)send_blob(image->name, str_of(image->config));
	for (i = 0; i < COUNT(image->layers) && image->layers[i] != NULL; i++) {
		(void)send_blob(image->name, str_of(image->layers[i]));
		buf_adds(&b, i == 0 ? "" : ",");
		add_descriptor(&b, image->type == NULL ? DOCKER_LAYER : image->type,
		    image->layers[i]);
	}
	buf_adds(&b, "]}");
	return send_manifest(
	    image->name, image->tag, DOCKER_MANIFEST, buf_str(&b).p);
}

const char *
config_of(const char *what, size_t n)
{
	struct buf b;
	size_t i;

	buf_init(&b, arena, 1 << 20);
	buf_printf(&b,
	    "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{"
	    "\"Env\":[\"WHAT=%s\"]},\"history\":[",
	    what);
	for (i = 0; i < n; i++)
		buf_printf(&b, "{\"created_by\":\"ADD %zu\"},", i);
	buf_adds(&b, "{\"created_by\":\"CMD\",\"empty_layer\":true}],"
		     "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[");
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s\"sha256:%064zu\"", i == 0 ? "" : ",", i);
	buf_adds(&b, "]}}");
	return buf_str(&b).p;
}

const char *
v1_id(const char *name, const char *tag)
{
	const char *target = arena_printf(
	    arena, "/v1/repositories/%s/tags/%s", name, tag);
	struct str text;

	if (request("GET", target, NULL, NULL)->status != 200)
		return NULL;
	text = last_reply->bytes;
	return text.n < 2 ? NULL : str_dup(arena, str_make(text.p + 1, text.n - 2));
}

const char *
v2_digest(const char *name, const char *tag)
{
	const char *target = arena_printf(arena, "/v2/%s/manifests/%s", name, tag);

	return request("HEAD", target, NULL, NULL)->status == 200
		   ? reply_get(last_reply, "Docker-Content-Digest")
		   : NULL;
}

struct str
reply_file(void)
{
	const char *path = in_dir(store_content_uri(last_reply->content));
	struct stat st = stat_of(store_content_uri(last_reply->content));
	char *bytes = arena_alloc(arena, (size_t)st.st_size + 1);
	FILE *f = fopen(path, "re");
	size_t n = f == NULL ? 0 : fread(bytes, 1, (size_t)st.st_size, f);

	if (f == NULL)
		bail_out(path);
	(void)fclose(f);
	return str_make(bytes, n);
}
