/* tarsum.c: see tarsum.h.
 *
 * A tarsum that a client sends may have been computed by different programs, which differ in
 * two details:
 *
 *	mode	the type bits of an entry's mode were kept as they are in the archive, removed,
 *		or set from the entry's type: enum variant
 *	names	if several entries have one name, docker counts only the last of them,
 *		docker-registry counts all
 *
 * So there can be six tarsums of one layer. One pass over the layer computes each entry's
 * sum in all three variants. Content is hashed once only for variants whose headers are the
 * same, which is nearly always the case for at least two of them. Then find_json() tries the
 * combinations. */
#include "layer/tarsum.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/must.h"
#include "image/hash.h"
#include "image/v1checksum.h"

#define SUM_BYTES  32
#define HEADER_MAX (2 * TAR_TEXT)

enum variant { MODE_AS_IS, MODE_BARE, MODE_WITH_TYPE, VARIANTS };

struct sum32 {
	unsigned char bytes[SUM_BYTES];
};

/* What is kept of an entry. */
struct record {
	struct sum32 sums[VARIANTS];
	struct sum32 name; /* hash of the normalised name */
	bool replaced;     /* a later entry has the same name */
};

struct summing {
	bool v1;               /* v1 or dev: no mtime, but xattrs */
	struct arena *scratch; /* cleared for each entry */
	struct record *records;
	size_t n, capacity;
	bool open; /* the content of the last record is being read */
	struct hash hashes[VARIANTS];
	int same_as[VARIANTS]; /* the first variant with the same header */
};

/* ---- an entry's header ---- */

static int64_t
mode_of(const struct tar_entry *e, enum variant variant)
{
	static const int64_t bits[] = {['0'] = 0100000,
	    ['2'] = 0120000,
	    ['3'] = 020000,
	    ['4'] = 060000,
	    ['5'] = 040000,
	    ['6'] = 010000};
	size_t type = e->type == '\0' ? '0' : (unsigned char)e->type;

	switch (variant) {
	case MODE_BARE:
		return e->mode & 07777;
	case MODE_WITH_TYPE:
		return (e->mode & 07777) |
		       (type < sizeof(bits) / sizeof(bits[0]) ? bits[type]
							      : 0100000);
	default:
		return e->mode;
	}
}

static void
put_text(struct buf *b, const char *key, struct str value)
{
	buf_adds(b, key);
	buf_add(b, value.p, value.n);
}

static int
by_name(const void *pa, const void *pb)
{
	const struct tar_xattr *a = pa, *b = pb;
	size_t n = a->name.n < b->name.n ? a->name.n : b->name.n;
	int c = memcmp(a->name.p, b->name.p, n);

	return c != 0 ? c : a->name.n < b->name.n ? -1 : a->name.n > b->name.n;
}

static void
put_xattrs(struct arena *a, struct buf *b, const struct tar_entry *e)
{
	struct tar_xattr *sorted = arena_alloc(
	    a, (e->n_xattrs + 1) * sizeof(*sorted));
	size_t i;

	if (e->n_xattrs == 0)
		return;
	memcpy(sorted, e->xattrs, e->n_xattrs * sizeof(*sorted));
	qsort(sorted, e->n_xattrs, sizeof(*sorted), by_name);
	for (i = 0; i < e->n_xattrs; i++) {
		buf_add(b, sorted[i].name.p, sorted[i].name.n);
		buf_add(b, sorted[i].value.p, sorted[i].value.n);
	}
}

static bool
ends_with_slash(struct str s)
{
	return s.n > 0 && s.p[s.n - 1] == '/';
}

