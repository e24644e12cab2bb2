/* keys.c: see keys.h. */
#include "conf/keys.h"

#include <string.h>

#include "conf/conf.h"

#define NAME_MAX_BYTES 64 /* keys_nearest() does not look at longer names */
#define TYPOS          2  /* letters that may be wrong */

#define MEMBER(name) offsetof(struct conf, name)
#define YEAR         (365U * 24 * 60 * 60)

#define NO_S3     "ignored: the store is a local directory (storage_path), not S3"
#define NO_REMOTE "ignored: the store is a local directory (storage_path)"
#define NO_REDIS \
	"ignored: no redis is needed, workers share the page cache and the index"
#define ALWAYS_ON \
	"ignored: nginx always sends the files, see the shipped nginx configuration"

static const struct key keys[] = {
    {.name = "storage_path", .kind = KEY_PATH, .member = MEMBER(storage_path)},
    {.name = "index_database",
	.kind = KEY_PATH,
	.member = MEMBER(index_database),
	.default_text = "_berth/index.db"},
    {.name = "socket",
	.kind = KEY_SOCKET,
	.member = MEMBER(socket),
	.default_text = "_berth/berth.sock"},
    {.name = "log_file",
	.kind = KEY_PATH,
	.member = MEMBER(log_file),
	.shown_default = "standard error"},
    {.name = "loglevel",
	.kind = KEY_LEVEL,
	.member = MEMBER(loglevel),
	.default_text = "info"},
    {.name = "issue",
	.kind = KEY_TEXT,
	.member = MEMBER(issue),
	.shown_default = "docker-registry server (<flavor>)"},
    {.name = "registry_endpoints",
	.kind = KEY_TEXT,
	.member = MEMBER(registry_endpoints),
	.shown_default = "the request's Host"},
    {.name = "trusted_proxies",
	.kind = KEY_PROXIES,
	.member = MEMBER(trusted_proxies),
	.shown_default = "none"},
    {.name = "workers",
	.kind = KEY_WORKERS,
	.member = MEMBER(workers),
	.min = 1,
	.max = 64,
	.default_text = "auto"},
    {.name = "threads",
	.kind = KEY_NUMBER,
	.member = MEMBER(threads),
	.min = 1,
	.max = 1024,
	.default_text = "64"},
    {.name = "push_expiry",
	.kind = KEY_NUMBER,
	.member = MEMBER(push_expiry),
	.min = 60,
	.max = YEAR,
	.default_text = "86400"},
    {.name = "open_uploads",
	.kind = KEY_NUMBER,
	.member = MEMBER(open_uploads),
	.min = 1,
	.max = 1000000,
	.default_text = "10000"},
    {.name = "schema1_signing_key",
	.kind = KEY_FILE,
	.member = MEMBER(schema1_signing_key),
	.shown_default = "made by berth"},
    {.name = "bridge.platform",
	.kind = KEY_PLATFORM,
	.member = MEMBER(bridge_platform),
	.default_text = "linux/amd64"},
    {.name = "bridge.schema1",
	.kind = KEY_FLAG,
	.member = MEMBER(bridge_schema1),
	.default_text = "true"},

    {.name = "debug",
	.kind = KEY_FLAG,
	.member = MEMBER(debug),
	.default_text = "false"},

    {.name = "standalone",
	.kind = KEY_FLAG,
	.member = MEMBER(standalone),
	.default_text = "true"},
    {.name = "disable_token_auth",
	.kind = KEY_FLAG,
	.member = MEMBER(disable_token_auth),
	.default_text = "false"},
    {.name = "check_tokens",
	.kind = KEY_FLAG,
	.member = MEMBER(check_tokens),
	.default_text = "false"},
    {.name = "secret_key",
	.kind = KEY_SECRET,
	.member = MEMBER(secret_key),
	.shown_default = "another at each start"},
    {.name = "index_endpoint",
	.kind = KEY_URL,
	.member = MEMBER(index_endpoint),
	.shown_default = "none"},
    {.name = "privileged_key",
	.kind = KEY_FILE,
	.member = MEMBER(privileged_key),
	.shown_default = "none"},

    {.name = "trust_redirects",
	.kind = KEY_FLAG,
	.member = MEMBER(trust_redirects),
	.default_text = "false"},
    {.name = "mirroring.source",
	.kind = KEY_URL,
	.member = MEMBER(mirroring_source),
	.shown_default = "none"},
    {.name = "mirroring.source_index",
	.kind = KEY_URL,
	.member = MEMBER(mirroring_source_index),
	.shown_default = "the source"},
    {.name = "mirroring.tags_cache_ttl",
	.kind = KEY_NUMBER,
	.member = MEMBER(mirroring_tags_cache_ttl),
	.max = YEAR,
	.default_text = "172800"},

    {.name = "email_exceptions.smtp_host",
	.kind = KEY_TEXT,
	.member = MEMBER(mail_smtp_host),
	.shown_default = "none"},
    {.name = "email_exceptions.smtp_port",
	.kind = KEY_NUMBER,
	.member = MEMBER(mail_smtp_port),
	.min = 1,
	.max = 65535,
	.default_text = "25"},
    {.name = "email_exceptions.smtp_login",
	.kind = KEY_TEXT,
	.member = MEMBER(mail_smtp_login),
	.shown_default = "none"},
    {.name = "email_exceptions.smtp_password",
	.kind = KEY_SECRET,
	.member = MEMBER(mail_smtp_password),
	.shown_default = "none"},
    {.name = "email_exceptions.smtp_secure",
	.kind = KEY_FLAG,
	.member = MEMBER(mail_smtp_secure),
	.default_text = "false"},
    {.name = "email_exceptions.from_addr",
	.kind = KEY_TEXT,
	.member = MEMBER(mail_from_addr),
	.shown_default = "none"},
    {.name = "email_exceptions.to_addr",
	.kind = KEY_TEXT,
	.member = MEMBER(mail_to_addr),
	.shown_default = "none"},

    {.name = "cors.origins",
	.kind = KEY_ORIGINS,
	.member = MEMBER(cors_origins),
	.shown_default = "none"},
    {.name = "cors.methods",
	.kind = KEY_WORDS,
	.member = MEMBER(cors_methods),
	.default_text = "GET, HEAD, POST, OPTIONS, PUT, PATCH, DELETE"},
    {.name = "cors.headers",
	.kind = KEY_WORDS,
	.member = MEMBER(cors_headers),
	.shown_default = "those asked for"},
    {.name = "cors.expose_headers",
	.kind = KEY_WORDS,
	.member = MEMBER(cors_expose_headers),
	.default_text =
	    "Docker-Content-Digest, Docker-Distribution-Api-Version, Docker-Upload-UUID, "
	    "ETag, Link, Location, OCI-Filters-Applied, OCI-Subject, OCI-Tag, Range, "
	    "Retry-After, WWW-Authenticate, X-Request-Id"},
    {.name = "cors.max_age",
	.kind = KEY_NUMBER,
	.member = MEMBER(cors_max_age),
	.max = YEAR,
	.default_text = "0"},
    {.name = "cors.supports_credentials",
	.kind = KEY_FLAG,
	.member = MEMBER(cors_supports_credentials),
	.default_text = "false"},
    {.name = "cors.send_wildcard",
	.kind = KEY_FLAG,
	.member = MEMBER(cors_send_wildcard),
	.default_text = "false"},
    {.name = "cors.always_send",
	.kind = KEY_FLAG,
	.member = MEMBER(cors_always_send),
	.default_text = "true"},
    {.name = "cors.vary_header",
	.kind = KEY_FLAG,
	.member = MEMBER(cors_vary_header),
	.default_text = "true"},

    {.name = "storage", .kind = KEY_STORAGE},

    {.name = "debug_versions", .note = "ignored: the key is now called debug"},
    {.name = "search_backend",
	.note = "ignored: search is always on and uses index_database"},
    {.name = "sqlalchemy_index_database",
	.note = "ignored and not changed: berth has its own index_database"},
    {.name = "nginx_x_accel_redirect", .note = ALWAYS_ON},
    {.name = "storage_redirect", .note = ALWAYS_ON},
    {.name = "mirroring.*"},
    {.name = "cache.host", .note = NO_REDIS},
    {.name = "cache.*"},
    {.name = "cache_lru.host", .note = NO_REDIS},
    {.name = "cache_lru.*"},
    {.name = "email_exceptions.*"},
    {.name = "bugsnag",
	.note =
	    "ignored: errors are written to the log and sent by mail (email_exceptions)"},
    {.name = "cors.resources", .note = "ignored: CORS applies to all paths"},
    {.name = "cors.automatic_options",
	.quiet_value = "true",
	.note = "ignored: a preflight request (OPTIONS) is always answered"},
    {.name = "cors.*"},
    {.name = "boto_*", .note = NO_S3},
    {.name = "s3_*", .note = NO_S3},
    {.name = "cloudfront.*", .note = NO_S3},
    {.name = "gs_*", .note = NO_REMOTE},
    {.name = "oauth2", .note = NO_REMOTE},
    {.name = "azure_*", .note = NO_REMOTE},
    {.name = "swift_*", .note = NO_REMOTE},
    {.name = "glance_*", .note = NO_REMOTE},
    {.name = "storage_alternate", .note = NO_REMOTE},
    {.name = "elliptics_*", .note = NO_REMOTE},
    {.name = "oss_*", .note = NO_REMOTE},
};

