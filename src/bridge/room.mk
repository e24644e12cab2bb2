# bridge: images of one API as the other one serves them.
libberth_a_SOURCES += \
	src/bridge/all.c src/bridge/all.h \
	src/bridge/report.c src/bridge/report.h
