/* manifest_type.c: see manifest_type.h.
 *
 * The type of a manifest decides how it is checked and which Content-Type it is served with.
 * It comes from the first of these that exists: the member mediaType, the client's
 * Content-Type, the other members. The client's type must not contradict mediaType. If only
 * the client says the type, it cannot be found in the bytes later and must be stored with
 * the manifest (type_from_header). */
#include "image/manifest_type.h"

#include <ctype.h>
#include <string.h>

#include "base/json_slice.h"
#include "image/manifest.h"
#include "image/schema1.h"

#define DOCKER_LIST  "application/vnd.docker.distribution.manifest.list.v2+json"
#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_ARTIFACT "application/vnd.oci.artifact.manifest.v1+json"

#define TYPE_MAX 255 /* bytes: RFC 6838, section 4.2, twice 127 and the slash */

static const struct {
	const char *type;
	enum manifest_shape shape;
} known[] = {
    {MANIFEST_SCHEMA2, MANIFEST_IMAGE},
    {DOCKER_LIST, MANIFEST_INDEX},
    {OCI_MANIFEST, MANIFEST_IMAGE},
    {MANIFEST_OCI_INDEX, MANIFEST_INDEX},
    {OCI_ARTIFACT, MANIFEST_ARTIFACT},
};

enum manifest_shape
manifest_type_shape(struct str type)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_eq_nocase(type, str_of(known[i].type)))
			return known[i].shape;
	return MANIFEST_OTHER;
}

static struct str
without_parameters(struct str type)
{
	return str_trim(str_cut(&type, ';'));
}

static bool
is_name(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) &&
		    (s.p[i] == '\0' || strchr("!#$&-^_.+", s.p[i]) == NULL))
			return false;
	return s.n > 0;
}

/* The type becomes the Content-Type of replies, so it must not contain anything that could
 * break a header. */
bool
manifest_type_is(struct str s)
{
	struct str sub = s, top = str_cut(&sub, '/');

	return s.n <= TYPE_MAX && is_name(top) && is_name(sub);
}

static struct str
own_type(struct arena *a, const struct manifest_type_members *members)
{
	return without_parameters(json_slice_text(a, members->type));
}

/* The type of a manifest without mediaType, as distribution derives it. */
static struct str
derived_type(const struct manifest_type_members *members)
{
	long long version;

	if (json_slice_kind(members->manifests) == JSON_ARRAY)
		return str_of(MANIFEST_OCI_INDEX);
	if (!json_slice_int(members->version, &version) || version != 1)
		return str_of(OCI_MANIFEST);
	return str_of(json_slice_kind(members->signatures) == JSON_NONE
			  ? SCHEMA1_PLAIN
			  : SCHEMA1_SIGNED);
}

bool
manifest_type(struct arena *a, struct str bytes, struct str *out)
{
	struct manifest_type_members m;
	const struct json_pick wanted[] = {
	    {"mediaType", &m.type},
	    {"schemaVersion", &m.version},
	    {"manifests", &m.manifests},
	    {"signatures", &m.signatures},
	};

	(void)json_slice_pick(
	    json_slice_trim(bytes), wanted, sizeof(wanted) / sizeof(wanted[0]));
	*out = own_type(a, &m);
	if (manifest_type_is(*out))
		return true;
	*out = derived_type(&m);
	return false;
}

static enum result
check_types(enum json_kind kind, struct str own, struct str header, struct err *err)
{
	if (kind != JSON_NONE && kind != JSON_STRING)
		return err_set(err, RC_BAD_MANIFEST, "mediaType must be a string");
	if (own.n > 0 && !manifest_type_is(own))
		return err_set(err, RC_BAD_MANIFEST,
		    "mediaType must be a media type: type/subtype");
	if (header.n > 0 && !manifest_type_is(header))
		return err_set(err, RC_BAD_MANIFEST,
		    "Content-Type must be a media type: type/subtype");
	if (own.n > 0 && header.n > 0 && !str_eq_nocase(own, header))
		return err_set(err, RC_BAD_MANIFEST,
		    "Content-Type is %.*s but mediaType is %.*s: they must be "
		    "the same",
		    STR_ARG(header), STR_ARG(own));
	return RC_OK;
}

/* Does an HTTP client send this type by itself, when its user gives none? */
static bool
is_client_default(struct str type)
{
	static const char *const types[] = {"application/json",
	    "application/octet-stream", "application/x-www-form-urlencoded"};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_eq_nocase(type, str_of(types[i])))
			return true;
	return false;
}

enum result
manifest_type_find(struct arena *a, const struct manifest_type_members *members,
    struct str content_type, struct manifest *out, struct err *err)
{
	struct str header = without_parameters(content_type);
	struct str own = own_type(a, members);
	enum result r = check_types(
	    json_slice_kind(members->type), own, header, err);

	if (r != RC_OK)
		return r;
	out->type = own.n > 0 ? own : derived_type(members);
	out->type_from_header = own.n == 0 && header.n > 0 &&
				!is_client_default(header) &&
				!str_eq_nocase(header, out->type);
	if (out->type_from_header)
		out->type = header;
	return RC_OK;
}
