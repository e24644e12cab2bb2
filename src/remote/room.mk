# remote: calls to other servers; the only room that sees libcurl.
libberth_a_SOURCES += \
	src/remote/client.c src/remote/client.h \
	src/remote/mail.c src/remote/mail.h \
	src/remote/memory.c \
	src/remote/private.h \
	src/remote/redirect.c src/remote/redirect.h \
	src/remote/remote.c src/remote/remote.h \
	src/remote/stream.c