static struct str
header_of(const struct summing *s, const struct tar_entry *e, enum variant variant)
{
	struct buf b;

	buf_init(&b, s->scratch, HEADER_MAX);
	put_text(&b, "name", e->name);
	if (e->type == '5' && !ends_with_slash(e->name))
		buf_addc(&b, '/');
	buf_printf(&b, "mode%" PRId64 "uid%" PRId64 "gid%" PRId64 "size%" PRId64,
	    mode_of(e, variant), e->uid, e->gid, e->size);
	if (!s->v1)
		buf_printf(&b, "mtime%" PRId64, e->mtime);
	buf_adds(&b, "typeflag");
	buf_addc(&b, e->type);
	put_text(&b, "linkname", e->linkname);
	put_text(&b, "uname", e->uname);
	put_text(&b, "gname", e->gname);
	buf_printf(
	    &b, "devmajor%" PRId64 "devminor%" PRId64, e->devmajor, e->devminor);
	if (s->v1)
		put_xattrs(s->scratch, &b, e);
	return buf_str(&b);
}

/* ---- the entries' sums ---- */

static void
end_hash(struct hash *h, struct sum32 *out)
{
	char hex[HASH_SHA256_HEX_SIZE];
	size_t i;

	hash_end(h, hex);
	for (i = 0; i < SUM_BYTES; i++)
		out->bytes[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 |
						hex_value(hex[2 * i + 1]));
}

static void
finish_entry(struct summing *s)
{
	struct record *record;
	int f;

	if (!s->open)
		return;
	record = &s->records[s->n - 1];
	for (f = 0; f < VARIANTS; f++)
		if (s->same_as[f] == f)
			end_hash(&s->hashes[f], &record->sums[f]);
		else
			record->sums[f] = record->sums[s->same_as[f]];
	s->open = false;
}

static void
reserve_record(struct summing *s)
{
	if (s->n < s->capacity)
		return;
	s->capacity = s->capacity == 0 ? 256 : 2 * s->capacity;
	s->records = must_have(
	    realloc(s->records, s->capacity * sizeof(*s->records)));
}

/* docker compares names without a leading "./" and a trailing "/". */
static void
hash_name(struct str name, struct sum32 *out)
{
	struct hash h;

	if (str_starts(name, "./"))
		name = str_make(name.p + 2, name.n - 2);
	if (ends_with_slash(name))
		name.n--;
	hash_begin(&h, HASH_SHA256);
	hash_add(&h, name.p, name.n);
	end_hash(&h, out);
}

/* Begins the hashes of an entry with its header. Variants with the same header share one
 * hash: a mode usually has no type bits. */
static void
begin_hashes(struct summing *s, const struct tar_entry *e)
{
	struct str headers[VARIANTS];
	int f, g;

	for (f = 0; f < VARIANTS; f++) {
		headers[f] = header_of(s, e, (enum variant)f);
		for (g = 0; g < f; g++)
			if (str_eq(headers[g], headers[f]))
				break;
		s->same_as[f] = g;
		if (g < f)
			continue;
		hash_begin(&s->hashes[f], HASH_SHA256);
		hash_add(&s->hashes[f], headers[f].p, headers[f].n);
	}
}

static bool
take_entry(void *arg, const struct tar_entry *e)
{
	struct summing *s = arg;

	finish_entry(s);
	arena_clear(s->scratch);
	reserve_record(s);
	memset(&s->records[s->n], 0, sizeof(*s->records));
	hash_name(e->name, &s->records[s->n].name);
	begin_hashes(s, e);
	s->n++;
	s->open = true;
	return true;
}

static bool
take_content(void *arg, const char *p, size_t n)
{
	struct summing *s = arg;
	int f;

	for (f = 0; f < VARIANTS; f++)
		if (s->same_as[f] == f)
			hash_add(&s->hashes[f], p, n);
	return true;
}

/* ---- the sum of sums ---- */

static int
compare_sums(const struct sum32 *a, const struct sum32 *b)
{
	return memcmp(a->bytes, b->bytes, SUM_BYTES);
}

static int
by_sum(const void *a, const void *b)
{
	return compare_sums(a, b);
}

