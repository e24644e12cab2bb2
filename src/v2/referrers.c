/* referrers.c: see referrers.h. */
#include "v2/referrers.h"

#include "base/jsonw.h"
#include "content/list.h"
#include "v2/v2.h"

#define PAGE_BYTES ((size_t)4 << 20) /* of a page: as long as a manifest may be */
#define PAGE_TAIL  ((size_t)2)       /* "]}" */
#define ENTRY_MAX  (2 * PAGE_BYTES)  /* whole, so that it is seen not to fit */

/* A page on its way. An entry that does not fit is the next page's first. */
struct page {
	struct arena *scratch; /* cleared an entry */
	struct buf body;
	size_t most, n;
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
fits(const struct page *page, struct str entry)
{
	return entry.n + 2 + PAGE_TAIL <= PAGE_BYTES - page->body.n;
}

/* Annotations that fill a page by themselves are left out: whoever wants them has the
 * digest. */
static bool
add_entry(void *arg, const struct manifest_descriptor *one)
{
	struct page *page = arg;
	struct str entry;

	arena_clear(page->scratch);
	entry = entry_of(page->scratch, one, true);
	if (page->n == 0 && !fits(page, entry))
		entry = entry_of(page->scratch, one, false);
	if (page->n == page->most || !fits(page, entry)) {
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
begin_page(struct page *page, struct arena *a, size_t most)
{
	*page = (struct page){.scratch = arena_new(), .most = most};
	buf_init(&page->body, a, PAGE_BYTES);
	buf_adds(&page->body, "{\"schemaVersion\": 2, \"mediaType\": "
			      "\"" MANIFEST_OCI_INDEX "\", \"manifests\": [");
}

static void
tell(struct request *rq, struct reply *rp, struct page *page, const char *path,
    struct str type)
{
	const char *kept = "";

	if (type.n > 0) {
		reply_header(rp, "OCI-Filters-Applied", "artifactType");
		kept = arena_printf(
		    rq->arena, "&artifactType=%s", v2_encode(rq, type));
	}
	if (page->more && page->n > 0)
		v2_next_page(rq, rp, path, digest_text(rq->arena, &page->last),
		    page->most, kept);
	buf_adds(&page->body, "]}");
	reply_json(rp, 200, buf_str(&page->body));
	reply_header(rp, "Content-Type", MANIFEST_OCI_INDEX);
	reply_header(rp, "Cache-Control", "no-cache");
}

enum result
v2_get_referrers(struct request *rq, struct reply *rp)
{
	struct v2_page part;
	struct page page;
	struct digest d;
	struct str type;
	const char *name;
	enum result r = v2_name_arg(rq, &name);

	if (r == RC_OK)
		r = v2_digest_arg(rq, &d);
	if (r == RC_OTHER_DIGEST) /* such a digest can have referrers, too */
		r = RC_OK;
	if (r == RC_OK)
		r = v2_page(rq, V2_PAGE_MAX, &part);
	if (r == RC_OK)
		r = v2_query(rq, "artifactType", &type);
	if (r != RC_OK)
		return r;
	begin_page(&page, rq->arena, part.most);
	r = content_list_referrers(
	    request_task(rq), name, rq->arg[1], type, part.after, add_entry, &page);
	arena_free(page.scratch);
	if (r == RC_OK)
		tell(rq, rp, &page,
		    arena_printf(rq->arena, "/v2/%s/referrers/%.*s", name,
			STR_ARG(rq->arg[1])),
		    type);
	return r;
}
