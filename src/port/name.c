/* name.c: formats, images and platforms on the command line. See port.h. */
#include <string.h>

#include "image/v1chain.h"
#include "port/port.h"

bool
port_format_parse(const char *name, enum port_format *out)
{
	static const char *const names[PORT_FORMATS] = {
	    [PORT_OCI] = "oci",
	    [PORT_OCI_ARCHIVE] = "oci-archive",
	    [PORT_DOCKER_ARCHIVE] = "docker-archive",
	    [PORT_V1] = "v1",
	};
	size_t i;

	for (i = 0; i < PORT_FORMATS; i++)
		if (names[i] != NULL && strcmp(names[i], name) == 0) {
			*out = (enum port_format)i;
			return true;
		}
	return false;
}

enum result
port_name_parse(
    struct arena *a, const char *text, struct port_name *out, struct err *err)
{
	char *name = arena_strdup(a, text), *at = strchr(name, '@'),
	     *slash = strrchr(name, '/'), *colon;

	*out = (struct port_name){name, "latest", NULL};
	if (at != NULL) {
		*at = '\0';
		out->digest = at + 1;
	}
	colon = strchr(
	    slash == NULL || (at != NULL && slash > at) ? name : slash, ':');
	if (colon != NULL) {
		*colon = '\0';
		out->tag = colon + 1;
	}
	if (*name == '\0' || *out->tag == '\0')
		return err_set(err, RC_BAD_NAME,
		    "\"%.200s\" must have the form REPOSITORY[:TAG|@DIGEST]", text);
	return RC_OK;
}

enum result
port_platform_parse(struct arena *a, const char *text, struct v1chain_platform *out,
    struct err *err)
{
	if (v1chain_platform_parse(a, text, out))
		return RC_OK;
	return err_set(err, RC_BAD_DATA,
	    "the platform \"%s\" must have the form os/architecture", text);
}
