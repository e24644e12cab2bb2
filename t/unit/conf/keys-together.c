/* keys-together.c: the keys of tokens, mirror, mails and CORS: their values, and what
 * they mean together. */
#include "lib/conf.h"

#define INDEX  "  index_endpoint: https://index.example.com/\n"
#define SECRET "  secret_key: 0123456789abcdef\n"

struct refusal {
	const char *text, *why;
};

static void
are_refused(const struct refusal *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		ok(is_refused(load_keys(rows[i].text), rows[i].why), "refused %s",
		    rows[i].why);
}

#define ARE_REFUSED(rows) are_refused(rows, sizeof(rows) / sizeof((rows)[0]))

/* As check-config shows it. */
static const char *
shown_as(const struct conf *conf, const char *key)
{
	size_t i;

	for (i = 0; conf != NULL && i < conf->n_values; i++)
		if (strcmp(conf->values[i].key, key) == 0)
			return conf->values[i].value;
	return NULL;
}

static void
test_tokens(void)
{
	static const struct refusal rows[] = {
	    {"  standalone: false\n  index_endpoint: index.example.com\n",
		":4: index_endpoint: must be"},
	    {"  index_endpoint: ftp://index.example.com\n",
		":3: index_endpoint: must be"},
	    {"  index_endpoint: https://\n", ":3: index_endpoint: must be"},
	    {"  check_tokens: true\n  secret_key: 0123456789abcde\n",
		":4: secret_key: must have at least 16"},
	    {"  check_tokens: maybe\n", ":3: check_tokens: must be true or false"},
	    {"  privileged_key: /\n",
		":3: privileged_key: must not be the root directory"},
	};
	struct conf *c;

	ARE_REFUSED(rows);
	c = load_keys("  standalone: false\n" INDEX);
	is_str(c == NULL ? NULL : c->index_endpoint, "https://index.example.com",
	    "an index, without the slash at the end");
	is_int(c == NULL ? 9 : c->n_notes, 0, "wants nothing else");
	c = load_keys(
	    "  standalone: false\n"
	    "  index_endpoint: https://jo:p@ss:w@index.example.com/at@\n");
	is_str(c == NULL ? NULL : c->index_endpoint,
	    "https://jo:p@ss:w@index.example.com/at@", "one with a password");
	is_str(shown_as(c, "index_endpoint"), "https://(set)@index.example.com/at@",
	    "which is not shown");
	c = load_keys("  check_tokens: true\n" SECRET);
	ok(c != NULL && c->check_tokens && c->n_notes == 0, "own tokens");
	is_str(
	    c == NULL ? NULL : c->secret_key, "0123456789abcdef", "their secret");
	ok(shown_as(c, "secret_key") != NULL &&
		strstr(shown_as(c, "secret_key"), "0123") == NULL,
	    "is not shown");
	c = load_keys("  check_tokens: true\n");
	ok(c != NULL && c->secret_key == NULL, "a secret is made up where none is");
}

static void
test_token_notes(void)
{
	struct conf *c = load_keys(SECRET INDEX "  privileged_key: /k.pem\n");

	ok(note_at(c, 3) != NULL && note_at(c, 4) != NULL && note_at(c, 5) != NULL,
	    "what means nothing to an open registry is noted");
	is_int(c == NULL ? 0 : c->n_notes, 3, "and no more");
	c = load_keys("  standalone: false\n  check_tokens: true\n" INDEX);
	ok(note_at(c, 4) != NULL, "own tokens next to another index's");
	c = load_keys("  standalone: false\n" INDEX SECRET);
	ok(note_at(c, 5) != NULL, "their secret next to it");
	c = load_keys("  check_tokens: true\n  disable_token_auth: true\n");
	ok(note_at(c, 3) != NULL, "tokens that are asked for and not");
}

