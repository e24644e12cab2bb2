# http: request and reply as values, target and routes.
libberth_a_SOURCES += \
	src/http/condition.c src/http/condition.h \
	src/http/cors.c src/http/cors.h \
	src/http/origin.c src/http/origin.h \
	src/http/reply.c src/http/reply.h \
	src/http/request.c src/http/request.h \
	src/http/site.c src/http/site.h \
	src/http/target.c src/http/target.h
