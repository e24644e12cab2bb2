# registry: the verbs, once each; store and index meet here and nowhere else.
libberth_a_SOURCES += \
	src/registry/capacity.c src/registry/capacity.h \
	src/registry/describe.c src/registry/describe.h \
	src/registry/pull.c src/registry/pull.h \
	src/registry/push.c src/registry/push.h \
	src/registry/registry.h \
	src/registry/reindex.c src/registry/reindex.h \
	src/registry/repository.c src/registry/repository.h \
	src/registry/search.c src/registry/search.h \
	src/registry/tag.c src/registry/tag.h
