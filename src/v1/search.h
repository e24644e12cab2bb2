/* search.h: GET /v1/search?q=TERM&n=ROWS&page=PAGE
 *
 *	{"query": "cent", "num_results": 3,
 *	 "page": 1, "num_pages": 1, "page_size": 25,
 *	 "results": [{"name": "library/centos", "description": "", "star_count": 0,
 *	   "is_official": false, "is_trusted": false, "is_automated": false}, ...]}
 *
 * docker-registry answered name and description; the docker and podman of today read the
 * rest. Without n the answer has all rows, and is written while they are read. Private to this
 * room. */
#ifndef V1_SEARCH_H
#define V1_SEARCH_H

#include "api/route.h"

handler_fn v1_get_search;

#endif
