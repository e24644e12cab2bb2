/* export.c: `berth export`: opens the output and chooses the format. See port.h. */
#include <string.h>

#include "port/docker_archive.h"
#include "port/exporting.h"
#include "port/file.h"
#include "port/oci_layout.h"
#include "port/port.h"
#include "port/v1files.h"

/* An OCI layout that is there: the image is added to it. */
static enum result
open_layout(const struct task *t, const char *path, struct output **out)
{
	enum result r = output_add_to(t, path, out);

	if (r == RC_OK && !oci_layout_is_there(*out))
		r = err_set(t->err, RC_IO,
		    "%s: something is there already that is not an OCI layout; choose "
		    "a path that is free",
		    path);
	return r;
}

static enum result
open_output(const struct task *t, const char *path, enum port_format format,
    struct output **out)
{
	bool directory = format == PORT_OCI || format == PORT_V1;

	if (directory && strcmp(path, "-") == 0)
		return err_set(t->err, RC_BAD_DATA,
		    "a directory cannot go to standard output; choose oci-archive or "
		    "docker-archive");
	if (format == PORT_OCI && file_exists(path))
		return open_layout(t, path, out);
	return directory ? output_open_directory(t, path, out)
			 : output_open_archive(t, path, out);
}

static enum result
write_format(const struct exporting *ex, enum port_format format, const char **what)
{
	if (format == PORT_V1)
		return v1files_export(ex, what);
	if (format == PORT_DOCKER_ARCHIVE)
		return docker_archive_export(ex, what);
	return oci_layout_export(ex, what);
}

enum result
port_export(const struct task *t, const struct port_export *how, const char **what)
{
	struct v1chain_platform platform;
	struct exporting ex = {.task = t, .from = &how->from};
	enum port_format format = how->format;
	enum result r = RC_OK;

	if (format == PORT_ANY)
		format = strcmp(how->path, "-") == 0 ? PORT_OCI_ARCHIVE : PORT_OCI;
	if (how->platform != NULL && format == PORT_V1) {
		r = err_set(t->err, RC_BAD_DATA,
		    "API v1 has the images for bridge.platform alone: choose another "
		    "format for another platform");
	} else if (how->platform != NULL) {
		r = port_platform_parse(t->arena, how->platform, &platform, t->err);
		ex.platform = &platform;
	} else if (format == PORT_DOCKER_ARCHIVE) {
		ex.platform = t->reg->platform;
	}
	if (r == RC_OK)
		r = open_output(t, how->path, format, &ex.to);
	if (r == RC_OK) {
		output_set_stop(ex.to, how->stop);
		r = write_format(&ex, format, what);
	}
	if (r == RC_REBUILDING)
		return err_set(t->err, r,
		    "the index, which is needed for this, is not complete: start the "
		    "registry or run \"berth reindex\", then try again");
	return r == RC_OK ? output_finish(ex.to) : r;
}
