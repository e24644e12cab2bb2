# bridge: the images of one API as the other shows them.
libberth_a_SOURCES += \
	src/bridge/all.c src/bridge/all.h \
	src/bridge/ask.c src/bridge/ask.h \
	src/bridge/make.c src/bridge/make.h \
	src/bridge/origins.c src/bridge/origins.h \
	src/bridge/report.c src/bridge/report.h \
	src/bridge/tag_entry.c src/bridge/tag_entry.h \
	src/bridge/to_schema1.c src/bridge/to_schema1.h \
	src/bridge/to_v1.c src/bridge/to_v1.h \
	src/bridge/to_v1_find.c src/bridge/to_v1_find.h \
	src/bridge/to_v1_keep.c \
	src/bridge/to_v1_layer.c src/bridge/to_v1_layer.h \
	src/bridge/to_v2.c src/bridge/to_v2.h \
	src/bridge/to_v2_blob.c \
	src/bridge/unpack.c src/bridge/unpack.h
