/* request.c: see request.h. */
#include "http/request.h"

#include <ctype.h>
#include <string.h>

static char
fold(char c)
{
	return c == '-' ? '_' : (char)toupper((unsigned char)c);
}

static bool
is_named(const struct header *h, const char *name, size_t len)
{
	size_t k;

	if (h->name_len != len)
		return false;
	for (k = 0; k < len && fold(h->name[k]) == fold(name[k]); k++)
		;
	return k == len;
}

bool
request_next_header(
    const struct request *rq, const char *name, size_t *at, struct str *value)
{
	size_t len = strlen(name);

	for (; *at < rq->n_headers; ++*at)
		if (is_named(&rq->headers[*at], name, len)) {
			*value = str_trim(str_of(rq->headers[(*at)++].value));
			return true;
		}
	return false;
}

struct str
request_header(const struct request *rq, const char *name)
{
	struct str value = str_of(NULL);
	size_t at = 0;

	(void)request_next_header(rq, name, &at, &value);
	return value;
}

bool
request_has_header(const struct request *rq, const char *name)
{
	struct str ignored;
	size_t at = 0;

	return request_next_header(rq, name, &at, &ignored);
}

bool
request_has_credentials(const struct request *rq)
{
	return request_has_header(rq, "Authorization") ||
	       request_has_header(rq, "Cookie") ||
	       request_has_header(rq, "X-Signature");
}
