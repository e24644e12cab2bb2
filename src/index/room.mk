# index: what is derived from the store; the only room that sees sqlite3.
libberth_a_SOURCES += \
	src/index/change.c src/index/change.h \
	src/index/db.c src/index/db.h \
	src/index/dbfile.c src/index/dbfile.h \
	src/index/index.h \
	src/index/lists.c \
	src/index/pool.c src/index/pool.h \
	src/index/rebuild.c \
	src/index/repository.c src/index/repository.h \
	src/index/schema.c src/index/schema.h \
	src/index/search.c \
	src/index/term.c src/index/term.h
