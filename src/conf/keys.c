/* keys.c: see keys.h. */
#include "conf/keys.h"

#include <string.h>

#include "conf/conf.h"

#define NAME_MAX_BYTES 64 /* longer ones resemble none */
#define TYPOS          2  /* letters that may be wrong */

#define MEMBER(name) offsetof(struct conf, name)
#define YEAR         (365U * 24 * 60 * 60)

#define NO_S3     "not served: the store is a local directory (storage_path), no S3"
#define NO_REMOTE "not served: the store is a local directory (storage_path)"
#define NO_REDIS  "not needed: workers share the page cache and the index, no redis"
#define ALWAYS_ON \
	"always on: nginx sends the files, as its shipped configuration says"

static const struct key keys[] = {
    {"storage_path", KEY_PATH, MEMBER(storage_path), 0, 0, NULL, NULL},
    {"index_database", KEY_PATH, MEMBER(index_database), 0, 0, "_berth/index.db",
	NULL},
    {"socket", KEY_SOCKET, MEMBER(socket), 0, 0, "_berth/berth.sock", NULL},
    {"log_file", KEY_PATH, MEMBER(log_file), 0, 0, NULL, "standard error"},
    {"loglevel", KEY_LEVEL, MEMBER(loglevel), 0, 0, "info", NULL},
    {"issue", KEY_TEXT, MEMBER(issue), 0, 0, NULL,
	"docker-registry server (<flavor>)"},
    {"registry_endpoints", KEY_TEXT, MEMBER(registry_endpoints), 0, 0, NULL,
	"the request's Host"},
    {"trusted_proxies", KEY_PROXIES, MEMBER(trusted_proxies), 0, 0, NULL, "none"},
    {"workers", KEY_WORKERS, MEMBER(workers), 1, 64, "auto", NULL},
    {"threads", KEY_NUMBER, MEMBER(threads), 1, 1024, "64", NULL},
    {"push_expiry", KEY_NUMBER, MEMBER(push_expiry), 60, YEAR, "86400", NULL},
    {"open_uploads", KEY_NUMBER, MEMBER(open_uploads), 1, 1000000, "10000", NULL},
    {"schema1_signing_key", KEY_FILE, MEMBER(schema1_signing_key), 0, 0, NULL,
	"made by berth"},

    {"debug", KEY_FLAG, MEMBER(debug), 0, 0, "false", NULL},

    {"standalone", KEY_FLAG, MEMBER(standalone), 0, 0, "true", NULL},
    {"disable_token_auth", KEY_FLAG, MEMBER(disable_token_auth), 0, 0, "false",
	NULL},
    {"check_tokens", KEY_FLAG, MEMBER(check_tokens), 0, 0, "false", NULL},
    {"secret_key", KEY_SECRET, MEMBER(secret_key), 0, 0, NULL,
	"another at each start"},
    {"index_endpoint", KEY_URL, MEMBER(index_endpoint), 0, 0, NULL, "none"},
    {"privileged_key", KEY_FILE, MEMBER(privileged_key), 0, 0, NULL, "none"},

    {"trust_redirects", KEY_FLAG, MEMBER(trust_redirects), 0, 0, "false", NULL},
    {"mirroring.source", KEY_URL, MEMBER(mirroring_source), 0, 0, NULL, "none"},
    {"mirroring.source_index", KEY_URL, MEMBER(mirroring_source_index), 0, 0, NULL,
	"the source"},
    {"mirroring.tags_cache_ttl", KEY_NUMBER, MEMBER(mirroring_tags_cache_ttl), 0,
	YEAR, "172800", NULL},

    {"email_exceptions.smtp_host", KEY_TEXT, MEMBER(mail_smtp_host), 0, 0, NULL,
	"none"},
    {"email_exceptions.smtp_port", KEY_NUMBER, MEMBER(mail_smtp_port), 1, 65535,
	"25", NULL},
    {"email_exceptions.smtp_login", KEY_TEXT, MEMBER(mail_smtp_login), 0, 0, NULL,
	"none"},
    {"email_exceptions.smtp_password", KEY_SECRET, MEMBER(mail_smtp_password), 0, 0,
	NULL, "none"},
    {"email_exceptions.smtp_secure", KEY_FLAG, MEMBER(mail_smtp_secure), 0, 0,
	"false", NULL},
    {"email_exceptions.from_addr", KEY_TEXT, MEMBER(mail_from_addr), 0, 0, NULL,
	"none"},
    {"email_exceptions.to_addr", KEY_TEXT, MEMBER(mail_to_addr), 0, 0, NULL,
	"none"},

    {"cors.origins", KEY_ORIGINS, MEMBER(cors_origins), 0, 0, NULL, "none"},
    {"cors.methods", KEY_WORDS, MEMBER(cors_methods), 0, 0,
	"GET, HEAD, POST, OPTIONS, PUT, PATCH, DELETE", NULL},
    {"cors.headers", KEY_WORDS, MEMBER(cors_headers), 0, 0, NULL,
	"those asked for"},
    {"cors.expose_headers", KEY_WORDS, MEMBER(cors_expose_headers), 0, 0,
	"Docker-Content-Digest, Docker-Distribution-Api-Version, Docker-Upload-UUID, "
	"ETag, Link, Location, OCI-Filters-Applied, OCI-Subject, OCI-Tag, Range, "
	"Retry-After, WWW-Authenticate, X-Request-Id",
	NULL},
    {"cors.max_age", KEY_NUMBER, MEMBER(cors_max_age), 0, YEAR, "0", NULL},
    {"cors.supports_credentials", KEY_FLAG, MEMBER(cors_supports_credentials), 0, 0,
	"false", NULL},
    {"cors.send_wildcard", KEY_FLAG, MEMBER(cors_send_wildcard), 0, 0, "false",
	NULL},
    {"cors.always_send", KEY_FLAG, MEMBER(cors_always_send), 0, 0, "true", NULL},
    {"cors.vary_header", KEY_FLAG, MEMBER(cors_vary_header), 0, 0, "true", NULL},

    {.name = "storage", .kind = KEY_STORAGE},

    {.name = "debug_versions", .says = "debug is its name today"},
    {.name = "search_backend",
	.says = "searching is always on, in berth's own index_database"},
    {.name = "sqlalchemy_index_database",
	.says = "left alone: berth keeps its own index_database"},
    {.name = "nginx_x_accel_redirect", .says = ALWAYS_ON},
    {.name = "storage_redirect", .says = ALWAYS_ON},
    {.name = "mirroring.*"},
    {.name = "cache.host", .says = NO_REDIS},
    {.name = "cache.*"},
    {.name = "cache_lru.host", .says = NO_REDIS},
    {.name = "cache_lru.*"},
    {.name = "email_exceptions.*"},
    {.name = "bugsnag",
	.says = "not served: errors go to the log and by mail (email_exceptions)"},
    {.name = "cors.resources", .says = "not looked at: all paths are meant"},
    {.name = "cors.automatic_options",
	.fallback = "true",
	.says = "not looked at: a preflight (OPTIONS) is always answered"},
    {.name = "cors.*"},
    {.name = "boto_*", .says = NO_S3},
    {.name = "s3_*", .says = NO_S3},
    {.name = "cloudfront.*", .says = NO_S3},
    {.name = "gs_*", .says = NO_REMOTE},
    {.name = "oauth2", .says = NO_REMOTE},
    {.name = "azure_*", .says = NO_REMOTE},
    {.name = "swift_*", .says = NO_REMOTE},
    {.name = "glance_*", .says = NO_REMOTE},
    {.name = "storage_alternate", .says = NO_REMOTE},
    {.name = "elliptics_*", .says = NO_REMOTE},
    {.name = "oss_*", .says = NO_REMOTE},
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

/* The first row that fits, so a name stands before the pattern that covers it. */
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

/* How many letters must be put in, left out or replaced to make b of a
 * (Levenshtein). */
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
	size_t i, d, least = TYPOS + 1;

	if (strlen(name) > NAME_MAX_BYTES)
		return NULL;
	for (i = 0; i < N_KEYS; i++) {
		if (is_pattern(&keys[i]))
			continue;
		d = distance(name, keys[i].name);
		if (d < least && d * 2 < strlen(name)) {
			least = d;
			nearest = keys[i].name;
		}
	}
	return nearest;
}
