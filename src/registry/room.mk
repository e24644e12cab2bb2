# registry: what the verbs of all APIs share; store and index meet here.
libberth_a_SOURCES += \
	src/registry/capacity.c src/registry/capacity.h \
	src/registry/counterpart.c src/registry/counterpart.h \
	src/registry/counterpart_chain.c \
	src/registry/counterpart_rows.c \
	src/registry/description.c src/registry/description.h \
	src/registry/event.c src/registry/event.h \
	src/registry/indexing.c src/registry/indexing.h \
	src/registry/layouts.c src/registry/layouts.h \
	src/registry/manifest_load.c src/registry/manifest_load.h \
	src/registry/pair.c src/registry/pair.h \
	src/registry/recently.c src/registry/recently.h \
	src/registry/referrer.c src/registry/referrer.h \
	src/registry/registry.h \
	src/registry/reindex.c src/registry/reindex.h \
	src/registry/shared_tags.c src/registry/shared_tags.h \
	src/registry/status.c src/registry/status.h \
	src/registry/sweep.c src/registry/sweep.h \
	src/registry/task.c src/registry/task.h \
	src/registry/v1image.c src/registry/v1image.h \
	src/registry/worklimit.c src/registry/worklimit.h
