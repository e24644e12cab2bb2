# mirror: what is fetched from an upstream registry.
libberth_a_SOURCES += \
	src/mirror/fetch.c \
	src/mirror/internal.h \
	src/mirror/layer.c \
	src/mirror/lists.c \
	src/mirror/mirror.c src/mirror/mirror.h
