/* route.c: see route.h. Patterns are compared word by word with the path; a table has a few
 * dozen rows, so nothing is compiled. */
#include "api/route.h"

#include <string.h>

#include "api/call.h"

/* After the name of a "*": the number of parts that it takes. */
#define EXACTLY_TWO  "{2}"
#define AT_LEAST_TWO "{2,}"

/* n parts of the path from the index `first`, with slashes between them. */
static struct str
join_parts(const struct call *c, size_t first, size_t n)
{
	const struct str *part = &c->target.part[first];
	struct buf b;
	size_t i;

	if (n == 1)
		return part[0];
	buf_init(&b, c->task.arena, c->rq->target.n + 1);
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(&b, '/');
		buf_add(&b, part[i].p, part[i].n);
	}
	return buf_str(&b);
}

static size_t
count_parts(struct str pattern)
{
	size_t n = 0;

	while (pattern.p != NULL)
		n += str_cut(&pattern, '/').n > 0;
	return n;
}

/* Can a path of this length, and with this end, fit the pattern? */
static bool
may_fit(const char *pattern, size_t wanted, const struct target *path)
{
	if (pattern[strlen(pattern) - 1] == '/' && pattern[1] != '\0' &&
	    !path->slash)
		return false;
	if (strstr(pattern, EXACTLY_TWO) != NULL)
		return path->n == wanted + 1;
	if (strstr(pattern, AT_LEAST_TWO) != NULL)
		return path->n > wanted;
	return strchr(pattern, '*') != NULL ? path->n >= wanted : path->n == wanted;
}

static bool
fits_pattern(const char *text, struct call *c)
{
	struct str pattern = str_of(text);
	size_t wanted = count_parts(pattern), at = 0;

	if (!may_fit(text, wanted, &c->target))
		return false;
	c->args.n = 0;
	while (pattern.p != NULL) {
		struct str word = str_cut(&pattern, '/');
		size_t n = 1;

		if (word.n == 0)
			continue;
		if (word.p[0] == '*')
			n = c->target.n - wanted + 1;
		if (word.p[0] == '*' || word.p[0] == ':')
			c->args.word[c->args.n++] = join_parts(c, at, n);
		else if (!str_eq(word, c->target.part[at]))
			return false;
		at += n;
	}
	return true;
}

static bool
takes_method(const struct route *route, const char *method)
{
	return strcmp(route->method, method) == 0 ||
	       (strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0);
}

static bool
names_resource(const struct route *row, struct call *c)
{
	return fits_pattern(row->pattern, c) &&
	       (!row->own_method || takes_method(row, c->rq->method));
}

/* The methods of all rows with the pattern of the row `first`. */
static const char *
allow_of(const struct api *api, size_t first, struct arena *a)
{
	struct buf b;
	size_t i;

	buf_init(&b, a, 256);
	for (i = first; i < api->n_routes; i++) {
		const struct route *row = &api->routes[i];

		if (row->own_method ||
		    strcmp(row->pattern, api->routes[first].pattern) != 0)
			continue;
		buf_printf(&b, "%s, ", row->method);
		if (strcmp(row->method, "GET") == 0)
			buf_adds(&b, "HEAD, ");
	}
	buf_adds(&b, "OPTIONS");
	return buf_str(&b).p;
}

const struct route *
route_find(const struct api *api, struct call *c, const char **allow)
{
	size_t i, first;

	*allow = NULL;
	for (first = 0; first < api->n_routes; first++)
		if (names_resource(&api->routes[first], c))
			break;
	for (i = first; i < api->n_routes; i++)
		if (takes_method(&api->routes[i], c->rq->method) &&
		    strcmp(api->routes[i].pattern, api->routes[first].pattern) == 0)
			return &api->routes[i];
	if (first < api->n_routes)
		*allow = allow_of(api, first, c->task.arena);
	return NULL;
}

size_t
route_cost(const struct route *route, int64_t length)
{
	const struct cost *cost = &route->cost;
	size_t body = 0, bytes;

	if (route->body == BODY_SMALL)
		body = length >= 0 && (uint64_t)length < route->limit
			   ? (size_t)length
			   : route->limit;
	bytes = cost->fixed + cost->per_byte * body;
	return bytes < cost->limit ? bytes : cost->limit;
}
