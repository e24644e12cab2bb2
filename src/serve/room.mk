# serve: processes, threads and FastCGI; the only room that forks and sees libfcgi.
libberth_a_SOURCES += \
	src/serve/dispatch.c src/serve/dispatch.h \
	src/serve/errmail.c src/serve/errmail.h \
	src/serve/fcgi.c src/serve/fcgi.h \
	src/serve/listen.c src/serve/listen.h \
	src/serve/master.c src/serve/master.h \
	src/serve/options.h \
	src/serve/worker.c src/serve/worker.h
