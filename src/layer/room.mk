# layer: archives: decompression, tar, tarsum, file lists; the only room that sees zlib and libarchive.
libberth_a_SOURCES += \
	src/layer/file_diff.c src/layer/file_diff.h \
	src/layer/file_list.c src/layer/file_list.h \
	src/layer/layer_read.c src/layer/layer_read.h \
	src/layer/packing.c src/layer/packing.h \
	src/layer/tar.c src/layer/tar.h \
	src/layer/tar_bytes.c src/layer/tar_bytes.h \
	src/layer/tar_header.c src/layer/tar_header.h \
	src/layer/tar_write.c src/layer/tar_write.h \
	src/layer/tar_xz.c src/layer/tar_xz.h \
	src/layer/tarsum.c src/layer/tarsum.h
