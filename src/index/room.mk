# index: the contract of what is derived from the store; indexsqlite/ keeps it.
libberth_a_SOURCES += \
	src/index/index.h
