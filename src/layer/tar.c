/* tar.c: see tar.h. The way through the entries; tar_header.h reads their headers. */
#include "layer/tar.h"

#include <string.h>

#include "base/vec.h"
#include "layer/tar_bytes.h"
#include "layer/tar_header.h"

#define SPARSE_PARTS ((size_t)65536) /* of one file */

struct part {
	int64_t at, n;
};

struct map {
	struct part *parts;
	size_t n, room;
};

struct walk {
	struct arena *arena; /* of the walk */
	struct arena
	    *scratch; /* of the entry at hand and what was said of it before */
	struct tar_bytes *bytes;
	const struct tar_visitor *visitor;
	struct tar_header_overrides next; /* for the next entry alone */
	uint64_t limit, shown;            /* bytes of content, holes too */
	size_t n;                         /* headers */
	uint64_t text; /* bytes of those that belong to the entry at hand */
	bool awaited;  /* something was said of an entry that must follow */
	bool ended;    /* the archive is, or nobody wants more */
};

/* ---- content ---- */

static enum result
cut_off(struct err *err)
{
	return err_set(err, RC_BAD_LAYER, "the archive is cut off");
}

/* The next n bytes; shown to the visitor, or not. */
static enum result
pass(struct walk *w, uint64_t n, bool show, struct err *err)
{
	const char *p;
	size_t got;
	enum result r;

	while (n > 0 && !w->ended) {
		r = tar_bytes_next(
		    w->bytes, n < TAR_TEXT ? (size_t)n : TAR_TEXT, &p, &got, err);
		if (r != RC_OK)
			return r;
		if (got == 0)
			return cut_off(err);
		if (show && w->visitor->content != NULL)
			w->ended = !w->visitor->content(w->visitor->arg, p, got);
		n -= got;
	}
	return RC_OK;
}

static uint64_t
padding(int64_t size)
{
	return (TAR_BLOCK - (uint64_t)size % TAR_BLOCK) % TAR_BLOCK;
}

static enum result
pass_padding(struct walk *w, int64_t size, struct err *err)
{
	return pass(w, padding(size), false, err);
}

/* All of a small content, for headers that are kept in one. Each counts by its block at
 * least: a chain of empty ones ends, too. */
static enum result
read_text(struct walk *w, int64_t size, struct str *out, struct err *err)
{
	char *p;
	size_t got;
	enum result r;

	if (TAR_BLOCK + (uint64_t)size > TAR_TEXT - w->text)
		return err_set(err, RC_BAD_LAYER,
		    "headers of more than %zu bytes for one entry", TAR_TEXT);
	w->text += TAR_BLOCK + (uint64_t)size;
	p = arena_alloc(w->scratch, (size_t)size + 1);
	r = tar_bytes_read(w->bytes, p, (size_t)size, &got, err);
	if (r == RC_OK && got < (size_t)size)
		r = cut_off(err);
	if (r == RC_OK)
		r = pass_padding(w, size, err);
	*out = str_make(p, (size_t)size);
	return r;
}

/* ---- sparse files of GNU's old format: what is stored is shown with its holes ---- */

/* Grows as parts are read: of a million sparse files each has but a few. */
static struct part *
add_part(struct arena *a, struct map *map)
{
	if (map->n == SPARSE_PARTS)
		return NULL;
	map->parts = vec_grow(
	    a, map->parts, map->n, &map->room, sizeof(*map->parts));
	return &map->parts[map->n++];
}

static bool
take_parts(struct arena *a, const char *p, size_t most, struct map *map)
{
	struct part *part;
	size_t i;

	for (i = 0; i < most; i++, p += 24) {
		if (p[0] == '\0')
			break;
		part = add_part(a, map);
		if (part == NULL || !tar_header_number(p, 12, &part->at) ||
		    !tar_header_number(p + 12, 12, &part->n))
			return false;
	}
	return true;
}

static enum result
read_map(
    struct walk *w, const char block[TAR_BLOCK], struct map *map, struct err *err)
{
	char more[TAR_BLOCK];
	bool extended = block[482] != '\0', good;
	size_t got;
	enum result r;

	good = take_parts(w->scratch, block + 386, 4, map);
	while (good && extended) {
		r = tar_bytes_read(w->bytes, more, sizeof(more), &got, err);
		if (r != RC_OK)
			return r;
		if (got < sizeof(more))
			return cut_off(err);
		good = take_parts(w->scratch, more, 21, map);
		extended = more[504] != '\0';
	}
	return good ? RC_OK
		    : err_set(err, RC_BAD_LAYER, "a damaged map of a sparse file");
}

