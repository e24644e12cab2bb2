# auth: who calls, and what they may.
libberth_a_SOURCES += src/auth/token.c src/auth/token.h
