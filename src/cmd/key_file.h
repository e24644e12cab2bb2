/* key_file.h: reads the key files that config.yml names. */
#ifndef CMD_KEY_FILE_H
#define CMD_KEY_FILE_H

#include "auth/privileged.h"
#include "auth/signing_key.h"
#include "base/arena.h"
#include "base/err.h"

/* The keys live in the arena. RC_IO: the file cannot be read. RC_BAD_DATA: it does not hold
 * such a key. err has the name of the setting and of the file. */
enum result key_file_privileged(struct arena *a, const char *path,
    const struct privileged_key **out, struct err *err);
enum result key_file_signing(struct arena *a, const char *path,
    const struct signing_key **out, struct err *err);

#endif
