# auth: who calls, and what they may.
libberth_a_SOURCES += \
	src/auth/auth.c src/auth/auth.h \
	src/auth/caller.h \
	src/auth/privileged.c src/auth/privileged.h \
	src/auth/token.c src/auth/token.h
