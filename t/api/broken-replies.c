/* broken-replies.c: replies whose rest cannot be sent after their first bytes: the result
 * says so, and the log has a line with the id of the request and the reason. */
#include "base/log.h"
#include "lib/api_v2.h"

static const struct document docs[] = {
    {"image", V2(OCI_MANIFEST, CONFIG("config") ", " LAYERS(""))},
};

/* The line that is logged for the latest request when its reply ended with this result. */
static const char *
logged(enum result sent)
{
	const char *text;

	write_text("log", "");
	(void)log_open(arena_printf(arena, "%s/log", dir), LOG_DEBUG);
	dispatch_log(last_call, RC_OK, sent);
	(void)log_open("/dev/null", LOG_DEBUG);
	text = read_text("log");
	return text == NULL ? "" : text;
}

static enum result
send_stream(struct sink sink)
{
	last_call->err.text[0] = '\0';
	return last_reply->stream(last_reply->stream_arg, sink, &last_call->err);
}

static bool
write_nothing(void *arg, const char *p, size_t n)
{
	(void)arg, (void)p, (void)n;
	return false;
}

/* Checks the line of a reply that breaks off. */
static void
check_line(
    enum result sent, const char *level, const char *result, const char *what)
{
	const char *line = logged(sent);

	if (!ok(strstr(line, level) != NULL &&
		    strstr(line, " request.broken id=0123 ") != NULL &&
		    strstr(line, "status=200 method=GET ") != NULL &&
		    strstr(line, result) != NULL &&
		    strstr(line, "reason=\"") != NULL,
		"%s leaves a line with its id and its reason", what))
		printf("# %s", line);
}

/* More tags than a page has, so that the rest is read while the reply is sent. */
static void
push_many_tags(void)
{
	struct buf b;
	int i, k;

	push_blob("many", "config");
	for (i = 0; i < 1056; i += 32) {
		buf_init(&b, arena, 4096);
		buf_printf(&b, "t%04d?x", i);
		for (k = i + 1; k < i + 32; k++)
			buf_printf(&b, "&tag=t%04d", k);
		push_document("many", b.p, "image");
	}
}

static void
test_whole(void)
{
	struct buf b;

	request("GET", "/v2/many/tags/list", NULL, NULL);
	buf_init(&b, arena, (size_t)1 << 20);
	is_int(send_stream(buf_sink(&b)), RC_OK, "a list that is sent whole");
	ok(strstr(logged(RC_OK), " debug request id=0123 status=200 ") != NULL,
	    "it has the usual line");
}

static void
test_client_gone(void)
{
	const struct sink nowhere = {write_nothing, NULL};
	static const char *const targets[] = {
	    "/v2/many/tags/list", "/v1/search?q="};
	size_t i;

	for (i = 0; i < COUNT(targets); i++) {
		request("GET", targets[i], NULL, NULL);
		is_int(send_stream(nowhere), RC_CLIENT_GONE,
		    "%s: the client takes no more", targets[i]);
		check_line(
		    RC_CLIENT_GONE, " debug ", " result=client_gone ", targets[i]);
	}
}

static void
test_search(void)
{
	struct buf b;
	enum result r;

	request("GET", "/v1/search?q=", NULL, NULL);
	is_int(last_reply->status, 200, "a search begins");
	remove_tree(index_path());
	buf_init(&b, arena, (size_t)1 << 20);
	r = send_stream(buf_sink(&b));
	is_int(r, RC_REBUILDING, "the index is lost before its rows are read");
	check_line(r, " error ", " result=rebuilding ", "a search that breaks off");
	lose_index();
	reindex_all();
}

static void
test_tags(void)
{
	struct buf b;
	enum result r;

	request("GET", "/v2/many/tags/list", NULL, NULL);
	is_int(last_reply->status, 200, "a list of tags begins");
	lose_index();
	remove_tree(
	    arena_printf(arena, "%s/docker/registry/v2/repositories/many", dir));
	buf_init(&b, arena, (size_t)1 << 20);
	r = send_stream(buf_sink(&b));
	is_int(r, RC_REPOSITORY_UNKNOWN,
	    "the repository is removed before the second page is read");
	ok(strstr(buf_str(&b).p, "\"t0999\"") != NULL &&
		strstr(buf_str(&b).p, "]}") == NULL,
	    "the first page was sent, and no end");
	check_line(r, " error ", " result=repository_unknown ",
	    "a list of tags that breaks off");
}

int
main(void)
{
	setup_v2(docs, COUNT(docs));
	push_many_tags();
	reg.slow_requests_max = 0;
	test_whole();
	test_client_gone();
	test_search();
	test_tags();
	return teardown_api();
}
