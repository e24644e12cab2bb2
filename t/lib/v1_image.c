/* v1_image.c: see v1_image.h. */
#include "lib/v1_image.h"

#include <string.h>

#include "lib/fixture.h"

struct image
image_of(char digit, const struct image *parent, const char *layer)
{
	struct image im;
	char *id = arena_alloc(arena, 65);

	memset(id, digit, 64);
	im.id = id;
	im.parent = parent == NULL ? NULL : parent->id;
	im.ancestry = parent == NULL ? arena_printf(arena, "[\"%s\"]", id)
				     : arena_printf(arena, "[\"%s\", %s", id,
					   parent->ancestry + 1);
	return image_with(im,
	    parent == NULL
		? arena_printf(arena, "{\"id\":\"%s\",\"comment\":\"base\"}\n", id)
		: arena_printf(arena, "{\"id\": \"%s\", \"parent\": \"%s\"}", id,
		      parent->id),
	    layer);
}

struct image
image_with(struct image im, const char *json, const char *layer)
{
	im.json = str_of(json);
	im.layer = str_of(layer);
	hash_of(HASH_SHA256, str_of(arena_printf(arena, "%s\n%s", json, layer)),
	    im.sum);
	return im;
}

const char *
image_file(const struct image *im, const char *file)
{
	return arena_printf(arena, "images/%s/%s", im->id, file);
}

const char *
push_file(const struct image *im, const char *file)
{
	return arena_printf(arena, "_berth/push/%s/%s", im->id, file);
}
