/* tagmeta.h: tag<tag>_json and json of a repository: who tagged, and when.
 *
 *	{"kernel": "3.13.0-24-generic", "arch": "amd64",
 *	 "docker_go_version": "go1.2.1", "last_update": 1400116767,
 *	 "docker_version": "0.11.1", "os": "linux"} */
#ifndef IMAGE_TAGMETA_H
#define IMAGE_TAGMETA_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* From a docker's User-Agent ("docker/0.11.1 go/go1.2.1 kernel/... os/linux ..."):
 * of its pairs name/value the last of a name counts, one that is missing is left
 * out. */
struct str tagmeta_of_agent(struct arena *a, struct str user_agent, int64_t now);

/* What is answered where no such file is. */
struct str tagmeta_default(void);

#endif
