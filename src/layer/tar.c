/* tar.c: see tar.h.
 *
 * An archive is a row of blocks of 512 bytes: for each entry a header (tar_header.c), then
 * its content, filled up with zeros to a whole block; at the end blocks of zeros. Values
 * that do not fit into a header come before it, as entries of the types x (pax records), L
 * and K (GNU long names): they are kept in `next` and override the values of the next real
 * entry. The header of a sparse file is followed by a map of the parts that are stored. */
#include "layer/tar.h"

#include <string.h>

#include "base/vec.h"
#include "layer/tar_bytes.h"
#include "layer/tar_header.h"

#define SPARSE_PARTS ((size_t)65536) /* of one file */

/* A part of a sparse file that is stored: where it begins, how many bytes. */
struct part {
	int64_t at, n;
};

struct map {
	struct part *parts;
	size_t n, capacity;
};

struct walk {
	struct arena *arena;   /* of the walk */
	struct arena *scratch; /* of an entry and the headers before it */
	struct tar_bytes *bytes;
	const struct tar_visitor *visitor;
	struct tar_header_overrides next; /* for the next entry alone */
	uint64_t limit, total;            /* bytes of content, with holes */
	size_t n_headers;
	uint64_t text;       /* bytes of the headers kept for the next entry */
	bool entry_expected; /* a header was read that belongs to the next entry */
	bool stopped;        /* the visitor wants no more */
};

/* ---- content ---- */

static enum result
truncated(struct err *err)
{
	return err_set(err, RC_BAD_LAYER, "the archive is truncated");
}

/* Reads n bytes; with `show` the visitor gets them, else they are skipped. */
static enum result
read_content(struct walk *w, uint64_t n, bool show, struct err *err)
{
	const char *p;
	size_t got;
	enum result r;

	while (n > 0 && !w->stopped) {
		r = tar_bytes_next(
		    w->bytes, n < TAR_TEXT ? (size_t)n : TAR_TEXT, &p, &got, err);
		if (r != RC_OK)
			return r;
		if (got == 0)
			return truncated(err);
		if (show && w->visitor->content != NULL)
			w->stopped = !w->visitor->content(w->visitor->arg, p, got);
		n -= got;
	}
	return RC_OK;
}

static uint64_t
padding_of(int64_t size)
{
	return (TAR_BLOCK - (uint64_t)size % TAR_BLOCK) % TAR_BLOCK;
}

static enum result
skip_padding(struct walk *w, int64_t size, struct err *err)
{
	return read_content(w, padding_of(size), false, err);
}

/* Reads the whole content of a header that is kept for the next entry. The header's own
 * block counts too, so that an endless chain of empty headers is refused. */
static enum result
read_text(struct walk *w, int64_t size, struct str *out, struct err *err)
{
	char *p;
	size_t got;
	enum result r;

	if (TAR_BLOCK + (uint64_t)size > TAR_TEXT - w->text)
		return err_set(err, RC_BAD_LAYER,
		    "the headers of one entry are longer than %zu bytes, the limit",
		    TAR_TEXT);
	w->text += TAR_BLOCK + (uint64_t)size;
	p = arena_alloc(w->scratch, (size_t)size + 1);
	r = tar_bytes_read(w->bytes, p, (size_t)size, &got, err);
	if (r == RC_OK && got < (size_t)size)
		r = truncated(err);
	if (r == RC_OK)
		r = skip_padding(w, size, err);
	*out = str_make(p, (size_t)size);
	return r;
}

/* ---- sparse files of GNU's old format ---- */

/* The array grows as parts are read, because most sparse files have only a few. NULL: there
 * are too many. */
static struct part *
add_part(struct arena *a, struct map *map)
{
	if (map->n == SPARSE_PARTS)
		return NULL;
	map->parts = vec_grow(
	    a, map->parts, map->n, &map->capacity, sizeof(*map->parts));
	return &map->parts[map->n++];
}

