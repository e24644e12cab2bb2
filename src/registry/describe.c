/* describe.c: see describe.h. */
#include "registry/describe.h"

#include "base/log.h"
#include "image/v1_json.h"
#include "index/index.h"
#include "store/v1_image.h"
#include "store/v1_repo.h"
#include "store/v1_tag.h"

#define DESCRIPTION_MAX 1000 /* bytes: a line of a list, not a text */

/* Cut where no character is torn. */
static struct str
shorten(struct str s)
{
	if (s.n <= DESCRIPTION_MAX)
		return s;
	s.n = DESCRIPTION_MAX;
	while (s.n > 0 && !str_is_utf8(s))
		s.n--;
	return s;
}

static struct str
comment_of_latest(struct registry *reg, struct arena *a, const struct v1_repo *repo)
{
	struct v1_json v;
	struct str json;
	struct err ignored;
	const char *id;

	if (v1_tag_get(reg->store, a, repo, "latest", &id, &ignored) != RC_OK ||
	    v1_image_json(reg->store, a, id, &json, &ignored) != RC_OK ||
	    v1_json_parse(a, json, &v, &ignored) != RC_OK ||
	    str_has(v.comment, '\0'))
		return str_of(NULL);
	return shorten(v.comment);
}

struct str
describe_text(struct registry *reg, struct arena *a, const struct repo_name *name)
{
	struct v1_repo repo;
	struct err ignored;

	if (v1_repo_find(reg->store, a, name, &repo, &ignored) != RC_OK ||
	    !repo.there)
		return str_of(NULL);
	return comment_of_latest(reg, a, &repo);
}

void
describe_repository(
    struct registry *reg, struct arena *a, const struct repo_name *name)
{
	struct v1_repo repo;
	struct str full = str_of(name_full(a, name));
	struct err err;
	enum result r;

	r = v1_repo_find(reg->store, a, name, &repo, &err);
	if (r == RC_OK && repo.there)
		r = index_put_repository(
		    reg->index, full, comment_of_latest(reg, a, &repo), &err);
	else if (r == RC_OK)
		r = index_drop_repository(reg->index, full, &err);
	if (r == RC_OK)
		return;
	log_line(LOG_ERROR, "index.write", "error=%s reason=%s repository=%s",
	    err_name(r), log_value(a, err.text), log_value(a, str_dup(a, full)));
	if (reg->index_lost != NULL)
		reg->index_lost(reg->arg);
}
