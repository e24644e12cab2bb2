/* keys.h: every key that berth knows, in one table. */
#ifndef CONF_KEYS_H
#define CONF_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum key_kind {
	KEY_FOREIGN, /* a key of docker-registry that berth ignores */

	/* keys with a member of struct conf */
	KEY_PATH,     /* const char *: made absolute */
	KEY_FILE,     /* the same */
	KEY_SOCKET,   /* the same, short enough for a Unix socket */
	KEY_TEXT,     /* const char *: one line */
	KEY_LEVEL,    /* enum log_level */
	KEY_NUMBER,   /* unsigned, from min to max */
	KEY_WORKERS,  /* the same, or `auto`: the processors of the machine */
	KEY_FLAG,     /* bool */
	KEY_URL,      /* const char *: http or https, without a slash at the end */
	KEY_PLATFORM, /* const char *: "os/architecture" */
	KEY_SECRET,   /* const char *: one line that is not shown */
	KEY_WORDS,    /* const char *: a list of words, "A, B" */
	KEY_ORIGINS,  /* const char *const *: a list of origins, or "*" */
	KEY_PROXIES,  /* const char *const *: a list of addresses and networks */

	/* without a member */
	KEY_STORAGE /* must be local or file: berth has no other storage */
};

struct key {
	const char *name; /* a `*` at the end matches any rest */
	enum key_kind kind;

	/* A key with a member. One that has neither default_text nor shown_default must be
	 * set. */
	size_t member;     /* offset in struct conf */
	unsigned min, max; /* of KEY_NUMBER and KEY_WORKERS */
	/* the default as it would be written in the file; of a path or socket:
	 * relative to storage_path */
	const char *default_text;
	/* without default_text: what check-config shows while the member is NULL */
	const char *shown_default;

	/* A foreign key. */
	const char *note;        /* for the operator; NULL: no note is needed */
	const char *quiet_value; /* the boolean that needs no note; NULL: false */
};

/* The i-th key; NULL after the end. The keys with a member come first, and storage_path is
 * the first of them, because the defaults of others depend on it. */
const struct key *keys_at(size_t i);

bool keys_has_member(const struct key *key);

/* May the value be a list? Any other key must have a single value. */
bool keys_takes_list(enum key_kind kind);

/* NULL: there is no such key. */
const struct key *keys_find(const char *name);

/* The name of the key that was probably meant; NULL: none is similar. */
const char *keys_nearest(const char *name);

#endif
