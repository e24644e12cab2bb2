# registry: the verbs, once each; store and index meet here and nowhere else.
libberth_a_SOURCES += \
	src/registry/access.c src/registry/access.h \
	src/registry/blob.c src/registry/blob.h \
	src/registry/capacity.c src/registry/capacity.h \
	src/registry/claim.c src/registry/claim.h \
	src/registry/describe.c src/registry/describe.h \
	src/registry/files.c src/registry/files.h \
	src/registry/lists.c src/registry/lists.h \
	src/registry/manifests.c src/registry/manifests.h \
	src/registry/mirror.c src/registry/mirror.h \
	src/registry/mirror_fetch.c \
	src/registry/mirror_layer.c \
	src/registry/mirror_lists.c \
	src/registry/mirror_source.h \
	src/registry/properties.c src/registry/properties.h \
	src/registry/pull.c src/registry/pull.h \
	src/registry/push.c src/registry/push.h \
	src/registry/referrer.c src/registry/referrer.h \
	src/registry/registry.h \
	src/registry/reindex.c src/registry/reindex.h \
	src/registry/repository.c src/registry/repository.h \
	src/registry/search.c src/registry/search.h \
	src/registry/seats.c src/registry/seats.h \
	src/registry/signature.c src/registry/signature.h \
	src/registry/status.c src/registry/status.h \
	src/registry/stored.c src/registry/stored.h \
	src/registry/tag.c src/registry/tag.h \
	src/registry/tarsums.c src/registry/tarsums.h \
	src/registry/upload.c src/registry/upload.h
