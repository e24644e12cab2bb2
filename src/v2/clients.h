/* clients.h: old clients that need special treatment, by their User-Agent. Private to
 * this room. */
#ifndef V2_CLIENTS_H
#define V2_CLIENTS_H

#include <stdbool.h>

#include "api/call.h"
#include "http/request.h"

/* Dockers before 1.6: they must not find API v2; then they use API v1, which they speak well.
 * Docker 1.5 looks for API v2 first, and if it finds it, it pushes by a draft of that API, which
 * names blobs by tarsums: no registry takes them today.
 *
 *	docker 1.3 to 1.5, when they look for it	"Go 1.1 package http"
 *	the same, later					"docker/1.5.0 go/go1.3.3 ..."
 *	docker 1.6 and later				"docker/1.6.2 go/go1.4.2 ..."
 *	other programs in Go				"Go-http-client/1.1"
 *
 * The first is what net/http of Go 1.1 to 1.4 sends by itself. Where schema 1 is switched off
 * (reg->no_schema1), docker 1.6 to 1.9 must not find API v2 either. */
bool clients_without_v2(const struct call *c);

/* Docker 1.6 to 1.9: of API v2 they know only schema 1. */
bool clients_know_only_schema1(const struct request *rq);

/* Docker 1.10 to 19.03: they push schema 1 whenever their manifest of schema 2 was refused,
 * whatever the reason (503, 413, 401). So a busy registry would turn their images into
 * schema 1, which newer clients cannot read. Dockers before 1.10 know only schema 1. */
bool clients_know_schema2(const struct request *rq);

#endif
