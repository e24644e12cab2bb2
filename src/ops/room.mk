# ops: what belongs to neither API: is this a registry, and does it work?
libberth_a_SOURCES += \
	src/ops/routes.c src/ops/routes.h \
	src/ops/service.c src/ops/service.h
