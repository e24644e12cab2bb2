# store: the directory; the only room that opens, links, renames and syncs files.
libberth_a_SOURCES += \
	src/store/about.c src/store/about.h \
	src/store/beneath.c src/store/beneath.h \
	src/store/damage.c src/store/damage.h \
	src/store/failpoint.c src/store/failpoint.h \
	src/store/io.c src/store/io.h \
	src/store/io_change.c \
	src/store/listing.c src/store/listing.h \
	src/store/lock.c src/store/lock.h \
	src/store/odd.c src/store/odd.h \
	src/store/once.c src/store/once.h \
	src/store/reader.c src/store/reader.h \
	src/store/secret.c src/store/secret.h \
	src/store/settle.c src/store/settle.h \
	src/store/stage.c src/store/stage.h \
	src/store/stamp.c src/store/stamp.h \
	src/store/store.c src/store/store.h \
	src/store/sweep.c src/store/sweep.h \
	src/store/v1_derived.c src/store/v1_derived.h \
	src/store/v1_image.c src/store/v1_image.h \
	src/store/v1_mirror.c src/store/v1_mirror.h \
	src/store/v1_push.c src/store/v1_push.h \
	src/store/v1_push_look.c src/store/v1_push_look.h \
	src/store/v1_repo.c src/store/v1_repo.h \
	src/store/v1_spell.c src/store/v1_spell.h \
	src/store/v1_sweep.c src/store/v1_sweep.h \
	src/store/v1_tag.c src/store/v1_tag.h \
	src/store/v1_walk.c src/store/v1_walk.h \
	src/store/v2_blob.c src/store/v2_blob.h \
	src/store/v2_link.c src/store/v2_link.h \
	src/store/v2_manifest.c src/store/v2_manifest.h \
	src/store/v2_repo.c src/store/v2_repo.h \
	src/store/v2_tag.c src/store/v2_tag.h \
	src/store/v2_upload.c src/store/v2_upload.h
