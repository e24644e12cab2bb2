/* args.c: see args.h. */
#include "api/args.h"

#include "api/call.h"

static enum result
read_image(struct call *c, struct str word)
{
	if (!v1name_is_image_id(word))
		return err_set(&c->err, RC_BAD_ID,
		    "an image id must have 16 or 64 hexadecimal digits in lower "
		    "case");
	c->args.image = str_dup(c->task.arena, word);
	return RC_OK;
}

static enum result
read_tag(struct call *c, struct str word)
{
	c->args.tag = str_dup(c->task.arena, word);
	return v1name_check_tag(word, &c->err);
}

static enum result
read_digest(struct call *c, struct str word)
{
	return digest_parse(word, &c->args.digest, &c->err);
}

static enum result
read_subject(struct call *c, struct str word)
{
	enum result r = digest_parse(word, &c->args.digest, &c->err);

	c->args.subject = word;
	return r == RC_OTHER_DIGEST ? RC_OK : r;
}

static enum result
read_upload(struct call *c, struct str word)
{
	c->args.upload = word;
	return RC_OK;
}

static enum result
read_reference(struct call *c, struct str word)
{
	c->args.reference = word;
	return RC_OK;
}

static const struct kind {
	const char *name;
	enum result (*read)(struct call *c, struct str word);
} kinds[] = {{":image", read_image}, {":tag", read_tag}, {":digest", read_digest},
    {":subject", read_subject}, {":upload", read_upload},
    {":reference", read_reference}};

static enum result
read_by_kind(struct call *c, struct str name, struct str word)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_is(name, kinds[i].name))
			return kinds[i].read(c, word);
	return RC_OK;
}

/* The next part of the pattern that catches something: "*name{2}", ":tag". */
static bool
next_name(struct str *pattern, struct str *name)
{
	while (pattern->p != NULL) {
		*name = str_cut(pattern, '/');
		if (name->n > 0 && (name->p[0] == ':' || name->p[0] == '*'))
			return true;
	}
	return false;
}

enum result
args_read_repository(const struct api *api, struct call *c)
{
	struct str pattern = str_of(c->route->pattern), name;
	size_t i;

	for (i = 0; next_name(&pattern, &name); i++)
		if (name.p[0] == '*')
			return api->read_name(c, c->args.word[i]);
	return RC_OK;
}

enum result
args_read(struct call *c)
{
	struct str pattern = str_of(c->route->pattern), name;
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && next_name(&pattern, &name); i++)
		r = read_by_kind(c, name, c->args.word[i]);
	return r;
}
