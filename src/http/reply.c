/* reply.c: see reply.h. */
#include "http/reply.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

void
reply_init(struct reply *rp, struct arena *a)
{
	memset(rp, 0, sizeof(*rp));
	rp->arena = a;
	rp->status = 200;
}

static size_t
index_of(const struct reply *rp, const char *name)
{
	size_t i;

	for (i = 0; i < rp->n_headers; i++)
		if (strcasecmp(rp->header[i].name, name) == 0)
			break;
	return i;
}

static const char *
one_line(struct arena *a, const char *value)
{
	char *copy, *to;

	for (const char *p = value; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			goto clean;
	return value;
clean:
	copy = to = arena_strdup(a, value);
	for (; *value != '\0'; value++)
		if ((unsigned char)*value >= ' ' && *value != 0x7f)
			*to++ = *value;
	*to = '\0';
	return copy;
}

void
reply_header(struct reply *rp, const char *name, const char *value)
{
	size_t i = index_of(rp, name);

	assert(i < REPLY_HEADERS);
	rp->header[i].name = name;
	rp->header[i].value = one_line(rp->arena, value);
	if (i == rp->n_headers)
		rp->n_headers++;
}

void
reply_add(struct reply *rp, const char *name, const char *value)
{
	assert(rp->n_headers < REPLY_HEADERS);
	rp->header[rp->n_headers].name = name;
	rp->header[rp->n_headers++].value = one_line(rp->arena, value);
}

const char *
reply_get(const struct reply *rp, const char *name)
{
	size_t i = index_of(rp, name);

	return i < rp->n_headers ? rp->header[i].value : NULL;
}

void
reply_drop(struct reply *rp, const char *name)
{
	size_t i = index_of(rp, name);

	if (i < rp->n_headers)
		rp->header[i] = rp->header[--rp->n_headers];
}

void
reply_json(struct reply *rp, int status, struct str json)
{
	rp->status = status;
	rp->kind = REPLY_BYTES;
	rp->bytes = json;
	reply_header(rp, "Content-Type", "application/json");
}

void
reply_none(struct reply *rp, int status)
{
	rp->status = status;
	rp->kind = REPLY_BYTES;
	rp->bytes = str_of(NULL);
}

void
reply_content(struct reply *rp, const struct content *content, const char *type)
{
	rp->status = 200;
	rp->kind = REPLY_CONTENT;
	rp->content = content;
	reply_header(rp, "Content-Type", type);
}

void
reply_stream(struct reply *rp, reply_stream_fn *stream, void *arg)
{
	rp->status = 200;
	rp->kind = REPLY_STREAM;
	rp->stream = stream;
	rp->stream_arg = arg;
	reply_header(rp, "Content-Type", "application/json");
}

const char *
reply_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {{200, "OK"}, {201, "Created"}, {202, "Accepted"},
	    {204, "No Content"}, {206, "Partial Content"}, {304, "Not Modified"},
	    {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"},
	    {404, "Not Found"}, {405, "Method Not Allowed"}, {409, "Conflict"},
	    {411, "Length Required"}, {412, "Precondition Failed"},
	    {413, "Content Too Large"}, {414, "URI Too Long"},
	    {416, "Range Not Satisfiable"}, {429, "Too Many Requests"},
	    {500, "Internal Server Error"}, {503, "Service Unavailable"},
	    {507, "Insufficient Storage"}};
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}
