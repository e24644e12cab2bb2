# remote: calls to other servers; the only room that sees libcurl.
libberth_a_SOURCES += \
	src/remote/cache.c \
	src/remote/internal.h \
	src/remote/mail.c src/remote/mail.h \
	src/remote/redirect.c src/remote/redirect.h \
	src/remote/remote.c src/remote/remote.h \
	src/remote/stream.c \
	src/remote/transfer.c src/remote/transfer.h
