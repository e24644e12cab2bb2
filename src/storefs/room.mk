# storefs: the store as a directory; the only room that opens, renames, links and syncs files.
libberth_a_SOURCES += \
	src/storefs/beneath.c src/storefs/beneath.h \
	src/storefs/blob.c src/storefs/blob.h \
	src/storefs/bridge.c \
	src/storefs/bridge_asked.c \
	src/storefs/content.c src/storefs/content.h \
	src/storefs/damage.c src/storefs/damage.h \
	src/storefs/derived.c \
	src/storefs/description.c \
	src/storefs/durable.c src/storefs/durable.h \
	src/storefs/failpoint.c src/storefs/failpoint.h \
	src/storefs/fingerprint.c src/storefs/fingerprint.h \
	src/storefs/guard.c \
	src/storefs/io.c src/storefs/io.h \
	src/storefs/io_change.c \
	src/storefs/layout.c src/storefs/layout.h \
	src/storefs/link.c src/storefs/link.h \
	src/storefs/listing.c src/storefs/listing.h \
	src/storefs/log_once.c src/storefs/log_once.h \
	src/storefs/mark.c src/storefs/mark.h \
	src/storefs/manifest.c \
	src/storefs/partial.c \
	src/storefs/repository.c \
	src/storefs/secret.c \
	src/storefs/stage.c src/storefs/stage.h \
	src/storefs/stage_of.c \
	src/storefs/store.c \
	src/storefs/storefs.h \
	src/storefs/inbox.c src/storefs/inbox.h \
	src/storefs/tag.c \
	src/storefs/unusable.c src/storefs/unusable.h \
	src/storefs/upload.c \
	src/storefs/upstream.c \
	src/storefs/v1image.c src/storefs/v1image.h \
	src/storefs/v1image_put.c \
	src/storefs/v1push.c \
	src/storefs/v1push_query.c src/storefs/v1push_query.h \
	src/storefs/v1push_sweep.c \
	src/storefs/v1repo.c src/storefs/v1repo.h \
	src/storefs/v1repo_walk.c \
	src/storefs/v1spelling.c src/storefs/v1spelling.h \
	src/storefs/v1tag.c \
	src/storefs/writing.c src/storefs/writing.h
