# store: the contract of durable content; storefs/ keeps it in a directory.
libberth_a_SOURCES += \
	src/store/blob.h \
	src/store/bridge.h \
	src/store/content.h \
	src/store/derived.h \
	src/store/description.h \
	src/store/guard.h \
	src/store/manifest.h \
	src/store/mark.h \
	src/store/partial.h \
	src/store/repository.h \
	src/store/secret.h \
	src/store/stage.h \
	src/store/store.h \
	src/store/inbox.h \
	src/store/tag.h \
	src/store/upload.h \
	src/store/upstream.h \
	src/store/v1image.h \
	src/store/v1push.h \
	src/store/v1repo.h \
	src/store/v1tag.h