static void
test_mirror(void)
{
	static const struct refusal rows[] = {
	    {"  mirroring: {source: registry}\n", ":3: mirroring.source: must be"},
	    {"  mirroring: {source: 'http://a b'}\n",
		":3: mirroring.source: must not contain a blank"},
	    {"  mirroring: {source: 'http://a', tags_cache_ttl: -1}\n",
		":3: mirroring.tags_cache_ttl: must be a number from 0"},
	    {"  mirroring: {source: [http://a, http://b]}\n",
		":3: mirroring.source: must be a single value"},
	    {"  check_tokens: true\n  mirroring: {source: 'http://a'}\n",
		":4: mirroring.source: cannot be used with check_tokens"},
	};
	struct conf *c;

	ARE_REFUSED(rows);
	c = load_keys("  mirroring:\n    source: http://a.example:5000/\n"
		      "    source_index: https://b.example/\n"
		      "    tags_cache_ttl: 0\n");
	ok(c != NULL && strcmp(c->mirroring_source, "http://a.example:5000") == 0 &&
		strcmp(c->mirroring_source_index, "https://b.example") == 0 &&
		c->mirroring_tags_cache_ttl == 0,
	    "source, index and time");
	c = load_keys("  mirroring:\n    source_index: https://b.example\n");
	ok(note_at(c, 4) != NULL, "an index without a source is noted");
}

static void
test_mail(void)
{
	static const struct refusal rows[] = {
	    {"  email_exceptions: {smtp_host: m}\n",
		":3: email_exceptions.smtp_host: needs from_addr and to_addr"},
	    {"  email_exceptions: {smtp_host: m, from_addr: a}\n",
		":3: email_exceptions.smtp_host: needs"},
	    {"  email_exceptions: {smtp_port: 65536}\n",
		":3: email_exceptions.smtp_port: must be a number from 1 to 65535"},
	    {"  email_exceptions: {to_addr: \"a\\nBcc: b\"}\n",
		":3: email_exceptions.to_addr: must not contain a control character"},
	};
	struct conf *c;

	ARE_REFUSED(rows);
	ENV("SMTP_PASSWORD", "hunter2");
	c = load_keys("  email_exceptions:\n    smtp_host: m\n    from_addr: a\n"
		      "    to_addr: b\n    smtp_password: _env:SMTP_PASSWORD\n"
		      "    smtp_secure: true\n");
	ok(c != NULL && c->mail_smtp_secure && c->mail_smtp_port == 25, "a mail");
	is_str(c == NULL ? NULL : c->mail_smtp_password, "hunter2", "its password");
	ok(shown_as(c, "email_exceptions.smtp_password") != NULL &&
		strstr(shown_as(c, "email_exceptions.smtp_password"), "hunter") ==
		    NULL,
	    "is not shown");
	c = load_keys("  email_exceptions: {to_addr: b}\n");
	ok(c != NULL && c->mail_smtp_host == NULL, "no host, no mail");
}

