/* secret.c: see store/secret.h. A secret is a file of mode 0600 in _berth/. */
#include "store/secret.h"

#include "storefs/io.h"

#define SECRET_DIR "_berth"

static const char *const files[] = {
    [STORE_SECRET_SIGNING_KEY] = "schema1.pem",
};

static const char *const names[] = {
    [STORE_SECRET_SIGNING_KEY] = SECRET_DIR "/schema1.pem",
};

const char *
store_secret_name(enum store_secret which)
{
	return names[which];
}

enum result
store_secret_read(const struct store *st, struct arena *a, enum store_secret which,
    struct str *out, struct err *err)
{
	return io_read(st, a, names[which], STORE_SECRET_MAX, out, err);
}

enum result
store_secret_make(const struct store *st, enum store_secret which, struct str bytes,
    struct err *err)
{
	enum result r = io_put_secret(st, SECRET_DIR, files[which], bytes, err);

	if (r == RC_OK)
		r = io_sync(st, SECRET_DIR, err);
	return r;
}
