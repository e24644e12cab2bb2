# conf: config.yml; the only room that sees libyaml. Seen by cmd alone.
libberth_a_SOURCES += \
	src/conf/conf.c src/conf/conf.h \
	src/conf/settings.c src/conf/settings.h \
	src/conf/keys.c src/conf/keys.h \
	src/conf/notes.c src/conf/notes.h \
	src/conf/tree.c src/conf/tree.h \
	src/conf/value.c src/conf/value.h
