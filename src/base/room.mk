# base: tools without a word of the domain; the only room that sees json-c.
libberth_a_SOURCES += \
	src/base/address.c src/base/address.h \
	src/base/arena.c src/base/arena.h \
	src/base/base64url.c src/base/base64url.h \
	src/base/buf.c src/base/buf.h \
	src/base/clock.c src/base/clock.h \
	src/base/err.c src/base/err.h \
	src/base/fnv.c src/base/fnv.h \
	src/base/hex.c src/base/hex.h \
	src/base/json.c src/base/json.h \
	src/base/json_blank.h \
	src/base/json_closed.c src/base/json_closed.h \
	src/base/json_each.c \
	src/base/json_items.c src/base/json_items.h \
	src/base/json_slice.c src/base/json_slice.h \
	src/base/json_slice_check.c \
	src/base/json_sorted.c src/base/json_sorted.h \
	src/base/jsonw.c src/base/jsonw.h \
	src/base/log.c src/base/log.h \
	src/base/must.c src/base/must.h \
	src/base/percent.c src/base/percent.h \
	src/base/rfc3339.c src/base/rfc3339.h \
	src/base/shared.c src/base/shared.h \
	src/base/source.h \
	src/base/str.c src/base/str.h \
	src/base/vec.c src/base/vec.h
