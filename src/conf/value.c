/* value.c: see value.h.
 *
 * There is a set_...() for each kind of key. Each sets *why before it checks something, so
 * that a check can simply return false. Values that go into headers, log lines or addresses
 * are restricted to what is safe there. */
#include "conf/value.h"

#include <limits.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/address.h"
#include "base/buf.h"

#define SOCKET_MAX (sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)

bool
value_bool(const char *text, bool *out)
{
	static const char *const words[] = {
	    "false", "true", "no", "yes", "off", "on", "0", "1"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(text, words[i]) == 0) {
			*out = i % 2 == 1;
			return true;
		}
	return false;
}

/* Texts are written to headers and to lines of the log, so they must not contain newlines. */
static bool
is_one_line(const char *text, const char **why)
{
	const char *p;

	*why = "must not contain a control character";
	for (p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return true;
}

/* Makes a path absolute and removes `.`, repeated slashes and a slash at the end. `..` is
 * kept, because symbolic links decide what it means. */
static bool
make_absolute(struct arena *a, const char *text, const char **out, const char **why)
{
	char cwd[PATH_MAX];
	struct str rest, part;
	struct buf path;

	*why = "is relative, and the current directory cannot be determined";
	if (text[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL)
		return false;
	rest = str_of(text[0] == '/' ? text : arena_printf(a, "%s/%s", cwd, text));
	buf_init(&path, a, PATH_MAX - 1);
	while (rest.n > 0) {
		part = str_cut(&rest, '/');
		if (part.n == 0 || str_is(part, "."))
			continue;
		buf_addc(&path, '/');
		buf_add(&path, part.p, part.n);
	}
	*why = "must not be the root directory";
	if (path.n == 0 && !path.full)
		return false;
	*why = "must not be longer than PATH_MAX";
	*out = path.p;
	return !path.full;
}

static bool
set_path(struct arena *a, const char *text, const char **out, const char **why)
{
	return is_one_line(text, why) && make_absolute(a, text, out, why);
}

static bool
set_socket(struct arena *a, const char *text, const char **out, const char **why)
{
	if (!set_path(a, text, out, why))
		return false;
	*why = arena_printf(a,
	    "%s is longer than the %zu bytes of a Unix socket's path", *out,
	    SOCKET_MAX);
	return strlen(*out) <= SOCKET_MAX;
}

static bool
set_number(struct arena *a, const struct key *key, const char *text, unsigned *out,
    const char **why)
{
	long long n;

	*why = arena_printf(
	    a, "must be a number from %u to %u", key->min, key->max);
	if (!str_to_int64(str_of(text), &n) || n < key->min || n > key->max)
		return false;
	*out = (unsigned)n;
	return true;
}

static bool
set_workers(struct arena *a, const struct key *key, const char *text, unsigned *out,
    const char **why)
{
	long n;

	if (strcmp(text, "auto") != 0)
		return set_number(a, key, text, out, why);
	n = sysconf(_SC_NPROCESSORS_ONLN);
	*out = n > key->max ? key->max : (unsigned)n;
	if (n < key->min) /* also -1, when the system does not know */
		*out = key->min;
	return true;
}

/* An http or https address without query and fragment. Slashes at the end are removed. */
static bool
set_url(struct arena *a, const char *text, const char **out, const char **why)
{
	size_t n = strlen(text);
	const char *host = strstr(text, "://");

	*why = "must be an address that begins with http:// or https://";
	if (strncasecmp(text, "http://", 7) != 0 &&
	    strncasecmp(text, "https://", 8) != 0)
		return false;
	if (host[3] == '\0' || host[3] == '/' || host[3] == ':')
		return false;
	*why = "must not contain a blank, a query or a fragment";
	if (strcspn(text, " \t?#\\\"<>") != n || !is_one_line(text, why))
		return false;
	while (text[n - 1] == '/')
		n--;
	*out = arena_strndup(a, text, n);
	return true;
}

/* A system or an architecture as Go, and so every image, names them. */
static bool
is_go_name(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((s.p[i] < 'a' || s.p[i] > 'z') &&
		    (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return s.n > 0;
}

/* A variant ("linux/arm/v7") is refused: it would not be looked at. */
static bool
set_platform(const char *text, const char **out, const char **why)
{
	struct str architecture = str_of(text), os = str_cut(&architecture, '/');

	*why = "must be a system and an architecture as images name them, such as "
	       "linux/amd64, without a variant";
	*out = text;
	return is_go_name(os) && is_go_name(architecture);
}

static bool
is_word(struct str word)
{
	size_t i;

	for (i = 0; i < word.n; i++)
		if (strchr(" \t\"(),/:;<=>?@[\\]{}", word.p[i]) != NULL)
			return false;
	return word.n > 0;
}

/* Names of methods or headers (tokens of RFC 9110, section 5.6.2), separated by commas. */
static bool
set_words(struct arena *a, const char *text, const char **out, const char **why)
{
	struct str rest = str_of(text), word;
	struct buf b;

	buf_init(&b, a, strlen(text) * 2 + 1);
	if (!is_one_line(text, why))
		return false;
	*why = "must be a list of names of methods or headers";
	while (rest.p != NULL && rest.n > 0) {
		word = str_trim(str_cut(&rest, ','));
		if (!is_word(word))
			return false;
		buf_adds(&b, b.n == 0 ? "" : ", ");
		buf_add(&b, word.p, word.n);
	}
	*out = b.p;
	return b.n > 0;
}

/* "scheme://host" or "scheme://host:port" (RFC 6454), or "*". docker-registry also accepted
 * regular expressions. */
static bool
is_origin(struct str s)
{
	struct str rest = s, scheme = str_cut(&rest, ':');
	size_t i;

	if (str_is(s, "*"))
		return true;
	if (scheme.n == 0 || !str_starts(rest, "//") || rest.n == 2)
		return false;
	for (i = 2; i < rest.n; i++)
		if (strchr(" \t*?()|^$+\\{}/,\"<>#", rest.p[i]) != NULL)
			return false;
	return true;
}

/* The origin as a browser sends it: in lower case, without the default port. */
static const char *
as_sent(struct arena *a, struct str origin)
{
	char *s = str_dup(a, origin);
	size_t i, n = origin.n;

	for (i = 0; i < n; i++)
		if (s[i] >= 'A' && s[i] <= 'Z')
			s[i] = (char)(s[i] - 'A' + 'a');
	if (strncmp(s, "http://", 7) == 0 && strcmp(s + n - 3, ":80") == 0)
		s[n - 3] = '\0';
	if (strncmp(s, "https://", 8) == 0 && strcmp(s + n - 4, ":443") == 0)
		s[n - 4] = '\0';
	return s;
}

static bool
set_origins(
    struct arena *a, const char *text, const char *const **out, const char **why)
{
	const char **all = arena_alloc(a, (strlen(text) + 2) * sizeof(*all));
	struct str rest = str_of(text), one;
	size_t n = 0;

	if (!is_one_line(text, why))
		return false;
	*why =
	    "must be origins such as https://site.example, or \"*\", but no patterns";
	while (rest.p != NULL && rest.n > 0) {
		one = str_trim(str_cut(&rest, ','));
		if (!is_origin(one))
			return false;
		all[n++] = as_sent(a, one);
		if (str_is(one, "*")) { /* includes all others */
			all[0] = "*";
			all[1] = NULL;
			break;
		}
	}
	*out = all;
	return n > 0;
}

static bool
set_proxies(
    struct arena *a, const char *text, const char *const **out, const char **why)
{
	const char **all = arena_alloc(a, (strlen(text) + 2) * sizeof(*all));
	struct str rest = str_of(text);
	size_t n = 0;

	*why =
	    "must be addresses or networks such as 192.0.2.1, 10.0.0.0/8 or unix:";
	while (rest.p != NULL && rest.n > 0) {
		all[n] = str_dup(a, str_trim(str_cut(&rest, ',')));
		if (!address_is_network(all[n++]))
			return false;
	}
	*out = all;
	return n > 0;
}

static bool
set_flag(const char *text, bool *out, const char **why)
{
	*why = "must be true or false";
	return value_bool(text, out);
}

bool
value_set(struct arena *a, const struct key *key, const char *text,
    struct conf *conf, const char **why)
{
	void *member = (char *)conf + key->member;

	switch (key->kind) {
	case KEY_PATH:
	case KEY_FILE:
		return set_path(a, text, member, why);
	case KEY_SOCKET:
		return set_socket(a, text, member, why);
	case KEY_TEXT:
	case KEY_SECRET:
		*(const char **)member = text;
		return is_one_line(text, why);
	case KEY_FLAG:
		return set_flag(text, member, why);
	case KEY_URL:
		return set_url(a, text, member, why);
	case KEY_PLATFORM:
		return set_platform(text, member, why);
	case KEY_WORDS:
		return set_words(a, text, member, why);
	case KEY_ORIGINS:
		return set_origins(a, text, member, why);
	case KEY_PROXIES:
		return set_proxies(a, text, member, why);
	case KEY_LEVEL:
		*why = "must be debug, info, warn, error or critical";
		return log_level_of(text, member);
	case KEY_WORKERS:
		return set_workers(a, key, text, member, why);
	default:
		return set_number(a, key, text, member, why);
	}
}

static const char *
show_list(struct arena *a, const char *const *list, const char *none)
{
	struct buf b;

	if (list == NULL)
		return none;
	buf_init(&b, a, 4096);
	for (; *list != NULL; list++) {
		buf_adds(&b, b.n == 0 ? "" : ", ");
		buf_adds(&b, *list);
	}
	return b.p;
}

/* A password in the address is not shown. */
static const char *
show_url(struct arena *a, const char *url)
{
	const char *host = strstr(url, "://") + 3, *end = strchrnul(host, '/');
	const char *at = memrchr(host, '@', (size_t)(end - host));

	if (at == NULL)
		return url;
	return arena_printf(a, "%.*s(set)%s", (int)(host - url), url, at);
}

const char *
value_show(struct arena *a, const struct key *key, const struct conf *conf)
{
	static const char *const levels[] = {"debug", "info", "warn", "error"};
	const void *member = (const char *)conf + key->member;
	const char *text;

	switch (key->kind) {
	case KEY_FLAG:
		return *(const bool *)member ? "true" : "false";
	case KEY_SECRET:
		return *(const char *const *)member == NULL ? key->shown_default
							    : "(set)";
	case KEY_URL:
		text = *(const char *const *)member;
		return text != NULL ? show_url(a, text) : key->shown_default;
	case KEY_ORIGINS:
	case KEY_PROXIES:
		return show_list(
		    a, *(const char *const *const *)member, key->shown_default);
	case KEY_PATH:
	case KEY_FILE:
	case KEY_SOCKET:
	case KEY_TEXT:
	case KEY_PLATFORM:
	case KEY_WORDS:
		text = *(const char *const *)member;
		return text != NULL ? text : key->shown_default;
	case KEY_LEVEL:
		return levels[*(const enum log_level *)member];
	default:
		return arena_printf(a, "%u", *(const unsigned *)member);
	}
}
