# auth: who the client is, what it may do, and signatures of manifests; the only room with keys.
libberth_a_SOURCES += \
	src/auth/auth.c src/auth/auth.h \
	src/auth/caller.h \
	src/auth/jwk.c src/auth/jwk.h \
	src/auth/jws.c src/auth/jws.h \
	src/auth/privileged.c src/auth/privileged.h \
	src/auth/signing_key.c src/auth/signing_key.h \
	src/auth/token.c src/auth/token.h