/* By name; entries with one name in the order of the archive. */
static int
by_name_and_place(const void *pa, const void *pb)
{
	const struct record *a = *(struct record *const *)pa,
			    *b = *(struct record *const *)pb;
	int c = compare_sums(&a->name, &b->name);

	return c != 0 ? c : a < b ? -1 : a > b;
}

/* Marks the entries that are replaced by a later one. False: there are none. */
static bool
mark_replaced(struct summing *s)
{
	struct record **sorted = must_alloc(s->n + 1, sizeof(struct record *));
	bool any = false;
	size_t i;

	for (i = 0; i < s->n; i++)
		sorted[i] = &s->records[i];
	qsort(sorted, s->n, sizeof(struct record *), by_name_and_place);
	for (i = 0; i + 1 < s->n; i++)
		if (compare_sums(&sorted[i]->name, &sorted[i + 1]->name) == 0)
			any = sorted[i]->replaced = true;
	free(sorted);
	return any;
}

/* Collects the sorted sums of all entries, or of those that are not replaced. */
static size_t
collect_sums(
    const struct summing *s, enum variant variant, bool all, struct sum32 *sums)
{
	size_t i, n = 0;

	for (i = 0; i < s->n; i++)
		if (all || !s->records[i].replaced)
			sums[n++] = s->records[i].sums[variant];
	qsort(sums, n, sizeof(*sums), by_sum);
	return n;
}

static bool
is_tarsum(struct str json, struct str hex, const struct sum32 *sums, size_t n)
{
	char digits[HASH_SHA256_HEX_SIZE];
	struct hash h;
	size_t i;

	hash_begin(&h, HASH_SHA256);
	hash_add(&h, json.p, json.n);
	for (i = 0; i < n; i++) {
		hex_encode(sums[i].bytes, SUM_BYTES, digits);
		hash_add(&h, digits, HASH_SHA256_HEX_SIZE - 1);
	}
	hash_end(&h, digits);
	return str_is(hex, digits);
}

/* Tries each variant with all entries and then, if names are repeated, with the last entry
 * of each name. Returns the index of the json, or n. */
static size_t
find_json(struct summing *s, const struct str *json, size_t n, struct str hex)
{
	struct sum32 *sums = must_alloc(s->n + 1, sizeof(*sums));
	int ways = mark_replaced(s) ? 2 * VARIANTS : VARIANTS, way;
	size_t i = n, n_sums;

	for (way = 0; way < ways && i == n; way++) {
		n_sums = collect_sums(
		    s, (enum variant)(way % VARIANTS), way < VARIANTS, sums);
		for (i = 0; i < n && !is_tarsum(json[i], hex, sums, n_sums); i++)
			;
	}
	free(sums);
	return i;
}

enum result
tarsum_find(const struct tarsum_search *search, const struct source *layer,
    size_t *which, struct err *err)
{
	const struct str given = search->given;
	const struct v1checksum sum = v1checksum_parse(given);
	struct summing s = {.v1 = !str_starts(given, "tarsum+")};
	const struct tar_visitor visitor = {take_entry, take_content, &s};
	struct str hex = given;
	enum result r;

	*which = search->n;
	if (sum.kind != V1CHECKSUM_TARSUM)
		return err_set(err, RC_BAD_CHECKSUM,
		    "not a known tarsum: it must be tarsum+sha256:, "
		    "tarsum.v1+sha256: or tarsum.dev+sha256: and 64 digits");
	s.scratch = arena_new();
	r = tar_walk(layer, &visitor, err);
	finish_entry(&s);
	(void)str_cut(&hex, ':');
	if (r == RC_OK)
		*which = find_json(&s, search->json, search->n, hex);
	free(s.records);
	arena_free(s.scratch);
	return r;
}

enum result
tarsum_check(struct str json, struct str given, const struct source *layer,
    bool *right, struct err *err)
{
	size_t which;
	const struct tarsum_search search = {given, &json, 1};
	enum result r = tarsum_find(&search, layer, &which, err);

	*right = which == 0;
	return r;
}
