/* condition.c: see condition.h. */
#include "http/condition.h"

#include <string.h>

/* Cuts the first element off a list of tags. A tag may hold a comma between its quotes
 * (RFC 9110, section 8.8.3). */
static struct str
cut_tag(struct str *list)
{
	struct str tag = *list;
	bool quoted = false;
	size_t i;

	for (i = 0; i < list->n && (quoted || list->p[i] != ','); i++)
		if (list->p[i] == '"')
			quoted = !quoted;
	tag.n = i;
	*list = i < list->n ? str_make(list->p + i + 1, list->n - i - 1)
			    : str_make(NULL, 0);
	return str_trim(tag);
}

static struct str
unquoted(struct str tag)
{
	if (tag.n >= 2 && tag.p[0] == '"' && tag.p[tag.n - 1] == '"')
		return str_make(tag.p + 1, tag.n - 2);
	return tag;
}

/* A weak comparison ignores W/ before a tag, a strong one matches no weak tag (section
 * 8.8.3.2). */
static bool
same_tag(struct str tag, const char *etag, bool weak)
{
	if (str_starts(tag, "W/")) {
		if (!weak)
			return false;
		tag = str_make(tag.p + 2, tag.n - 2);
	}
	return str_eq(unquoted(tag), unquoted(str_of(etag)));
}

/* Does the header name the current content, or "*"? */
static bool
header_names(
    const struct request *rq, const char *header, const char *etag, bool weak)
{
	struct str list;
	size_t at = 0;

	if (etag == NULL)
		return false;
	while (request_next_header(rq, header, &at, &list))
		while (list.p != NULL) {
			struct str tag = cut_tag(&list);

			if (str_is(tag, "*") || same_tag(tag, etag, weak))
				return true;
		}
	return false;
}

static bool
only_reads(const struct request *rq)
{
	return strcmp(rq->method, "GET") == 0 || strcmp(rq->method, "HEAD") == 0;
}

enum condition
condition_check(const struct request *rq, const char *etag)
{
	if (request_has_header(rq, "If-Match") &&
	    !header_names(rq, "If-Match", etag, false))
		return CONDITION_FAILED;
	if (!header_names(rq, "If-None-Match", etag, true))
		return CONDITION_HOLDS;
	return only_reads(rq) ? CONDITION_NOT_MODIFIED : CONDITION_FAILED;
}

bool
condition_is_set(const struct request *rq)
{
	return request_has_header(rq, "If-Match") ||
	       request_has_header(rq, "If-None-Match");
}
