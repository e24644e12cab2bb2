# content: the verbs of API v2: uploads, blobs, manifests, lists.
libberth_a_SOURCES += \
	src/content/blob.c src/content/blob.h \
	src/content/list.c src/content/list.h \
	src/content/manifests.c src/content/manifests.h \
	src/content/manifests_push.c \
	src/content/manifests_remove.c \
	src/content/meaning.c src/content/meaning.h \
	src/content/signature.c src/content/signature.h \
	src/content/upload.c src/content/upload.h
