/* api.h: an API in one process, without a server: requests made by hand, handed to
 * dispatch(), and tables of what must come back.
 *
 *	{"a tag", "GET", "/v1/repositories/a/b/tags/x", .status = 200, .want = ID}
 *
 * Each GET row is run as HEAD too, which must not differ. t/README has the language of rows.
 * A test begins with setup_v1() (api_v1.h) or setup_v2() (api_v2.h). */
#ifndef LIB_API_H
#define LIB_API_H

#include "lib/registry.h"
#include "serve/dispatch.h"

#define ERROR(text) "{\"error\": \"" text "\"}"

struct row {
	const char *name, *method, *target;
	const char *headers; /* a line each; NULL: none */
	const char *body;    /* NULL: none */
	int status;
	const char *want; /* the body; "~text": that is in it; NULL: empty */
	const char *want_headers; /* a line each: "Name: value", "Name: ~text",
				     "Name:" (is not set) */
};

/* A request as nginx hands it over. */
struct sent_request {
	const char *method, *target, *headers;
	struct str body;
	bool has_body;
	bool chunked;   /* its length is not known beforehand */
	int64_t length; /* when has_body is not set: what was announced */
	const char *precheck_token; /* of the pass before the body; NULL: none */
	enum pass pass;
};

/* The API that is tested. */
struct tested {
	const struct api *api;
	/* and what belongs to neither API, which has the same form */
	bool with_ops;

	/* Would nginx (nginx/berth-server.conf) make a file of this body? */
	bool (*is_upload)(const struct sent_request *call);

	/* "Every answer" of the API: NULL, or what is wrong with this one. */
	const char *(*common_fault)(
	    const struct reply *rp, const char *body, const char *want_headers);
};

extern struct tested api_tested;

extern struct api_options api_options;

extern unsigned bodies_read;

extern struct call *last_call;
extern struct reply *last_reply;

void setup_api(const struct tested *what);
int teardown_api(void);

/* ---- a request ---- */

/* The request must stay: a reply that is a stream is written when its text is asked for. */
struct reply *send_call(struct sent_request *call);

/* The body, as a client gets it. */
struct str reply_text(const struct reply *rp);
struct reply *request(
    const char *method, const char *target, const char *headers, const char *body);

/* ---- what must come back: NULL, or what is wrong ---- */

const char *text_fault(const char *what, const char *got, const char *want);
const char *header_fault(
    const struct reply *rp, const char *name, const char *want);
const char *headers_fault(const struct reply *rp, const char *lines);
const char *reply_fault(const struct reply *rp, const struct row *row);
void check_row(const struct row *row);

/* check_rows(ROWS(table)) */
#define ROWS(rows) rows, COUNT(rows)

void check_rows(const struct row *rows, size_t n);

/* ---- all rows of a route table ---- */

/* A path for the pattern: "*x" becomes this name, ":x" a word. ("{2}" after "*x" goes
 * with it.) */
const char *example_path(const char *pattern, const char *name);

/* Each route names its methods and takes no others; each was asked by some row.
 * other: a method of no route; refusal: the body of the answer. */
void check_methods(const char *other, const char *refusal);

#endif
