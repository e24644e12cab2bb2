/* stream.c: remote_fetch(): large bodies, each on a thread of its own.
 *
 * A fetch outlives the request that started it: a layer of a mirror is fetched to its end
 * even if every client that wants it has left. Therefore it has its own arena with copies
 * of the call, its thread is detached, and remote_free() waits until none runs.
 *
 * The headers of the answer are known to be complete only when the body begins, or when
 * libcurl returns because there is none; begin() is called then. There is no limit on the
 * time of a whole fetch, since a layer can be large and the line slow: it fails if fewer
 * than BYTES_PER_S_MIN bytes a second arrive for silence_ms.
 *
 * A body that ended early is recognised by its Content-Length, its last chunk or its HTTP/2
 * stream: libcurl reports an error. A body of HTTP/1 with none of these ends with the
 * connection, and then nobody can say whether it is complete. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/must.h"

#include "remote/internal.h"

#define FETCHES_MAX     32
#define BYTES_PER_S_MIN 1000L

struct fetch {
	struct remote *rm;
	struct remote_stream stream;
	struct arena *arena;
	struct remote_call call; /* its texts are copies in the arena */
	struct remote_answer head;
	struct transfer_run run;
	uint64_t received; /* bytes */
	bool chunked;
	bool begun;
	bool stopped; /* by begin or take */
	bool over_limit;
};

struct remote_streams {
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	unsigned running;
};

struct remote_streams *
remote_streams_new(void)
{
	struct remote_streams *s = must_alloc(1, sizeof(*s));

	(void)pthread_mutex_init(&s->mutex, NULL);
	(void)pthread_cond_init(&s->ended, NULL);
	return s;
}

void
remote_streams_free(struct remote_streams *s)
{
	(void)pthread_mutex_lock(&s->mutex);
	while (s->running > 0)
		(void)pthread_cond_wait(&s->ended, &s->mutex);
	(void)pthread_mutex_unlock(&s->mutex);
	(void)pthread_cond_destroy(&s->ended);
	(void)pthread_mutex_destroy(&s->mutex);
	free(s);
}

/* ---- callbacks of libcurl ---- */

/* Is it a Transfer-Encoding whose last coding is chunked (RFC 9112, section 6.1)? Then the
 * last chunk marks the end of the body. */
static bool
says_chunked(struct str line)
{
	static const char chunked[] = "chunked";
	struct str name = str_cut(&line, ':'), value = str_trim(line);
	size_t n = strlen(chunked);

	return str_is_nocase(name, "Transfer-Encoding") && value.n >= n &&
	       strncasecmp(value.p + value.n - n, chunked, n) == 0;
}

/* Called for the header lines of each answer of a chain of redirects; the last one counts. */
static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;
	struct str line = transfer_line(p, n * size);

	if (str_starts(line, "HTTP/"))
		f->chunked = false;
	else if (says_chunked(line))
		f->chunked = true;
	transfer_take_header(&f->run, line);
	return n * size;
}

