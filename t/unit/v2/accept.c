/* accept.c: which manifests a client can read, by Accept and User-Agent. */
#include "v2/accept.h"

#include "lib/unit.h"

#define SCHEMA1 "application/vnd.docker.distribution.manifest.v1"
#define SCHEMA2 "application/vnd.docker.distribution.manifest.v2+json"
#define LIST    "application/vnd.docker.distribution.manifest.list.v2+json"
#define OCI     "application/vnd.oci.image.manifest.v1+json"
#define INDEX   "application/vnd.oci.image.index.v1+json"

#define DOCKER(version) \
	"docker/" version " go/go1.4.2 git-commit/0 kernel/3.13 os/linux arch/amd64"

#define LINES 6

static const struct {
	const char *name, *agent, *accept[LINES];
	enum manifests_form want;
} table[] = {
    {"docker 1.6", DOCKER("1.6.2"), {NULL}, MANIFESTS_SCHEMA1},
    {"docker 1.9", DOCKER("1.9.1"), {NULL}, MANIFESTS_SCHEMA1},
    {"docker 1.9 with an empty Accept", DOCKER("1.9.1"), {""}, MANIFESTS_SCHEMA1},
    {"docker 1.10", DOCKER("1.10.3"),
	{"application/json", SCHEMA1 "+prettyjws", LIST, SCHEMA2}, MANIFESTS_ANY},
    {"docker 1.10 that does not say what it reads", DOCKER("1.10.3"), {NULL},
	MANIFESTS_ANY},
    {"docker 19.03", DOCKER("19.03.5"),
	{SCHEMA1 "+prettyjws", "application/json", INDEX, OCI, LIST, SCHEMA2},
	MANIFESTS_ANY},
    {"docker 28", DOCKER("28.0.0"), {INDEX, OCI, LIST, SCHEMA2},
	MANIFESTS_NOT_SCHEMA1},
    {"containerd", "containerd/2.1.0",
	{SCHEMA2 ", " LIST ", " OCI ", " INDEX ", */*"}, MANIFESTS_NOT_SCHEMA1},
    {"containerd 1.0", "containerd/1.0.0", {SCHEMA2 ", " LIST ", *"},
	MANIFESTS_NOT_SCHEMA1},
    {"skopeo", "skopeo/1.9.3",
	{OCI, SCHEMA2, SCHEMA1 "+prettyjws", SCHEMA1 "+json", LIST, INDEX},
	MANIFESTS_ANY},
    {"OCI alone", "oras/1.0", {OCI}, MANIFESTS_NOT_SCHEMA1},
    {"schema 1 alone", "script/1", {SCHEMA1 "+json"}, MANIFESTS_SCHEMA1},
    {"schema 1 in both forms, and JSON", "script/1",
	{SCHEMA1 "+json;q=0.5, application/json", SCHEMA1 "+prettyjws"},
	MANIFESTS_SCHEMA1},
    {"schema 1, or anything", "script/1", {SCHEMA1 "+json, */*"}, MANIFESTS_ANY},
    {"schema 1 and a type that is not known", "script/1",
	{SCHEMA1 "+json, text/html"}, MANIFESTS_ANY},
    {"JSON alone", DOCKER("1.9.1"), {"application/json"}, MANIFESTS_ANY},
    {"anything", "curl/8.0", {"*/*"}, MANIFESTS_ANY},
    {"any application", "x/1", {"application/*"}, MANIFESTS_ANY},
    {"nothing", "Python-urllib/3.11", {NULL}, MANIFESTS_ANY},
    {"no agent", "", {NULL}, MANIFESTS_ANY},
    {"capitals and blanks", "x/1",
	{" Application/VND.docker.distribution.manifest.V2+json ; q=1 ,"},
	MANIFESTS_NOT_SCHEMA1},
    {"q=0 is a name, too", "x/1", {SCHEMA2 ";q=0"}, MANIFESTS_NOT_SCHEMA1},
    {"commas alone", "curl/8.0", {",,"}, MANIFESTS_ANY},
    {"docker 1.90, which never was", DOCKER("1.90.1"), {NULL}, MANIFESTS_ANY},
};

static enum manifests_form
form_of(const char *agent, const char *const *accept)
{
	struct header headers[LINES + 1] = {{"User-Agent", 10, agent}};
	struct request rq = {.arena = arena, .headers = headers, .n_headers = 1};

	for (; rq.n_headers <= LINES && *accept != NULL; accept++)
		headers[rq.n_headers++] = (struct header){"Accept", 6, *accept};
	return accept_form(&rq);
}

static void
test_clients(void)
{
	size_t i;

	for (i = 0; i < COUNT(table); i++)
		is_int(form_of(table[i].agent, table[i].accept), table[i].want,
		    "%s", table[i].name);
}

int
main(void)
{
	static void (*const tests[])(void) = {test_clients};

	return run_tests(tests, COUNT(tests));
}
