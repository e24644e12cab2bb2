/* tar_xz.c: see tar_xz.h.
 *
 * "The .xz File Format" 1.0.4: a stream is a header, blocks, an index and a footer; several
 * streams may follow one another, with padding between them. Each block's header names the
 * size of its dictionary, so each must be found. A block does not say how long it is: it
 * consists of LZMA2 chunks, each with its length, up to a chunk of type 0. So this is a
 * state machine that reads the headers of all parts and skips their contents: head[]
 * collects the `need` bytes of a part's header, take_part() reads them and decides which
 * part comes next and how many bytes are skipped before it. The bytes may arrive in pieces
 * of any length. */
#include "layer/tar_xz.h"

#include <stdbool.h>
#include <string.h>

#define TEXT_OF(n) #n
#define MIB(n)     TEXT_OF(n)

#define LZMA2       0x21
#define BITS_MAX    28 /* how a block's header writes a dictionary of 64 MiB */
#define NUMBER_BITS 63

static const char damaged[] = "the xz stream is damaged";

static const char *
expect(struct tar_xz *x, enum tar_xz_part part, size_t need)
{
	x->part = part;
	x->have = 0;
	x->need = need;
	return NULL;
}

void
tar_xz_begin(struct tar_xz *x)
{
	memset(x, 0, sizeof(*x));
	(void)expect(x, TAR_XZ_BETWEEN, 4);
}

static uint64_t
padding(uint64_t n)
{
	return (4 - n % 4) % 4;
}

/* ---- streams ---- */

static const char *
begin_stream(struct tar_xz *x)
{
	static const unsigned sizes[] = {
	    0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64};

	if (memcmp(x->head, "\xfd\x37zXZ\0", 7) != 0 || x->head[7] > 15)
		return damaged;
	x->check = sizes[x->head[7]];
	return expect(x, TAR_XZ_BLOCK, 1);
}

/* Four zeros are padding; anything else begins a stream. */
static const char *
look_between(struct tar_xz *x)
{
	if (memcmp(x->head, "\0\0\0", 4) == 0)
		return expect(x, TAR_XZ_BETWEEN, 4);
	x->part = TAR_XZ_STREAM;
	x->need = 12;
	return NULL;
}

/* ---- blocks ---- */

/* A number is written in groups of seven bits, the lowest first; the highest bit of a byte
 * says that another follows. */
static bool
take_number(const struct tar_xz *x, size_t *at, uint64_t *out)
{
	unsigned shift;

	*out = 0;
	for (shift = 0; shift < NUMBER_BITS && *at < x->have; shift += 7) {
		unsigned char byte = x->head[(*at)++];

		*out |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

/* LZMA2 is the last filter. Others may stand before it; they need very little memory. */
static const char *
take_filter(const struct tar_xz *x, size_t *at, uint64_t *id)
{
	uint64_t n;

	if (!take_number(x, at, id) || !take_number(x, at, &n) ||
	    n > x->have - *at || (*id == LZMA2 && n != 1))
		return damaged;
	if (*id == LZMA2 && x->head[*at] > BITS_MAX)
		return "the xz stream needs a dictionary of more than " MIB(
		    TAR_XZ_DICTIONARY_MIB) " MiB";
	*at += (size_t)n;
	return NULL;
}

static const char *
begin_block(struct tar_xz *x)
{
	unsigned flags = x->head[1], i;
	const char *why = NULL;
	uint64_t size, id = 0;
	size_t at = 2;

	if ((flags & 0x40 && !take_number(x, &at, &size)) ||
	    (flags & 0x80 && !take_number(x, &at, &size)))
		return damaged;
	for (i = 0; why == NULL && i <= (flags & 3); i++)
		why = take_filter(x, &at, &id);
	if (why == NULL && id != LZMA2)
		why = damaged;
	x->n = 0;
	return why != NULL ? why : expect(x, TAR_XZ_CHUNK, 1);
}

/* The first byte is the size of the block's header; 0 means that the index begins. */
static const char *
look_at_block(struct tar_xz *x)
{
	if (x->head[0] != 0) {
		x->part = TAR_XZ_BLOCK_HEADER;
		x->need = ((size_t)x->head[0] + 1) * 4;
		return NULL;
	}
	x->n = 1;
	x->counted = false;
	x->number = x->shift = 0;
	return expect(x, TAR_XZ_INDEX, 1);
}

/* ---- chunks: type 0 is the end, 1 and 2 are stored, from 128 on compressed ---- */

static const char *
look_at_chunk(struct tar_xz *x)
{
	unsigned control = x->head[0];

	x->n++;
	if (control == 0) {
		x->skip = padding(x->n) + x->check;
		return expect(x, TAR_XZ_BLOCK, 1);
	}
	if (control > 2 && control < 0x80)
		return damaged;
	x->part = TAR_XZ_CHUNK_HEADER;
	x->need = control < 0x80 ? 3 : control < 0xc0 ? 5 : 6;
	return NULL;
}

static const char *
begin_chunk(struct tar_xz *x)
{
	const unsigned char *size = x->head + (x->need == 3 ? 1 : 3);

	x->skip = ((uint64_t)size[0] << 8 | size[1]) + 1;
	x->n += x->need - 1 + x->skip;
	return expect(x, TAR_XZ_CHUNK, 1);
}

/* ---- the index: how many blocks, and two numbers for each ---- */

static void
end_number(struct tar_xz *x)
{
	x->numbers = x->counted ? x->numbers - 1 : 2 * x->number;
	x->counted = true;
	x->number = x->shift = 0;
}

static const char *
look_at_index(struct tar_xz *x)
{
	if (x->shift >= NUMBER_BITS)
		return damaged;
	x->n++;
	x->number |= (uint64_t)(x->head[0] & 0x7f) << x->shift;
	x->shift += 7;
	if (x->head[0] < 0x80)
		end_number(x);
	if (!x->counted || x->numbers > 0)
		return expect(x, TAR_XZ_INDEX, 1);
	x->skip = padding(x->n) + 4 + 12; /* its checksum, the stream's footer */
	return expect(x, TAR_XZ_BETWEEN, 4);
}

/* ---- the state machine ---- */

static const char *
take_part(struct tar_xz *x)
{
	static const char *(*const parts[])(struct tar_xz *) = {
	    [TAR_XZ_BETWEEN] = look_between,
	    [TAR_XZ_STREAM] = begin_stream,
	    [TAR_XZ_BLOCK] = look_at_block,
	    [TAR_XZ_BLOCK_HEADER] = begin_block,
	    [TAR_XZ_CHUNK] = look_at_chunk,
	    [TAR_XZ_CHUNK_HEADER] = begin_chunk,
	    [TAR_XZ_INDEX] = look_at_index};

	return parts[x->part](x);
}

const char *
tar_xz_look(struct tar_xz *x, const char *p, size_t n)
{
	const char *why = NULL;
	size_t k;

	for (; why == NULL && n > 0; p += k, n -= k) {
		k = x->skip < n ? (size_t)x->skip : n;
		x->skip -= k;
		if (k > 0)
			continue;
		k = x->need - x->have < n ? x->need - x->have : n;
		memcpy(x->head + x->have, p, k);
		x->have += k;
		if (x->have == x->need)
			why = take_part(x);
	}
	return why;
}
