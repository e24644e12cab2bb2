/* keys.h: every key that berth knows, in one table. */
#ifndef CONF_KEYS_H
#define CONF_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum key_kind {
	KEY_FOREIGN, /* docker-registry's own: changes nothing here */

	/* with a member of struct conf */
	KEY_PATH,    /* const char *: made absolute */
	KEY_FILE,    /* the same */
	KEY_SOCKET,  /* the same, short enough for a Unix socket */
	KEY_TEXT,    /* const char *: one line */
	KEY_LEVEL,   /* enum log_level */
	KEY_NUMBER,  /* unsigned, from least to most */
	KEY_WORKERS, /* the same, or `auto`: the processors of the machine */
	KEY_FLAG,    /* bool */
	KEY_URL,     /* const char *: http or https, without a slash at the end */
	KEY_SECRET,  /* const char *: one line that is not shown */
	KEY_WORDS,   /* const char *: a list of words, "A, B" */
	KEY_ORIGINS, /* const char *const *: a list of origins, or "*" */
	KEY_PROXIES, /* const char *const *: a list of addresses and networks */

	/* without one */
	KEY_STORAGE /* local, or file: nothing else is served */
};

struct key {
	const char *name; /* a `*` at the end stands for any rest */
	enum key_kind kind;
	size_t member; /* offset in struct conf */
	unsigned least, most;
	/* The default, as it would be written; a path: below storage_path. Foreign: what
	 * asks for nothing; NULL: to be off. */
	const char *fallback;
	/* Foreign: noted when the key asks for something; NULL: it asks for nothing by itself.
	 * With a member: what holds when that stays NULL; without this and a
	 * fallback the key must be set. */
	const char *says;
};

/* The i-th, NULL past the end. Those with a member come first, storage_path at
 * their head: the defaults of the others lean on it. */
const struct key *keys_at(size_t i);

bool keys_has_member(const struct key *key);

/* Its value may be a list; that of any other is a scalar. */
bool keys_takes_list(enum key_kind kind);

/* NULL: unknown. */
const struct key *keys_find(const char *name);

/* The known name that was probably meant; NULL: none is close. */
const char *keys_nearest(const char *name);

#endif
