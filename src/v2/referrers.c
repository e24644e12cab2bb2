/* referrers.c: see referrers.h. */
#include "v2/referrers.h"

#include "base/jsonw.h"
#include "content/list.h"
#include "v2/v2.h"

#define PAGE_BYTES ((size_t)4 << 20) /* of a page: the longest manifest */
#define PAGE_TAIL  ((size_t)2)       /* "]}" */
#define ENTRY_MAX \
	(2 * PAGE_BYTES) /* more than a page, to see that it does not fit */

/* A page while it is made. An entry that does not fit is the first of the next page. */
struct page {
	struct arena *scratch; /* cleared for each entry */
	struct buf body;
	size_t limit, n;
	struct digest last; /* of the latest entry */
	bool more;
};

static struct str
entry_of(struct arena *a, const struct manifest_descriptor *one, bool annotated)
{
	struct jsonw w;
	struct buf b;

	buf_init(&b, a, ENTRY_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "mediaType");
	jsonw_str(&w, one->type);
	jsonw_key(&w, "digest");
	jsonw_text(&w, digest_text(a, &one->digest));
	jsonw_key(&w, "size");
	jsonw_int(&w, one->size);
	if (one->artifact_type.n > 0) {
		jsonw_key(&w, "artifactType");
		jsonw_str(&w, one->artifact_type);
	}
	if (annotated && one->annotations.n > 0) {
		jsonw_key(&w, "annotations");
		jsonw_json(&w, one->annotations);
	}
	jsonw_end(&w);
	return buf_str(&b);
}

static bool
fits_page(const struct page *page, struct str entry)
{
	return entry.n + 2 + PAGE_TAIL <= PAGE_BYTES - page->body.n;
}

/* Annotations that fill a page by themselves are left out: a client that wants them has the
 * digest. */
static bool
add_entry(void *arg, const struct manifest_descriptor *one)
{
	struct page *page = arg;
	struct str entry;

	arena_clear(page->scratch);
	entry = entry_of(page->scratch, one, true);
	if (page->n == 0 && !fits_page(page, entry))
		entry = entry_of(page->scratch, one, false);
	if (page->n == page->limit || !fits_page(page, entry)) {
		page->more = true;
		return false;
	}
	if (page->n++ > 0)
		buf_adds(&page->body, ", ");
	buf_add(&page->body, entry.p, entry.n);
	page->last = one->digest;
	return true;
}

static void
begin_page(struct page *page, struct arena *a, size_t limit)
{
	*page = (struct page){.scratch = arena_new(), .limit = limit};
	buf_init(&page->body, a, PAGE_BYTES);
	buf_adds(&page->body, "{\"schemaVersion\": 2, \"mediaType\": "
			      "\"" MANIFEST_OCI_INDEX "\", \"manifests\": [");
}

static void
reply_page(struct call *c, struct page *page, struct str type)
{
	struct v2_next next = {.more = "", .limit = page->limit};

	if (type.n > 0) {
		reply_header(c->rp, "OCI-Filters-Applied", "artifactType");
		next.more = arena_printf(
		    c->task.arena, "&artifactType=%s", v2_encode_query(c, type));
	}
	if (page->more && page->n > 0) {
		next.path = arena_printf(c->task.arena, "/v2/%s/referrers/%.*s",
		    c->args.repository, STR_ARG(c->args.subject));
		next.last = digest_text(c->task.arena, &page->last);
		v2_set_next_link(c, &next);
	}
	buf_adds(&page->body, "]}");
	reply_json(c->rp, 200, buf_str(&page->body));
	reply_header(c->rp, "Content-Type", MANIFEST_OCI_INDEX);
	reply_header(c->rp, "Cache-Control", "no-cache");
}

enum result
v2_get_referrers(struct call *c)
{
	struct v2_page part;
	struct page page;
	struct str type;
	enum result r = v2_read_page(c, V2_PAGE_MAX, &part);

	if (r == RC_OK)
		r = v2_query(c, "artifactType", &type);
	if (r != RC_OK)
		return r;
	begin_page(&page, c->task.arena, part.limit);
	r = content_list_referrers(&c->task, c->args.repository, c->args.subject,
	    type, part.after, add_entry, &page);
	arena_free(page.scratch);
	if (r == RC_OK)
		reply_page(c, &page, type);
	return r;
}
