# indexsqlite: the index in sqlite3; the only room that sees that library.
libberth_a_SOURCES += \
	src/indexsqlite/change.c src/indexsqlite/change.h \
	src/indexsqlite/db.c src/indexsqlite/db.h \
	src/indexsqlite/dbfile.c src/indexsqlite/dbfile.h \
	src/indexsqlite/indexsqlite.h \
	src/indexsqlite/lists.c \
	src/indexsqlite/packed.c src/indexsqlite/packed.h \
	src/indexsqlite/pool.c src/indexsqlite/pool.h \
	src/indexsqlite/rebuild.c \
	src/indexsqlite/row.c src/indexsqlite/row.h \
	src/indexsqlite/schema.c src/indexsqlite/schema.h \
	src/indexsqlite/search.c \
	src/indexsqlite/term.c src/indexsqlite/term.h