#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

const struct key *
keys_at(size_t i)
{
	return i < N_KEYS ? &keys[i] : NULL;
}

bool
keys_has_member(const struct key *key)
{
	return key->kind != KEY_FOREIGN && key->kind < KEY_STORAGE;
}

bool
keys_takes_list(enum key_kind kind)
{
	return kind == KEY_WORDS || kind == KEY_ORIGINS || kind == KEY_PROXIES;
}

static bool
is_pattern(const struct key *key)
{
	return key->name[strlen(key->name) - 1] == '*';
}

/* Returns the first match, so in the table a name must come before a pattern that matches
 * it. */
const struct key *
keys_find(const char *name)
{
	size_t i;

	for (i = 0; i < N_KEYS; i++) {
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
		if (is_pattern(&keys[i]) &&
		    strncmp(keys[i].name, name, strlen(keys[i].name) - 1) == 0)
			return &keys[i];
	}
	return NULL;
}

/* The number of letters that must be inserted, removed or replaced to get from a to b
 * (Levenshtein distance). One row of the table of distances is kept: before round i, row[j]
 * is the distance from the first i - 1 letters of a to the first j letters of b. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_BYTES + 1], i, j, corner, above;

	for (j = 0; j <= strlen(b); j++)
		row[j] = j;
	for (i = 1; a[i - 1] != '\0'; i++) {
		corner = row[0];
		row[0] = i;
		for (j = 1; b[j - 1] != '\0'; j++) {
			above = row[j];
			if (a[i - 1] != b[j - 1])
				corner++;
			if (above + 1 < corner)
				corner = above + 1;
			if (row[j - 1] + 1 < corner)
				corner = row[j - 1] + 1;
			row[j] = corner;
			corner = above;
		}
	}
	return row[strlen(b)];
}

const char *
keys_nearest(const char *name)
{
	const char *nearest = NULL;
	size_t i, d, best = TYPOS + 1;

	if (strlen(name) > NAME_MAX_BYTES)
		return NULL;
	for (i = 0; i < N_KEYS; i++) {
		if (is_pattern(&keys[i]))
			continue;
		d = distance(name, keys[i].name);
		if (d < best && d * 2 < strlen(name)) {
			best = d;
			nearest = keys[i].name;
		}
	}
	return nearest;
}
