/* upload.c: see upload.h. */
#include "lib/upload.h"

#include "lib/repository.h"

const char *
upload_file(const char *id, const char *file)
{
	return arena_printf(arena, "_berth/upload/%s/%s", id, file);
}

struct store_upload
begin_upload(enum hash_kind kind)
{
	struct store_upload up = {.id = ""};

	is_int(store_upload_begin(repository(APP), kind, &up, &err), RC_OK,
	    "an upload begins");
	return up;
}

enum result
reopen_upload(const char *id, struct store_upload *up)
{
	return store_upload_open(repository(APP), str_of(id), up, &err);
}

enum result
append_bytes(struct store_upload *up, struct str bytes)
{
	struct hash after = up->hash;
	struct stage *sg;
	enum result r = stage_adopt(store, arena, make_body(bytes), &sg, &err);

	if (r == RC_OK)
		r = stage_hash(sg, &after, &err);
	if (r == RC_OK)
		r = store_upload_append(up, sg, &after, &err);
	remove_bodies();
	return r;
}

enum result
append_text(struct store_upload *up, const char *text)
{
	return append_bytes(up, str_of(text));
}

enum result
finish_upload(struct store_upload *up, struct digest *d)
{
	struct hash all = up->hash, ended = all;
	struct stage *nothing;
	enum result r = stage_adopt(store, arena, NULL, &nothing, &err);

	digest_end(&ended, d);
	if (r == RC_OK)
		r = store_upload_finish(up, nothing, &all, &err);
	return r;
}

const char *
saved_hash(const struct store_upload *up)
{
	return hash_save(&up->hash, arena);
}
