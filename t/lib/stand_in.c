/* stand_in.c: see stand_in.h. */
#include "lib/stand_in.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/tap.h"

void
stand_in_say(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t k = send(fd, text, n, MSG_NOSIGNAL);

		if (k <= 0)
			return;
		text += k;
		n -= (size_t)k;
	}
}

bool
stand_in_hear(int fd, char *text, size_t size, const char *end)
{
	size_t n = 0, k = strlen(end);

	while (n + 1 < size && recv(fd, text + n, 1, 0) == 1) {
		text[++n] = '\0';
		if (n >= k && memcmp(text + n - k, end, k) == 0)
			return true;
	}
	return false;
}

struct stand_in_talk {
	struct stand_in *server;
	int fd;
};

static void *
stand_in_talk(void *arg)
{
	struct stand_in_talk talk = *(struct stand_in_talk *)arg;

	free(arg);
	talk.server->talk(talk.fd);
	(void)shutdown(talk.fd, SHUT_RDWR);
	(void)close(talk.fd);
	return NULL;
}

static void *
stand_in_serve(void *arg)
{
	struct stand_in *s = arg;
	int fd;

	while ((fd = accept(s->listening, NULL, NULL)) != -1) {
		struct stand_in_talk *talk = malloc(sizeof(*talk));
		pthread_t thread;

		if (talk == NULL)
			abort();
		*talk = (struct stand_in_talk){s, fd};
		atomic_fetch_add(&s->connections, 1);
		if (pthread_create(&thread, NULL, stand_in_talk, talk) != 0)
			abort();
		(void)pthread_detach(thread);
	}
	return NULL;
}

void
stand_in_start(struct stand_in *s, void (*talk)(int fd))
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	pthread_t thread;

	s->talk = talk;
	set_up(s->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	set_up(bind(s->listening, (struct sockaddr *)&at, n));
	set_up(listen(s->listening, 64));
	set_up(getsockname(s->listening, (struct sockaddr *)&at, &n));
	s->port = ntohs(at.sin_port);
	if (pthread_create(&thread, NULL, stand_in_serve, s) != 0)
		abort();
	(void)pthread_detach(thread);
}