/* Adds up to n parts, each two numbers of 12 bytes; a NUL ends them earlier. */
static bool
read_parts(struct arena *a, const char *p, size_t n, struct map *map)
{
	struct part *part;
	size_t i;

	for (i = 0; i < n; i++, p += 24) {
		if (p[0] == '\0')
			break;
		part = add_part(a, map);
		if (part == NULL || !tar_header_number(p, 12, &part->at) ||
		    !tar_header_number(p + 12, 12, &part->n))
			return false;
	}
	return true;
}

/* The header has room for 4 parts; if its byte 482 is set, blocks of 21 parts follow it,
 * whose byte 504 says whether there is another. */
static enum result
read_map(
    struct walk *w, const char block[TAR_BLOCK], struct map *map, struct err *err)
{
	char more[TAR_BLOCK];
	bool extended = block[482] != '\0', good;
	size_t got;
	enum result r;

	good = read_parts(w->scratch, block + 386, 4, map);
	while (good && extended) {
		r = tar_bytes_read(w->bytes, more, sizeof(more), &got, err);
		if (r != RC_OK)
			return r;
		if (got < sizeof(more))
			return truncated(err);
		good = read_parts(w->scratch, more, 21, map);
		extended = more[504] != '\0';
	}
	return good
		   ? RC_OK
		   : err_set(err, RC_BAD_LAYER,
			 "the map of a sparse file is damaged, or has more than %zu "
			 "parts",
			 SPARSE_PARTS);
}

static void
show_hole(struct walk *w, int64_t n)
{
	static const char zeros[65536];

	while (n > 0 && !w->stopped && w->visitor->content != NULL) {
		size_t k = n < (int64_t)sizeof(zeros) ? (size_t)n : sizeof(zeros);

		w->stopped = !w->visitor->content(w->visitor->arg, zeros, k);
		n -= (int64_t)k;
	}
}

/* `stored` bytes follow in the archive; the visitor gets `size` bytes. The parts must be in
 * order, inside the file, and not more than what is stored. */
static enum result
show_sparse(struct walk *w, const struct map *map, int64_t stored, int64_t size,
    struct err *err)
{
	int64_t at = 0;
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < map->n && !w->stopped; i++) {
		const struct part *p = &map->parts[i];

		if (p->at < at || p->n < 0 || p->n > stored || p->at > size - p->n)
			return err_set(err, RC_BAD_LAYER,
			    "the map of a sparse file is wrong: its parts must be "
			    "in order, inside the file, and stored");
		show_hole(w, p->at - at);
		r = read_content(w, (uint64_t)p->n, true, err);
		at = p->at + p->n;
		stored -= p->n;
	}
	show_hole(w, size - at);
	if (r == RC_OK)
		r = read_content(w, (uint64_t)stored, false, err);
	return r;
}

/* ---- entries ---- */

static bool
has_content(char type)
{
	return type < '1' || type > '6';
}

/* Counts the size that a header announces, holes too, before any content is read: the holes
 * of a sparse file cost an attacker nothing. */
static enum result
add_to_total(struct walk *w, int64_t size, struct err *err)
{
	if ((uint64_t)size > w->limit - w->total)
		return err_set(err, RC_BAD_LAYER,
		    "the layer's files have more than %llu bytes, the limit for its "
		    "length",
		    (unsigned long long)w->limit);
	w->total += (uint64_t)size;
	return RC_OK;
}

static enum result
show_sparse_entry(struct walk *w, const char block[TAR_BLOCK], struct tar_entry *e,
    struct err *err)
{
	struct map map = {0};
	int64_t stored = e->size;
	enum result r = read_map(w, block, &map, err);

	if (r != RC_OK)
		return r;
	if (!tar_header_number(block + 483, 12, &e->size) || e->size < 0)
		return err_set(err, RC_BAD_LAYER,
		    "the size of a sparse file must be a number, 0 or more");
	r = add_to_total(w, e->size, err);
	if (r != RC_OK)
		return r;
	e->at = tar_bytes_at(w->bytes);
	w->stopped = !w->visitor->entry(w->visitor->arg, e);
	r = show_sparse(w, &map, stored, e->size, err);
	if (r == RC_OK)
		r = skip_padding(w, stored, err);
	return r;
}

