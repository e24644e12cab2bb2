# port: images from and to files.
libberth_a_SOURCES += \
	src/port/docker_archive.h \
	src/port/docker_archive_export.c \
	src/port/docker_archive_import.c \
	src/port/export.c \
	src/port/exporting.c src/port/exporting.h \
	src/port/file.c src/port/file.h \
	src/port/import.c \
	src/port/importing.c src/port/importing.h \
	src/port/input.c src/port/input.h \
	src/port/name.c \
	src/port/oci_layout.c src/port/oci_layout.h \
	src/port/oci_layout_export.c \
	src/port/oci_layout_import.c \
	src/port/output.c src/port/output.h \
	src/port/port.h \
	src/port/v1files.h \
	src/port/v1files_export.c \
	src/port/v1files_import.c
