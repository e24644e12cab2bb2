# image: what bytes mean, pure; the only room that sees digests, zlib and tar.
libberth_a_SOURCES += \
	src/image/name.c src/image/name.h \
	src/image/sha256.c src/image/sha256.h \
	src/image/sum.c src/image/sum.h \
	src/image/v1_ancestry.c src/image/v1_ancestry.h \
	src/image/v1_images.c src/image/v1_images.h \
	src/image/v1_json.c src/image/v1_json.h \
	src/image/v1_meta.c src/image/v1_meta.h
