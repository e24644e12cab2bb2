# v1: Docker Registry API v1, a file a resource.
libberth_a_SOURCES += \
	src/v1/authenticate.c src/v1/authenticate.h \
	src/v1/errors.c src/v1/errors.h \
	src/v1/images.c src/v1/images.h \
	src/v1/index_api.c src/v1/index_api.h \
	src/v1/push.c src/v1/push.h \
	src/v1/repositories.c src/v1/repositories.h \
	src/v1/routes.c src/v1/routes.h \
	src/v1/search.c src/v1/search.h \
	src/v1/tags.c src/v1/tags.h \
	src/v1/users.c src/v1/users.h \
	src/v1/v1.c src/v1/v1.h
