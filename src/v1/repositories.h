/* repositories.h: a repository as a whole: its removal, its properties. Private to
 * this room. */
#ifndef V1_REPOSITORIES_H
#define V1_REPOSITORIES_H

#include "api/route.h"

handler_fn v1_delete_repository;   /* with its tags */
handler_fn v1_get_repository_json; /* when and by what "latest" was tagged */

/* {"access": "private"|"public", "description": "..."}: PUT takes either or both. */
handler_fn v1_get_properties;
handler_fn v1_put_properties;

#endif
