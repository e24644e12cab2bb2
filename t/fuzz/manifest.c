/* manifest.c: a manifest of any kind, signed or not. */
#include <string.h>

#include "image/manifest.h"
#include "image/pretty_jws.h"
#include "image/schema1.h"

#include "lib/fuzz.h"

/* Each once, in byte order; digests are of one length or another. */
static void
check_refs(const struct manifest *m)
{
	size_t i;

	for (i = 1; i < m->n_refs; i++) {
		struct str x = m->refs[i - 1], y = m->refs[i];
		int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

		CHECK(order < 0 || (order == 0 && x.n < y.n));
	}
}

void
fuzz(struct arena *a, struct str input)
{
	struct manifest m;
	struct pretty_jws jws;
	struct str type;
	struct err err;

	(void)manifest_type(a, input, &type);
	if (manifest_parse(a, input, str_of(""), &m, &err) == RC_OK)
		check_refs(&m);
	if (schema1_read(a, input, &m, &err) == RC_OK)
		check_refs(&m);
	if (pretty_jws_open(a, input, &jws, &err) == RC_OK) {
		CHECK(pretty_jws_is_signed(input));
		CHECK(jws.n_signatures > 0);
		CHECK(jws.n_signatures <= PRETTY_JWS_SIGNATURES_MAX);
		(void)schema1_read(a, jws.payload, &m, &err);
	}
}
