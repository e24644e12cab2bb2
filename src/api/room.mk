# api: what the APIs share: the rows of their tables, a call, what is asked before a handler runs.
libberth_a_SOURCES += \
	src/api/args.c src/api/args.h \
	src/api/authorize.c src/api/authorize.h \
	src/api/call.c src/api/call.h \
	src/api/limits.c src/api/limits.h \
	src/api/options.h \
	src/api/route.c src/api/route.h
