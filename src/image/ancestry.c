/* ancestry.c: see ancestry.h. */
#include "image/ancestry.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "image/v1name.h"

static enum result
write_ancestors(
    struct jsonw *w, const struct json *list, const char *id, struct err *err)
{
	size_t i;

	for (i = 0; i < json_length(list); i++) {
		struct str ancestor = json_text(json_at(list, i));

		if (!v1name_is_image_id(ancestor))
			return err_set(err, RC_BAD_DATA,
			    "the parent's ancestry must contain image ids only");
		if (str_is(ancestor, id))
			return err_set(
			    err, RC_NO_PARENT, "the image is its own ancestor");
		jsonw_str(w, ancestor);
	}
	return RC_OK;
}

enum result
ancestry_extend(struct arena *a, const char *id, struct str parent, struct str *out,
    struct err *err)
{
	struct json *list = NULL;
	struct jsonw w;
	struct buf b;
	const char *why;
	enum result r;

	if (parent.n > 0 &&
	    (!json_parse(a, parent, &list, &why) || json_kind(list) != JSON_ARRAY))
		return err_set(
		    err, RC_BAD_DATA, "the parent's ancestry must be a JSON list");
	buf_init(&b, a, ANCESTRY_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_array(&w);
	jsonw_text(&w, id);
	r = write_ancestors(&w, list, id, err);
	if (r != RC_OK)
		return r;
	jsonw_end(&w);
	if (b.full)
		return err_set(err, RC_TOO_LARGE,
		    "the ancestry has more than %zu bytes, the limit",
		    ANCESTRY_MAX);
	*out = buf_str(&b);
	return RC_OK;
}

/* Is the text this one character, with blanks around it? */
static bool
is_sign(struct str text, char c)
{
	text = str_trim_controls(text);
	return text.n == 1 && text.p[0] == c;
}

/* Called for each request for an image, so the JSON is not parsed: the text is cut at its
 * quotes, and between the ids there must be nothing but the brackets and commas. */
bool
ancestry_is_whole(struct str text, const char *id)
{
	struct str rest = text, between, one;
	bool first = true;

	for (;; first = false) {
		between = str_cut(&rest, '"');
		if (rest.p == NULL)
			return !first && is_sign(between, ']');
		one = str_cut(&rest, '"');
		if (rest.p == NULL || !is_sign(between, first ? '[' : ',') ||
		    !v1name_is_image_id(one) || (first && !str_is(one, id)))
			return false;
	}
}
