# v2: API v2 (the OCI distribution-spec): a table of contents, a file a resource.
libberth_a_SOURCES += \
	src/v2/accept.c src/v2/accept.h \
	src/v2/blobs.c src/v2/blobs.h \
	src/v2/clients.c src/v2/clients.h \
	src/v2/errors.c src/v2/errors.h \
	src/v2/lists.c src/v2/lists.h \
	src/v2/manifests.c src/v2/manifests.h \
	src/v2/referrers.c src/v2/referrers.h \
	src/v2/routes.c src/v2/routes.h \
	src/v2/uploads.c src/v2/uploads.h \
	src/v2/v2.c src/v2/v2.h \
	src/v2/version_check.c src/v2/version_check.h
