/* accept.c: see accept.h. */
#include "v2/accept.h"

#include "image/manifest.h"
#include "image/schema1.h"
#include "v2/clients.h"

/* What a client has named. */
struct named {
	bool any;     /* anything at all */
	bool schema1; /* or its signed form */
	bool newer;   /* Docker's schema 2 or list, OCI's manifest or index */
	bool other;   /* neither, but not application/json, which says nothing */
};

static bool
is_newer(struct str type)
{
	static const char *const types[] = {MANIFEST_SCHEMA2,
	    "application/vnd.docker.distribution.manifest.list.v2+json",
	    "application/vnd.oci.image.manifest.v1+json", MANIFEST_OCI_INDEX};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_is_nocase(type, types[i]))
			return true;
	return false;
}

static void
take_type(struct named *named, struct str type)
{
	if (type.n == 0)
		return;
	named->any = true;
	if (str_is_nocase(type, SCHEMA1_PLAIN) ||
	    str_is_nocase(type, SCHEMA1_SIGNED))
		named->schema1 = true;
	else if (is_newer(type))
		named->newer = true;
	else if (!str_is_nocase(type, "application/json"))
		named->other = true;
}

static void
take_line(struct named *named, struct str line)
{
	struct str type;

	while (line.n > 0) {
		type = str_cut(&line, ',');
		take_type(named, str_trim(str_cut(&type, ';')));
	}
}

enum manifests_form
accept_form(const struct request *rq)
{
	struct named named = {.any = false};
	struct str line;
	size_t at = 0;

	while (request_next_header(rq, "Accept", &at, &line))
		take_line(&named, line);
	if (!named.any)
		return clients_know_only_schema1(rq) ? MANIFESTS_SCHEMA1
						     : MANIFESTS_ANY;
	if (named.schema1)
		return named.newer || named.other ? MANIFESTS_ANY
						  : MANIFESTS_SCHEMA1;
	return named.newer ? MANIFESTS_NOT_SCHEMA1 : MANIFESTS_ANY;
}
