/* tagmeta.h: the files tag<tag>_json and json of a repository: which client set the tag, and
 * when.
 *
 *	{"kernel": "3.13.0-24-generic", "arch": "amd64",
 *	 "docker_go_version": "go1.2.1", "last_update": 1400116767,
 *	 "docker_version": "0.11.1", "os": "linux"} */
#ifndef IMAGE_TAGMETA_H
#define IMAGE_TAGMETA_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* Makes the JSON from docker's User-Agent ("docker/0.11.1 go/go1.2.1 kernel/... os/linux
 * ..."). If a name is there twice, the last value counts; a missing one is left out. now:
 * seconds since the epoch. */
struct str tagmeta_of_agent(struct arena *a, struct str user_agent, int64_t now);

/* What is answered if there is no such file. */
struct str tagmeta_default(void);

#endif
