# bridge: images of one API in the form of the other.
libberth_a_SOURCES += \
	src/bridge/to_v1.c src/bridge/to_v1.h \
	src/bridge/to_v1_find.c src/bridge/to_v1_find.h \
	src/bridge/to_v1_keep.c \
	src/bridge/to_v1_layer.c src/bridge/to_v1_layer.h