static void
show_hole(struct walk *w, int64_t n)
{
	static const char zeros[65536];

	while (n > 0 && !w->ended && w->visitor->content != NULL) {
		size_t k = n < (int64_t)sizeof(zeros) ? (size_t)n : sizeof(zeros);

		w->ended = !w->visitor->content(w->visitor->arg, zeros, k);
		n -= (int64_t)k;
	}
}

static enum result
show_sparse(struct walk *w, const struct map *map, int64_t stored, int64_t size,
    struct err *err)
{
	int64_t at = 0;
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < map->n && !w->ended; i++) {
		const struct part *p = &map->parts[i];

		if (p->at < at || p->n < 0 || p->n > stored || p->at > size - p->n)
			return err_set(
			    err, RC_BAD_LAYER, "a map of a sparse file that lies");
		show_hole(w, p->at - at);
		r = pass(w, (uint64_t)p->n, true, err);
		at = p->at + p->n;
		stored -= p->n;
	}
	show_hole(w, size - at);
	return r == RC_OK ? pass(w, (uint64_t)stored, false, err) : r;
}

/* ---- entries ---- */

static bool
has_content(char type)
{
	return type < '1' || type > '6';
}

/* Counted before a byte is looked at: what is said, with its holes. */
static enum result
count(struct walk *w, int64_t size, struct err *err)
{
	if ((uint64_t)size > w->limit - w->shown)
		return err_set(err, RC_BAD_LAYER,
		    "it unpacks to more than %llu bytes",
		    (unsigned long long)w->limit);
	w->shown += (uint64_t)size;
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
		return err_set(err, RC_BAD_LAYER, "a sparse file of no size");
	r = count(w, e->size, err);
	if (r != RC_OK)
		return r;
	w->ended = !w->visitor->entry(w->visitor->arg, e);
	r = show_sparse(w, &map, stored, e->size, err);
	return r == RC_OK ? pass_padding(w, stored, err) : r;
}

static enum result
show_entry(struct walk *w, const struct tar_entry *e, struct err *err)
{
	int64_t content = has_content(e->type) ? e->size : 0;
	enum result r = count(w, content, err);

	if (r != RC_OK)
		return r;
	w->ended = !w->visitor->entry(w->visitor->arg, e);
	r = pass(w, (uint64_t)content, true, err);
	return r == RC_OK ? pass_padding(w, content, err) : r;
}

/* A GNU name ends at its NUL, if it has one. */
static enum result
take_long_text(struct walk *w, int64_t size, struct str *to, struct err *err)
{
	struct str text;
	enum result r = read_text(w, size, &text, err);

	if (r == RC_OK)
		*to = str_make(text.p, strnlen(text.p, text.n));
	return r;
}

/* A header of its own, for the entry behind it. What a global one says is a default that
 * no program that makes layers writes: it is read over, and may come last. */
static enum result
take_extension(struct walk *w, const struct tar_entry *e, struct err *err)
{
	struct str records;
	enum result r;

	w->awaited = w->awaited || e->type != 'g';
	if (e->type == 'L')
		return take_long_text(w, e->size, &w->next.name, err);
	if (e->type == 'K')
		return take_long_text(w, e->size, &w->next.linkname, err);
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
take_header(struct walk *w, const char block[TAR_BLOCK], struct err *err)
{
	struct tar_entry e;
	enum result r = tar_header_read(block, &e, err);

	if (r == RC_OK && ++w->n > TAR_ENTRIES)
		r = err_set(
		    err, RC_BAD_LAYER, "more than %zu entries", TAR_ENTRIES);
	if (r != RC_OK)
		return r;
	if (is_extension(e.type))
		return take_extension(w, &e, err);
	tar_header_texts(w->scratch, block, &e);
	tar_header_apply(&w->next, &e);
	if (e.size < 0)
		return err_set(err, RC_BAD_LAYER, "an entry of less than 0 bytes");
	r = e.type == 'S' ? show_sparse_entry(w, block, &e, err)
			  : show_entry(w, &e, err);
	memset(&w->next, 0, sizeof(w->next));
	w->text = 0;
	w->awaited = false;
	arena_clear(w->scratch);
	return r;
}

/* Behind the last entry: what follows is no entry, but damage of its packing shows
 * there. */
static enum result
pass_rest(struct walk *w, struct err *err)
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

	while (r == RC_OK && !w->ended) {
		r = tar_bytes_read(w->bytes, block, sizeof(block), &got, err);
		if (r == RC_OK && got == 0 && !w->awaited)
			return RC_OK;
		if (r == RC_OK && got < sizeof(block))
			r = cut_off(err);
		if (r == RC_OK && tar_header_is_end(block))
			return w->awaited ? cut_off(err) : pass_rest(w, err);
		if (r == RC_OK)
			r = take_header(w, block, err);
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
