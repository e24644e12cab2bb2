# api: what the APIs share: the rows of their tables, a call, what is asked before a handler runs.
libberth_a_SOURCES += \
	src/api/route.c src/api/route.h
