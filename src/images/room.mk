# images: the verbs of API v1: push, pull, tag, search, access to images.
libberth_a_SOURCES += \
	src/images/access.c src/images/access.h \
	src/images/announce.c src/images/announce.h \
	src/images/layerfiles.c src/images/layerfiles.h \
	src/images/properties.c src/images/properties.h \
	src/images/pull.c src/images/pull.h \
	src/images/push.c src/images/push.h \
	src/images/push_tarsum.c src/images/push_tarsum.h \
	src/images/repository.c src/images/repository.h \
	src/images/repository_remove.c \
	src/images/search.c src/images/search.h \
	src/images/tag.c src/images/tag.h \
	src/images/tag_read.c
