/* listen.c: see listen.h. */
#include "serve/listen.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4096 /* the kernel cuts it to net.core.somaxconn */

bool
listen_inherited(void)
{
	int on = 0;
	socklen_t len = sizeof(on);

	return getsockopt(STDIN_FILENO, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) ==
		   0 &&
	       on != 0;
}

/* With a timeout on the socket, accept(2) is not restarted after a signal, though
 * everything else is (signal(7)): that is how a waiting thread learns of the end.
 */
static void
let_signals_through(int fd)
{
	const struct timeval hour = {3600, 0};

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &hour, sizeof(hour));
}

static enum result
bind_unix(int fd, const char *path, struct err *err)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(un.sun_path))
		return err_set(err, RC_IO,
		    "socket %s: the path is longer than %zu bytes", path,
		    sizeof(un.sun_path) - 1);
	memcpy(un.sun_path, path, strlen(path));
	(void)unlink(path);
	if (bind(fd, (struct sockaddr *)&un, sizeof(un)) == -1 ||
	    chmod(path, 0660) == -1 || listen(fd, BACKLOG) == -1)
		return err_set(err, RC_IO, "socket %s: %m", path);
	return RC_OK;
}

enum result
listen_open(const char *path, int *fd, struct err *err)
{
	enum result r;

	if (listen_inherited()) {
		*fd = STDIN_FILENO;
		let_signals_through(*fd);
		return RC_OK;
	}
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd == -1)
		return err_set(err, RC_IO, "socket: %m");
	r = bind_unix(*fd, path, err);
	if (r != RC_OK) {
		(void)close(*fd);
		return r;
	}
	let_signals_through(*fd);
	return RC_OK;
}
