/* buildinfo.c: see buildinfo.h. */
#include "cmd/buildinfo.h"

#include <sys/utsname.h>

#include "base/jsonw.h"

#define JSON_MAX ((size_t)16 << 10)

static void
put_list(struct jsonw *w, const char *key, const char *const *texts)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (; *texts != NULL; texts++)
		jsonw_text(w, *texts);
	jsonw_end(w);
}

const char *
buildinfo_json(struct arena *a)
{
	static const char *const launch[] = {"berth", "serve", NULL};
	struct utsname u = {.sysname = ""};
	const char *const host[] = {
	    u.sysname, u.nodename, u.release, u.version, u.machine, NULL};
	struct jsonw w;
	struct buf b;

	(void)uname(&u);
	buf_init(&b, a, JSON_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	put_list(&w, "host", host);
	put_list(&w, "launch", launch);
	jsonw_key(&w, "versions");
	jsonw_object(&w);
	jsonw_key(&w, "berth");
	jsonw_text(&w, PACKAGE_VERSION);
	jsonw_end(&w);
	jsonw_end(&w);
	return buf_str(&b).p;
}