static enum result
show_entry(struct walk *w, struct tar_entry *e, struct err *err)
{
	int64_t content = has_content(e->type) ? e->size : 0;
	enum result r = add_to_total(w, content, err);

	if (r != RC_OK)
		return r;
	e->at = tar_bytes_at(w->bytes);
	w->stopped = !w->visitor->entry(w->visitor->arg, e);
	r = read_content(w, (uint64_t)content, true, err);
	if (r == RC_OK)
		r = skip_padding(w, content, err);
	return r;
}

/* A name of GNU's format; a NUL may end it. */
static enum result
read_long_name(struct walk *w, int64_t size, struct str *to, struct err *err)
{
	struct str text;
	enum result r = read_text(w, size, &text, err);

	if (r == RC_OK)
		*to = str_make(text.p, strnlen(text.p, text.n));
	return r;
}

/* A header for the next entry. A global pax header (g) would set defaults for all entries
 * after it; no program that makes layers writes such defaults, so it is skipped, and it may
 * be the last header. */
static enum result
read_extension(struct walk *w, const struct tar_entry *e, struct err *err)
{
	struct str records;
	enum result r;

	w->entry_expected = w->entry_expected || e->type != 'g';
	if (e->type == 'L')
		return read_long_name(w, e->size, &w->next.name, err);
	if (e->type == 'K')
		return read_long_name(w, e->size, &w->next.linkname, err);
	r = read_text(w, e->size, &records, err);
	if (r == RC_OK && e->type == 'x')
		r = tar_header_read_pax(w->scratch, records, &w->next, err);
	return r;
}

static bool
is_extension(char type)
{
	return type == 'x' || type == 'g' || type == 'L' || type == 'K';
}

static enum result
read_entry(struct walk *w, const char block[TAR_BLOCK], struct err *err)
{
	struct tar_entry e;
	enum result r = tar_header_read(block, &e, err);

	if (r == RC_OK && ++w->n_headers > TAR_ENTRIES)
		r = err_set(err, RC_BAD_LAYER,
		    "the archive has more than %zu entries, the limit",
		    TAR_ENTRIES);
	if (r != RC_OK)
		return r;
	if (is_extension(e.type))
		return read_extension(w, &e, err);
	tar_header_texts(w->scratch, block, &e);
	tar_header_apply(&w->next, &e);
	if (e.size < 0)
		return err_set(
		    err, RC_BAD_LAYER, "the size of an entry must not be negative");
	r = e.type == 'S' ? show_sparse_entry(w, block, &e, err)
			  : show_entry(w, &e, err);
	memset(&w->next, 0, sizeof(w->next));
	w->text = 0;
	w->entry_expected = false;
	arena_clear(w->scratch);
	return r;
}

/* After the last entry. What follows is not read as entries, but decompressing it shows
 * whether the layer is damaged or truncated. */
static enum result
read_rest(struct walk *w, struct err *err)
{
	const char *p;
	size_t got = 1;
	enum result r = RC_OK;

	while (r == RC_OK && got > 0)
		r = tar_bytes_next(w->bytes, TAR_TEXT, &p, &got, err);
	return r;
}

static enum result
walk_entries(struct walk *w, struct err *err)
{
	char block[TAR_BLOCK];
	size_t got;
	enum result r = RC_OK;

	while (r == RC_OK && !w->stopped) {
		r = tar_bytes_read(w->bytes, block, sizeof(block), &got, err);
		if (r == RC_OK && got == 0 && !w->entry_expected)
			return RC_OK;
		if (r == RC_OK && got < sizeof(block))
			r = truncated(err);
		if (r == RC_OK && tar_header_is_end(block))
			return w->entry_expected ? truncated(err)
						 : read_rest(w, err);
		if (r == RC_OK)
			r = read_entry(w, block, err);
	}
	return r;
}

enum result
tar_walk(
    const struct source *source, const struct tar_visitor *visitor, struct err *err)
{
	struct walk w = {.arena = arena_new(),
	    .scratch = arena_new(),
	    .visitor = visitor,
	    .limit = TAR_UNPACKED(source->size)};
	enum result r = tar_bytes_open(source, w.arena, &w.bytes, err);

	if (r == RC_OK)
		r = walk_entries(&w, err);
	arena_free(w.scratch);
	arena_free(w.arena);
	return r;
}
