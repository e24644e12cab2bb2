/* status.c: see status.h. */
#include "registry/status.h"

#include "base/log.h"
#include "index/index.h"
#include "registry/capacity.h"
#include "store/store.h"

static enum result
check_storage(struct registry *reg, struct err *err)
{
	return store_probe(reg->store, err);
}

static enum result
check_disk(struct registry *reg, struct err *err)
{
	return capacity_check(reg, 0, err);
}

static enum result
check_index(struct registry *reg, struct err *err)
{
	return index_probe(reg->index, err);
}

void
status_get(
    struct registry *reg, struct arena *a, struct status out[STATUS_SERVICES])
{
	static const struct {
		const char *service;
		enum result (*check)(struct registry *reg, struct err *err);
	} checks[STATUS_SERVICES] = {{"storage", check_storage},
	    {"disk", check_disk}, {"index", check_index}};
	struct err err;
	enum result r;
	size_t i;

	for (i = 0; i < STATUS_SERVICES; i++) {
		err.text[0] = '\0';
		r = checks[i].check(reg, &err);
		out[i].service = checks[i].service;
		out[i].failure = r == RC_OK ? NULL : err_name(r);
		if (r != RC_OK)
			log_line(LOG_WARN, "status",
			    "service=%s error=%s reason=%s", out[i].service,
			    err_name(r), log_value(a, err.text));
	}
}
