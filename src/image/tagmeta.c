/* tagmeta.c: see tagmeta.h. */
#include "image/tagmeta.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/jsonw.h"

#define META_FRAME  ((size_t)256) /* bytes: the keys and the time */
#define META_GROWTH ((size_t)6)   /* times: a control character becomes \u0001 */

struct facts {
	struct str docker, go, arch, os, kernel;
};

static bool
is_word_char(char c)
{
	return c != '/' && strchr(" \t\r\n\v\f", c) == NULL;
}

static struct str
take_word(struct str *rest)
{
	struct str word = {rest->p, 0};

	while (word.n < rest->n && rest->p[word.n] != '\0' &&
	       is_word_char(rest->p[word.n]))
		word.n++;
	rest->p += word.n;
	rest->n -= word.n;
	return word;
}

static void
set_fact(struct facts *f, struct str name, struct str value)
{
	if (str_is(name, "docker"))
		f->docker = value;
	else if (str_is(name, "go"))
		f->go = value;
	else if (str_is(name, "arch"))
		f->arch = value;
	else if (str_is(name, "os"))
		f->os = value;
	else if (str_is(name, "kernel"))
		f->kernel = value;
}

/* The pairs ([^\s/]+)/([^\s/]+), found from left to right. */
static struct facts
facts_of(struct str agent)
{
	struct facts f = {0};

	while (agent.n > 0) {
		struct str name = take_word(&agent), value = {"", 0};
		bool slash = name.n > 0 && agent.n > 0 && agent.p[0] == '/';

		if (agent.n > 0)
			agent = str_make(agent.p + 1, agent.n - 1);
		if (slash)
			value = take_word(&agent);
		if (value.n > 0)
			set_fact(&f, name, value);
	}
	return f;
}

static struct str
to_lower(struct arena *a, struct str s)
{
	char *p = str_dup(a, s);
	size_t i;

	for (i = 0; i < s.n; i++)
		p[i] = (char)tolower((unsigned char)p[i]);
	return str_make(p, s.n);
}

static void
put_member(struct jsonw *w, const char *key, struct str value)
{
	if (value.n == 0)
		return;
	jsonw_key(w, key);
	jsonw_str(w, value);
}

/* docker-registry wrote the keys in this order, that of a dictionary in Python 2. */
struct str
tagmeta_of_agent(struct arena *a, struct str user_agent, int64_t now)
{
	struct facts f = facts_of(user_agent);
	struct jsonw w;
	struct buf b;

	buf_init(&b, a, META_FRAME + META_GROWTH * user_agent.n);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	put_member(&w, "kernel", to_lower(a, f.kernel));
	put_member(&w, "arch", to_lower(a, f.arch));
	put_member(&w, "docker_go_version", f.go);
	jsonw_key(&w, "last_update");
	jsonw_int(&w, now);
	put_member(&w, "docker_version", f.docker);
	put_member(&w, "os", to_lower(a, f.os));
	jsonw_end(&w);
	return buf_str(&b);
}

struct str
tagmeta_default(void)
{
	return str_of(
	    "{\"kernel\": null, \"arch\": \"amd64\", \"docker_go_version\": null, "
	    "\"last_update\": null, \"docker_version\": null, \"os\": \"linux\"}");
}
