/* request.c: see request.h. */
#include "http/request.h"

#include <ctype.h>
#include <string.h>

static char
fold(char c)
{
	return c == '-' ? '_' : (char)toupper((unsigned char)c);
}

static const struct header *
find(const struct request *rq, const char *name)
{
	size_t len = strlen(name), i, k;

	for (i = 0; i < rq->n_headers; i++) {
		const struct header *h = &rq->headers[i];

		if (h->name_len != len)
			continue;
		for (k = 0; k < len && fold(h->name[k]) == fold(name[k]); k++)
			;
		if (k == len)
			return h;
	}
	return NULL;
}

struct str
request_header(const struct request *rq, const char *name)
{
	const struct header *h = find(rq, name);

	return str_trim(str_of(h == NULL ? NULL : h->value));
}

bool
request_has_header(const struct request *rq, const char *name)
{
	return find(rq, name) != NULL;
}
