/* api_v2.c: see api_v2.h. */
#include "lib/api_v2.h"

#include <regex.h>

#include "base/buf.h"
#include "image/pretty_jws.h"
#include "store/content.h"
#include "v2/routes.h"

static const struct document *documents;

static size_t n_documents;

const char *latest_upload = "/v2/none/blobs/uploads/none";

const char *
document(struct str name)
{
	size_t i;

	for (i = 0; i < n_documents; i++)
		if (str_is(name, documents[i].name))
			return expand(documents[i].text);
	return NULL;
}

const char *
digest_of_name(struct str name)
{
	enum hash_kind kind = HASH_SHA256;
	const char *text;
	struct digest d;

	if (str_starts(name, "512 ")) {
		kind = HASH_SHA512;
		(void)str_cut(&name, ' ');
	}
	text = document(name);
	digest_of(kind, text == NULL ? name : str_of(text), &d);
	return digest_text(arena, &d);
}

static void
expand_document(struct buf *b, struct str *rest)
{
	struct str name = *rest;
	const char *text;

	name.n = strspn(rest->p, "abcdefghijklmnopqrstuvwxyz-");
	*rest = str_make(rest->p + name.n, rest->n - name.n);
	text = document(name);
	if (text == NULL) {
		errno = ENOENT;
		bail_out(str_dup(arena, name));
	}
	buf_adds(b, text);
}

const char *
expand(const char *text)
{
	struct str rest = str_of(text);
	struct buf b;

	if (text == NULL || strpbrk(text, "`$@") == NULL)
		return text;
	buf_init(&b, arena, TEXT_MAX);
	while (rest.n > 0) {
		char c = *rest.p;
		size_t plain = strcspn(rest.p, "`$@");

		buf_add(&b, rest.p, plain);
		rest = str_make(rest.p + plain, rest.n - plain);
		if (plain > 0)
			continue;
		rest = str_make(rest.p + 1, rest.n - 1);
		if (c == '`')
			buf_adds(&b, digest_of_name(str_cut(&rest, '`')));
		else if (c == '$')
			expand_document(&b, &rest);
		else
			buf_adds(&b, latest_upload);
	}
	return buf_str(&b).p;
}

/* Those of the specification, and two of distribution's. */
static bool
is_code(struct str s)
{
	static const char *const codes[] = {"BLOB_UNKNOWN", "BLOB_UPLOAD_INVALID",
	    "BLOB_UPLOAD_UNKNOWN", "DIGEST_INVALID", "MANIFEST_BLOB_UNKNOWN",
	    "MANIFEST_INVALID", "MANIFEST_UNKNOWN", "NAME_INVALID", "NAME_UNKNOWN",
	    "SIZE_INVALID", "UNAUTHORIZED", "DENIED", "UNSUPPORTED",
	    "MANIFEST_UNVERIFIED", "TOOMANYREQUESTS", "PAGINATION_NUMBER_INVALID",
	    "TAG_INVALID"};
	size_t i = 0;

	while (i < COUNT(codes) && !str_is(s, codes[i]))
		i++;
	return i < COUNT(codes);
}

static const char *
error_fault(const struct json *error, int status)
{
	struct str code = json_text(json_get(error, "code"));

	if (json_text(json_get(error, "message")).n == 0)
		return "an error without a message";
	if (status < 500)
		return is_code(code) ? NULL : "an error with an unknown code";
	if (!str_is(code, "UNKNOWN") && !str_is(code, "UNAVAILABLE"))
		return "an internal error with an unexpected code";
	return json_get(error, "detail") == NULL
		   ? NULL
		   : "an internal error that says too much";
}

static const char *
errors_fault(const char *body, int status)
{
	struct json *root = NULL, *errors;
	const char *why, *fault = NULL;
	size_t i;

	if (!json_parse(arena, str_of(body), &root, &why))
		return arena_printf(arena, "no JSON: %s", why);
	errors = json_get(root, "errors");
	if (json_length(errors) == 0)
		return "an error without a list of errors";
	for (i = 0; fault == NULL && i < json_length(errors); i++)
		fault = error_fault(json_at(errors, i), status);
	if (strstr(body, dir) != NULL || strstr(body, "docker/registry") != NULL ||
	    strstr(body, "_berth") != NULL)
		return "an error that names files of the store";
	return fault;
}

/* The digest of a signed manifest is that of its payload. */
static struct str
digested_part(const char *body)
{
	struct pretty_jws jws;

	if (pretty_jws_is_signed(str_of(body)) &&
	    pretty_jws_open(arena, str_of(body), &jws, &err) == RC_OK)
		return jws.payload;
	return str_of(body);
}

/* What it says of its content is true. */
static const char *
content_fault(const struct reply *rp, const char *body)
{
	const char *digest = reply_get(rp, "Docker-Content-Digest");
	struct digest want, got;

	if (rp->kind == REPLY_CONTENT &&
	    store_content_size(rp->content) != strlen(body))
		return "a file of another size";
	if (digest == NULL)
		return rp->kind == REPLY_CONTENT ? "a file without its digest"
						 : NULL;
	if (digest_parse(str_of(digest), &want, &err) != RC_OK)
		return "Docker-Content-Digest is not a digest";
	if (rp->status == 201)
		return NULL;
	digest_of(want.kind, digested_part(body), &got);
	if (rp->status == 200 && !digest_eq(&got, &want))
		return "content of another digest";
	return header_fault(rp, "ETag", arena_printf(arena, "\"%s\"", digest));
}