static void
test_cors(void)
{
	static const struct refusal rows[] = {
	    {"  cors: {origins: site.example}\n", ":3: cors.origins: must be"},
	    {"  cors: {origins: 'https://*.example'}\n", "no patterns"},
	    {"  cors: {origins: [https://a.example, 'https://b.example/x']}\n",
		"no patterns"},
	    {"  cors: {origins: [[https://a.example]]}\n",
		":3: cors.origins: must be a single value or a list of values"},
	    {"  cors: {methods: [{a: b}]}\n",
		":3: cors.methods: must be a single value or a list of values"},
	    {"  cors: {methods: 'GET; PUT'}\n", ":3: cors.methods: must be"},
	    {"  cors: {origins: '*', supports_credentials: true}\n",
		":3: cors.supports_credentials: cannot be used with origins \"*\""},
	    {"  cors: {origins: [https://a.example, '*'],\n"
	     "    supports_credentials: true}\n",
		":4: cors.supports_credentials: cannot be used with origins \"*\""},
	};
	struct conf *c;

	ARE_REFUSED(rows);
	c = load_keys("");
	ok(c != NULL && c->cors_origins == NULL, "off by default");
	c = load_keys(
	    "  cors: {origins: [], expose_headers: ['']}\n  threads: []\n");
	ok(c != NULL && c->cors_origins == NULL &&
		strstr(c->cors_expose_headers, "Link") != NULL,
	    "an empty list is not a value");
	ENV("CORS_ORIGINS", "[]");
	c = load_keys("  cors: {origins: _env:CORS_ORIGINS}\n");
	ok(c != NULL && c->cors_origins == NULL, "nor is one of the environment");
	ENV("CORS_ORIGINS", "https://a.example, http://b:81");
	c = load_keys("  cors:\n    origins: _env:CORS_ORIGINS\n"
		      "    methods: [GET, HEAD]\n    supports_credentials: true\n");
	if (!ok(c != NULL && c->cors_origins != NULL, "two origins"))
		return;
	is_str(c->cors_origins[0], "https://a.example", "the first");
	is_str(c->cors_origins[1], "http://b:81", "the second");
	is_str(c->cors_origins[2], NULL, "no more");
	is_str(c->cors_methods, "GET, HEAD", "methods");
	ok(c->cors_supports_credentials && c->cors_always_send &&
		c->cors_vary_header && !c->cors_send_wildcard,
	    "flags");
	ENV("DISABLE_TOKEN_AUTH", "1", "STANDALONE", "0");
	c = load_keys("  standalone: _env:STANDALONE\n"
		      "  disable_token_auth: _env:DISABLE_TOKEN_AUTH\n"
		      "  debug_versions: on\n");
	ok(c->disable_token_auth && !c->standalone,
	    "flags as an environment has them");
	ok(note_at(c, 5) != NULL, "0.8's name of debug is known");
	c = load_keys(
	    "  cors: {origins: ['HTTPS://UI.Example:443', 'http://b:80',\n"
	    "    'https://c:80', 'http://[::1]:80', 'http://d:8080']}\n");
	is_str(shown_as(c, "cors.origins"),
	    "https://ui.example, http://b, https://c:80, http://[::1], "
	    "http://d:8080",
	    "as a browser writes them");
	c = load_keys("  cors:\n    automatic_options: false\n");
	ok(note_at(c, 4) != NULL, "preflights are always answered");
	c = load_keys("  cors: {automatic_options: true}\n");
	ok(c != NULL && c->n_notes == 0, "which need not be asked for");
	c = load_keys("  cors: {origins: [https://a.example, '*']}\n");
	ok(c != NULL && strcmp(c->cors_origins[0], "*") == 0 &&
		c->cors_origins[1] == NULL,
	    "any is any");
}

static void
test_proxies(void)
{
	static const struct refusal rows[] = {
	    {"  trusted_proxies: proxy.example\n",
		":3: trusted_proxies: must be addresses or networks such as"},
	    {"  trusted_proxies: 10.0.0.0/33\n", ":3: trusted_proxies: must be"},
	    {"  trusted_proxies: [10.0.0.1, x]\n", ":3: trusted_proxies: must be"},
	};
	struct conf *c;

	ARE_REFUSED(rows);
	c = load_keys("");
	ok(c != NULL && c->trusted_proxies == NULL, "none by default");
	is_str(shown_as(c, "trusted_proxies"), "none", "which is said");
	c = load_keys("  trusted_proxies: []\n");
	ok(c != NULL && c->trusted_proxies == NULL, "an empty list is none");
	c = load_keys("  trusted_proxies: 192.0.2.1\n");
	is_str(shown_as(c, "trusted_proxies"), "192.0.2.1", "one");
	c = load_keys("  trusted_proxies: [10.0.0.0/8, '::1', 'unix:']\n");
	is_str(shown_as(c, "trusted_proxies"), "10.0.0.0/8, ::1, unix:", "three");
	ok(c->trusted_proxies[3] == NULL, "and no more");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_tokens, test_token_notes,
	    test_mirror, test_mail, test_cors, test_proxies};

	return run_conf_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
