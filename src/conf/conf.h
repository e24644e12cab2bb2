/* conf.h: config.yml, as docker-registry 0.x reads it.
 *
 * Top-level keys are flavors; one is chosen and laid over `common`. YAML anchors,
 * aliases and merges (`<<`) are resolved, `_env:NAME` and `_env:NAME:default` read
 * the environment. What comes out is one struct with every value checked and every
 * default filled in; only cmd sees it, and hands each room what concerns it.
 *
 * An unknown key is a note, never an error. A value that berth cannot act on
 * (storage: s3, standalone: false without an index) is an error: better no registry than
 * one that is open or empty by mistake. A key without a value (nothing, an empty string or
 * list, a variable that is not set) is the same as no key. A relative path is relative to
 * the current directory. */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"

/* Something the operator should read: about a key that means nothing here. */
struct conf_note {
	int line;         /* in the file, from 1 */
	const char *text; /* one line */
};

/* A member of struct conf as an operator reads it, for `berth check-config`. */
struct conf_value {
	const char *key;
	const char *value; /* one line; in words where the member is NULL */
	bool in_words;
	const char *from; /* "line 12", "line 12, STORAGE_PATH" or "default" */
};

struct conf {
	const char *file;   /* NULL: no file, defaults and environment alone */
	const char *flavor; /* SETTINGS_FLAVOR, default "dev" */

	/* Paths are absolute, without a slash at the end. */
	const char *storage_path;
	const char *index_database; /* default <storage_path>/_berth/index.db */
	const char *socket;         /* default <storage_path>/_berth/berth.sock */
	const char *log_file;       /* NULL: standard error */
	enum log_level loglevel;    /* default info */

	const char *issue;              /* NULL: the default text of GET / */
	const char *registry_endpoints; /* NULL: the request's Host */
	/* Networks (base/address.h) whose X-Forwarded-... headers are believed, ended by
	 * NULL; NULL: none. */
	const char *const *trusted_proxies;

	bool debug;      /* GET /_ping tells of the machine and the versions */
	bool standalone; /* the index's calls are answered here; default true */
	bool
	    disable_token_auth; /* nobody is asked for a token, whatever the rest says */
	bool
	    check_tokens; /* standalone: those that berth hands out are asked for */
	const char *secret_key;     /* signs them; NULL: a new one at each start */
	const char *index_endpoint; /* not standalone: confirms them */
	const char *privileged_key; /* file of the public key; NULL: none */

	bool
	    trust_redirects; /* follow redirects of the source and the index anywhere */

	/* mirroring.*; source NULL: no mirror, as beside own tokens. The addresses are http or
	 * https, without a slash at the end. */
	const char *mirroring_source;
	const char *mirroring_source_index; /* NULL: the source */
	unsigned mirroring_tags_cache_ttl;  /* seconds; default 172800, two days */

	/* email_exceptions.*; smtp_host NULL: no mail. */
	const char *mail_smtp_host;
	unsigned mail_smtp_port;                          /* default 25 */
	const char *mail_smtp_login, *mail_smtp_password; /* NULL: none */
	bool mail_smtp_secure;
	const char *mail_from_addr, *mail_to_addr;

	/* cors.*; origins NULL: off. */
	const char *const *cors_origins; /* NULL behind the last */
	const char *cors_methods, *cors_headers, *cors_expose_headers; /* "A, B" */
	unsigned cors_max_age; /* seconds; 0: not said */
	bool cors_supports_credentials, cors_send_wildcard, cors_always_send,
	    cors_vary_header;

	unsigned workers;      /* processes, 1 to 64; default: processors */
	unsigned threads;      /* of a process, 1 to 1024; default 64 */
	unsigned open_uploads; /* of API v2 at once, 1 to 1000000; default 10000 */
	unsigned push_expiry;  /* seconds until a push that was given up is
			       * removed, 60 to a year; default 86400 */
	const char
	    *schema1_signing_key; /* file of the private key; NULL: the store's */

	const struct conf_note *notes; /* in the order of their lines */
	size_t n_notes;
	const struct conf_value *values; /* the members above, in their order */
	size_t n_values;
};

/* Where the rest comes from; a test gives its own. */
struct conf_source {
	/* --config; NULL: DOCKER_REGISTRY_CONFIG, else the installed one, if any */
	const char *file;
	const char *flavor; /* --flavor; NULL: SETTINGS_FLAVOR, else "dev" */
	const char *(*env)(const char *name); /* getenv(3) or a stand-in */
};

/* All in the arena; *out is NULL unless RC_OK. Without a file storage_path is
 * STORAGE_PATH of the environment. RC_BAD_DATA: err names file, line and what is
 * wrong. RC_IO: a file that was named, or the installed one, cannot be read. */
enum result conf_load(struct arena *a, const struct conf_source *source,
    struct conf **out, struct err *err);

#endif
