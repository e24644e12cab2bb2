# http: requests and replies as values, and the headers that have rules of their own.
libberth_a_SOURCES += \
	src/http/condition.c src/http/condition.h \
	src/http/cors.c src/http/cors.h \
	src/http/origin.c src/http/origin.h \
	src/http/range.c src/http/range.h \
	src/http/reply.c src/http/reply.h \
	src/http/request.c src/http/request.h \
	src/http/site.c src/http/site.h \
	src/http/target.c src/http/target.h
