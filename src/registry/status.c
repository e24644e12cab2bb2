/* status.c: see status.h. */
#include "registry/status.h"

#include "base/log.h"
#include "index/index.h"
#include "registry/capacity.h"
#include "store/store.h"

static enum result
check_storage(const struct task *t)
{
	return store_probe(t->reg->store, t->err);
}

static enum result
check_disk(const struct task *t)
{
	return capacity_check(t, 0);
}

static enum result
check_index(const struct task *t)
{
	return index_probe(t->reg->index, t->err);
}

void
status_get(const struct task *t, struct status out[STATUS_SERVICES])
{
	static const struct {
		const char *service;
		enum result (*check)(const struct task *t);
	} checks[STATUS_SERVICES] = {{"storage", check_storage},
	    {"disk", check_disk}, {"index", check_index}};
	struct err err;
	enum result r;
	size_t i;

	for (i = 0; i < STATUS_SERVICES; i++) {
		err.text[0] = '\0';
		r = checks[i].check(task_with_err(t, &err));
		out[i].service = checks[i].service;
		out[i].failure = r == RC_OK ? NULL : err_name(r);
		if (r != RC_OK)
			log_line(LOG_WARN, "status",
			    "service=%s error=%s reason=%s", out[i].service,
			    err_name(r), log_value(t->arena, err.text));
	}
}
