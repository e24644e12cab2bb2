# cmd: the program, with a file for each command; the only room that includes conf.
berth_SOURCES += \
	src/cmd/bridge.c \
	src/cmd/buildinfo.c src/cmd/buildinfo.h \
	src/cmd/check_config.c src/cmd/check_config.h \
	src/cmd/cmd.h \
	src/cmd/export.c \
	src/cmd/import.c \
	src/cmd/interrupt.c src/cmd/interrupt.h \
	src/cmd/key_file.c src/cmd/key_file.h \
	src/cmd/main.c \
	src/cmd/open.c src/cmd/open.h \
	src/cmd/print_text.c src/cmd/print_text.h \
	src/cmd/progress.c src/cmd/progress.h \
	src/cmd/reindex.c \
	src/cmd/serve.c \
	src/cmd/serve_auth.c src/cmd/serve_auth.h \
	src/cmd/serve_mail.c src/cmd/serve_mail.h
