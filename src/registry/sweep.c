/* sweep.c: see sweep.h. */
#include "registry/sweep.h"

#include "base/log.h"
#include "store/bridge.h"
#include "store/derived.h"
#include "store/inbox.h"
#include "store/upload.h"
#include "store/upstream.h"
#include "store/v1push.h"

static void
log_failure(const struct task *t, const char *what, enum result r)
{
	if (r != RC_OK)
		log_line(LOG_ERROR, "sweep", "of=%s error=%s reason=%s", what,
		    err_name(r), log_value(t->arena, t->err->text));
}

void
registry_sweep(const struct task *t, const struct sweep_ages *ages)
{
	struct store *st = t->reg->store;
	unsigned bodies = 0, pushes = 0, uploads = 0, fetches = 0, lists = 0,
		 derived = 0;

	log_failure(t, "bodies", store_inbox_sweep(st, &bodies, t->err));
	log_failure(
	    t, "pushes", store_v1push_sweep(st, ages->pushes, &pushes, t->err));
	log_failure(
	    t, "uploads", store_upload_sweep(st, ages->uploads, &uploads, t->err));
	log_failure(t, "fetches",
	    store_upstream_sweep(st, ages->fetches, &fetches, t->err));
	log_failure(
	    t, "lists", store_derived_sweep(st, ages->lists, &lists, t->err));
	log_failure(
	    t, "derived", store_bridge_sweep(st, ages->derived, &derived, t->err));
	if (bodies + pushes + uploads + fetches + lists + derived > 0)
		log_line(LOG_INFO, "sweep",
		    "bodies=%u pushes=%u uploads=%u fetches=%u lists=%u "
		    "derived=%u",
		    bodies, pushes, uploads, fetches, lists, derived);
}