/* Called when the headers are complete, which can be twice. */
static bool
begin(struct fetch *f)
{
	curl_off_t length = -1;
	long status = 0;

	if (f->begun)
		return true;
	f->begun = true;
	/* -1 stays if the answer has no Content-Length. */
	(void)curl_easy_getinfo(f->run.curl, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(
	    f->run.curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	f->head.status = (int)status;
	f->stopped = !f->stream.begin(f->stream.arg, &f->head, length);
	return !f->stopped;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;

	n *= size;
	if (!begin(f))
		return 0;
	f->received += n;
	f->over_limit = f->received > f->call.limit;
	if (!f->over_limit)
		f->stopped = !f->stream.take(f->stream.arg, p, n);
	return f->over_limit || f->stopped ? 0 : n;
}

/* ---- the thread ---- */

static enum result
perform(struct fetch *f, struct err *err)
{
	long silence = (long)(f->rm->options.silence_ms + 999) / 1000;
	enum result r;

	(void)curl_easy_setopt(
	    f->run.curl, CURLOPT_LOW_SPEED_LIMIT, BYTES_PER_S_MIN);
	(void)curl_easy_setopt(f->run.curl, CURLOPT_LOW_SPEED_TIME, silence);
	r = remote_perform(f->rm, &f->run, err);
	if (r == RC_OK)
		(void)begin(f);
	if (f->stopped)
		return err_set(err, RC_STOPPED, "the receiver ended the fetch");
	if (f->over_limit)
		return err_set(err, RC_UPSTREAM,
		    "the body is larger than the limit of %zu bytes",
		    f->call.limit);
	return r;
}

/* Is it certain that nothing is missing (RFC 9112, section 8)? */
static bool
is_whole(const struct fetch *f)
{
	curl_off_t length = -1;
	long version = 0;

	(void)curl_easy_getinfo(
	    f->run.curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	(void)curl_easy_getinfo(f->run.curl, CURLINFO_HTTP_VERSION, &version);
	return length >= 0 || f->chunked || version >= CURL_HTTP_VERSION_2_0;
}

static void
leave(struct remote_streams *s)
{
	(void)pthread_mutex_lock(&s->mutex);
	s->running--;
	(void)pthread_cond_broadcast(&s->ended);
	(void)pthread_mutex_unlock(&s->mutex);
}

static void *
run(void *arg)
{
	struct fetch *f = arg;
	struct remote_streams *s = f->rm->streams;
	struct curl_slist *list;
	struct err err = {""};
	enum result r;
	bool whole;

	f->run = (struct transfer_run){.curl = remote_borrow(f->rm),
	    .arena = f->arena,
	    .call = &f->call,
	    .out = &f->head,
	    .on_header = on_header,
	    .on_body = on_body,
	    .arg = f};
	r = transfer_set_call(f->run.curl, &f->call, &list, &err);
	if (r == RC_OK)
		r = perform(f, &err);
	whole = r == RC_OK && is_whole(f);
	f->stream.end(f->stream.arg, r, whole, &err);
	/* f->rm is valid until leave(): remote_free() waits for that. */
	remote_return(f->rm, f->run.curl);
	curl_slist_free_all(list);
	arena_free(f->arena);
	leave(s);
	return NULL;
}

bool
remote_is_fetching(struct remote *rm)
{
	struct remote_streams *s = rm->streams;
	bool running;

	(void)pthread_mutex_lock(&s->mutex);
	running = s->running > 0;
	(void)pthread_mutex_unlock(&s->mutex);
	return running;
}

/* ---- starting a fetch ---- */

/* Copies a list that ends with NULL. */
static const char *const *
copy_texts(struct arena *a, const char *const *texts)
{
	const char **copy;
	size_t i, n = 0;

	if (texts == NULL)
		return NULL;
	while (texts[n] != NULL)
		n++;
	copy = arena_alloc(a, (n + 1) * sizeof(*copy));
	for (i = 0; i < n; i++)
		copy[i] = arena_strdup(a, texts[i]);
	return copy;
}

static struct fetch *
new_fetch(struct remote *rm, const struct remote_call *call,
    const struct remote_stream *stream)
{
	struct arena *a = arena_new();
	struct fetch *f = arena_alloc(a, sizeof(*f));

	f->rm = rm;
	f->arena = a;
	f->stream = *stream;
	f->call = *call;
	f->call.url = arena_strdup(a, call->url);
	f->call.headers = copy_texts(a, call->headers);
	f->call.capture = copy_texts(a, call->capture);
	return f;
}

/* Counts a fetch, unless the limit is reached or remote_give_up() was called. */
static bool
enter(struct remote *rm)
{
	struct remote_streams *s = rm->streams;
	bool may;

	(void)pthread_mutex_lock(&s->mutex);
	may = s->running < FETCHES_MAX && !atomic_load(&rm->ending);
	s->running += may;
	(void)pthread_mutex_unlock(&s->mutex);
	return may;
}

enum result
remote_fetch(struct remote *rm, const struct remote_call *call,
    const struct remote_stream *stream, struct err *err)
{
	struct fetch *f;
	pthread_attr_t attr;
	pthread_t thread;
	int failed;

	if (!enter(rm))
		return err_set(err, RC_BUSY,
		    "%d fetches run already, which is the limit, or berth is ending",
		    FETCHES_MAX);
	f = new_fetch(rm, call, stream);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	failed = pthread_create(&thread, &attr, run, f);
	(void)pthread_attr_destroy(&attr);
	if (failed == 0)
		return RC_OK;
	arena_free(f->arena);
	leave(rm->streams);
	errno = failed;
	return err_set(err, RC_BUSY, "cannot start a thread for a fetch: %m");
}
