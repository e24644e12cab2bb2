/* secret.c: see secret.h. */
#include "store/secret.h"

#include "storefs/io.h"

#define SECRET_DIR "_berth"

enum result
store_secret_read(const struct store *st, struct arena *a, const char *name,
    size_t limit, struct str *out, struct err *err)
{
	return io_read(
	    st, a, arena_printf(a, SECRET_DIR "/%s", name), limit, out, err);
}

enum result
store_secret_make(
    const struct store *st, const char *name, struct str bytes, struct err *err)
{
	enum result r = io_put_secret(st, SECRET_DIR, name, bytes, err);

	return r == RC_OK ? io_sync(st, SECRET_DIR, err) : r;
}