/* Without these docker and podman break off. */
static const char *
upload_fault(const struct reply *rp, const char *body)
{
	const char *at = reply_get(rp, "Location");
	const char *id = reply_get(rp, "Docker-Upload-UUID");
	const char *range = reply_get(rp, "Range");

	if (rp->status > 200 && rp->status < 400 && *body != '\0')
		return "a body";
	if (at != NULL && strncmp(at, "/v2/", 4) != 0)
		return "Location is not a path of this API";
	if (rp->status == 201)
		return at == NULL || reply_get(rp, "Docker-Content-Digest") == NULL
			   ? "created, but not where, or what"
			   : NULL;
	if (id == NULL)
		return range == NULL ? NULL : "Range of no upload";
	if (range == NULL || strncmp(range, "0-", 2) != 0 ||
	    range[2 + strspn(range + 2, "0123456789")] != '\0')
		return "an upload without its Range";
	return text_fault("Location", at == NULL ? "(none)" : at,
	    arena_printf(arena, "~/blobs/uploads/%s", id));
}

const char *
v2_common_fault(const struct reply *rp, const char *body, const char *want_headers)
{
	const char *fault = headers_fault(rp,
	    "Docker-Distribution-Api-Version: registry/2.0\n"
	    "X-Docker-Registry-Version:\nX-Docker-Registry-Config:\n"
	    "Pragma:\nExpires:\nLast-Modified:\nSet-Cookie:\nWarning:");

	if (fault == NULL && *body != '\0' &&
	    strstr(want_headers, "Content-Type: ") == NULL)
		fault = header_fault(rp, "Content-Type",
		    rp->kind == REPLY_CONTENT ? "application/octet-stream"
					      : "application/json");
	if (fault == NULL && rp->status >= 400)
		fault = headers_fault(
		    rp, "X-Request-Id: 0123\nCache-Control: no-cache");
	if (fault == NULL && rp->status >= 400)
		fault = errors_fault(body, rp->status);
	if (fault == NULL)
		fault = content_fault(rp, body);
	return fault == NULL ? upload_fault(rp, body) : fault;
}

/* As nginx's location and its map of two ways have it. */
static bool
v2_is_upload(const struct sent_request *call)
{
	static regex_t location;

	if (location.re_nsub == 0)
		(void)regcomp(&location, "^/v2/.+/blobs/uploads(/[^/?]+)?/?([?]|$)",
		    REG_EXTENDED);
	return regexec(&location, call->target, 0, NULL, 0) == 0 &&
	       strcmp(call->method, "GET") != 0 &&
	       strcmp(call->method, "HEAD") != 0 &&
	       strcmp(call->method, "DELETE") != 0;
}

void
check_v2_row(const struct row *row)
{
	const struct row spelled = {row->name, row->method, expand(row->target),
	    expand(row->headers), expand(row->body), row->status, expand(row->want),
	    expand(row->want_headers)};

	check_row(&spelled);
	if (reply_get(last_reply, "Docker-Upload-UUID") != NULL)
		latest_upload = reply_get(last_reply, "Location");
}

void
check_v2_rows(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		check_v2_row(&rows[i]);
}

const char *
all_headers(const char *name)
{
	struct buf b;
	size_t i;

	buf_init(&b, arena, 4096);
	buf_adds(&b, "");
	for (i = 0; i < last_reply->n_headers; i++)
		if (strcmp(last_reply->header[i].name, name) == 0)
			buf_printf(&b, "<%s>", last_reply->header[i].value);
	return buf_str(&b).p;
}

void
lose_index(void)
{
	close_registry();
	remove_tree(index_path());
	remove_tree(arena_printf(arena, "%s-wal", index_path()));
	remove_tree(arena_printf(arena, "%s-shm", index_path()));
	make_index();
	open_registry();
}

const struct tested api_v2 = {&v2_api, false, v2_is_upload, v2_common_fault};

void
setup_v2(const struct document *docs, size_t n)
{
	documents = docs;
	n_documents = n;
	setup_api(&api_v2);
	reindex_all();
}

void
push_blob(const char *name, const char *text)
{
	const char *target = arena_printf(
	    arena, "/v2/%s/blobs/uploads/?digest=`%s`", name, text);

	if (request("POST", expand(target), NULL, text)->status != 201)
		bail_out("a blob is not taken");
}

void
push_document(const char *name, const char *reference, const char *which)
{
	const char *target = expand(
	    arena_printf(arena, "/v2/%s/manifests/%s", name, reference));
	struct reply *rp = request("PUT", target, NULL, document(str_of(which)));

	if (rp->status != 201)
		bail_out(arena_printf(
		    arena, "%s: %s", which, str_dup(arena, rp->bytes)));
}
