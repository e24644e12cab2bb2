# image: documents, pure: digests, names, manifests, configs; the only room that sees EVP digests.
libberth_a_SOURCES += \
	src/image/digest.c src/image/digest.h \
	src/image/hash.c src/image/hash.h \
	src/image/manifest.c src/image/manifest.h \
	src/image/manifest_descriptor.c src/image/manifest_descriptor.h \
	src/image/manifest_type.c src/image/manifest_type.h \
	src/image/name.c src/image/name.h \
	src/image/pretty_jws.c src/image/pretty_jws.h \
	src/image/schema1.c src/image/schema1.h \
	src/image/sum.c src/image/sum.h \
	src/image/v1_ancestry.c src/image/v1_ancestry.h \
	src/image/v1_images.c src/image/v1_images.h \
	src/image/v1_json.c src/image/v1_json.h \
	src/image/v1_meta.c src/image/v1_meta.h \
	src/image/v2_name.c src/image/v2_name.h
