/* conf.h: reads config.yml, in the format of docker-registry 0.x.
 *
 * The top-level keys are flavors, sets of settings. One flavor is chosen; its settings
 * override those of the flavor `common`. YAML anchors, aliases and merges (`<<`) are
 * resolved; the values `_env:NAME` and `_env:NAME:default` are read from the environment.
 * The result is a struct in which each value is checked and each default filled in. Only cmd
 * uses it, and passes each room what it needs.
 *
 * An unknown key is a note, never an error. A value that berth cannot follow (storage: s3,
 * standalone: false without an index) is an error: it is better not to start than to be open
 * or empty by mistake. A key without a value (nothing, an empty string or list, a variable
 * that is not set) is the same as no key. A relative path is relative to the current
 * directory. */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"

/* A note for the operator, e.g. about a key that has no effect. */
struct conf_note {
	int line;         /* in the file, from 1 */
	const char *text; /* one line */
};

/* A member of struct conf as text, for `berth check-config`. */
struct conf_value {
	const char *key;
	const char *value; /* one line */
	bool in_words; /* the member is NULL, and value describes what that means */
	const char *from; /* "line 12", "line 12, STORAGE_PATH" or "default" */
};

struct conf {
	const char *file;   /* NULL: no file, only defaults and the environment */
	const char *flavor; /* SETTINGS_FLAVOR, default "dev" */

	/* Paths are absolute, without a slash at the end. */
	const char *storage_path;
	const char *index_database; /* default <storage_path>/_berth/index.db */
	const char *socket;         /* default <storage_path>/_berth/berth.sock */
	const char *log_file;       /* NULL: standard error */
	enum log_level loglevel;    /* default info */

	const char *issue;              /* NULL: the default text of GET / */
	const char *registry_endpoints; /* NULL: the request's Host */
	/* Networks (base/address.h) of proxies whose X-Forwarded-... headers are trusted,
	 * with a NULL at the end; NULL: none. */
	const char *const *trusted_proxies;

	bool debug;      /* GET /_ping shows the machine and the versions */
	bool standalone; /* berth is the index, too; default true */
	/* no tokens are required, whatever the rest says */
	bool disable_token_auth;
	bool check_tokens;      /* standalone: berth's own tokens are required */
	const char *secret_key; /* signs them; NULL: a new key at each start */
	/* not standalone: the index that checks tokens */
	const char *index_endpoint;
	const char *privileged_key; /* file of the public key; NULL: none */

	/* Follow redirects of the upstream and the index to any address. */
	bool trust_redirects;

	/* mirroring.*; mirroring_source is the upstream registry. NULL: no mirror; always NULL
	 * with own tokens. The addresses are http or https, without a slash at the end. */
	const char *mirroring_source;
	const char *mirroring_source_index; /* NULL: mirroring_source */
	unsigned mirroring_tags_cache_ttl;  /* seconds; default 172800, two days */

	/* email_exceptions.*; smtp_host NULL: no mail. */
	const char *mail_smtp_host;
	unsigned mail_smtp_port;                          /* default 25 */
	const char *mail_smtp_login, *mail_smtp_password; /* NULL: none */
	bool mail_smtp_secure;
	const char *mail_from_addr, *mail_to_addr;

	/* cors.*; origins NULL: off. */
	const char *const *cors_origins; /* with a NULL at the end */
	const char *cors_methods, *cors_headers, *cors_expose_headers; /* "A, B" */
	unsigned cors_max_age; /* seconds; 0: the header is not sent */
	bool cors_supports_credentials, cors_send_wildcard, cors_always_send,
	    cors_vary_header;

	unsigned workers;      /* processes, 1 to 64; default: processors */
	unsigned threads;      /* in each process, 1 to 1024; default 64 */
	unsigned open_uploads; /* of API v2 at once, 1 to 1000000; default 10000 */
	unsigned push_expiry; /* seconds until an abandoned push is removed, 60 to a
				* year; default 86400 */
	/* file of the private key; NULL: the key that berth made and keeps in the
	 * store */
	const char *schema1_signing_key;

	/* bridge.*; for which platform dockers without API v2, or without schema 2, get
	 * images: "os/architecture", default linux/amd64 */
	const char *bridge_platform;
	bool bridge_schema1; /* docker 1.6 to 1.9 may use API v2; default true */

	const struct conf_note *notes; /* in the order of their lines */
	size_t n_notes;
	const struct conf_value *values; /* the members above, in their order */
	size_t n_values;
};

/* Where the configuration comes from; tests use their own. */
struct conf_source {
	/* --config; NULL: DOCKER_REGISTRY_CONFIG, else the installed file, if any */
	const char *file;
	const char *flavor; /* --flavor; NULL: SETTINGS_FLAVOR, else "dev" */
	const char *(*env)(const char *name); /* getenv(3) or a replacement */
};

/* *out is in the arena, and NULL unless RC_OK. Without a file storage_path is taken from the
 * variable STORAGE_PATH. RC_BAD_DATA: err names the file, the line and what is wrong. RC_IO:
 * the named or the installed file cannot be read. */
enum result conf_load(struct arena *a, const struct conf_source *source,
    struct conf **out, struct err *err);

#endif
