# The tests, in the order of their numbers: 0x the sources, 1x to 7x C without a server, 8x
# and 9x berth behind nginx. A test is a line here. make check TESTS="t/80-serve.t" runs a part.

c_tests = \
	t/10-base \
	t/11-json \
	t/12-text \
	t/13-log \
	t/14-json-each \
	t/15-json-closed \
	t/15-json-slice \
	t/20-image \
	t/21-image-files \
	t/22-hash \
	t/23-digest \
	t/24-manifest \
	t/24-manifest-type \
	t/24-schema1 \
	t/25-tar \
	t/25-tar-packing \
	t/25-tarsum \
	t/26-file-lists \
	t/27-mail \
	t/27-remote \
	t/28-auth \
	t/28-jws \
	t/28-privileged \
	t/28-token \
	t/30-store \
	t/32-store-lists \
	t/33-store-guards \
	t/34-store-stage \
	t/35-index \
	t/35-index-lists \
	t/36-index-rebuild \
	t/36-index-stamps \
	t/37-index-damage \
	t/38-store-errors \
	t/39-store-blobs \
	t/39-store-derived \
	t/39-store-links \
	t/39-store-manifests \
	t/39-store-mirror \
	t/39-store-repos \
	t/39-store-secret \
	t/39-store-settle \
	t/39-store-stamps \
	t/39-store-tags \
	t/39-store-uploads \
	t/39-store-uploads-kept \
	t/40-conf \
	t/41-conf-keys \
	t/42-conf-together \
	t/56-files \
	t/57-power-cut-many \
	t/60-http \
	t/61-route \
	t/62-condition \
	t/63-cors \
	t/64-alarm \
	t/70-v1-routes \
	t/71-v1-push \
	t/71-v1-tarsum \
	t/72-v1-damage \
	t/72-v1-hostile \
	t/73-v1-access \
	t/73-v1-check \
	t/74-v2-errors \
	t/74-v2-routes \
	t/75-v2-push \
	t/76-v2-damage \
	t/76-v2-manifests \
	t/76-v2-shapes \
	t/76-v2-schema1 \
	t/77-v2-changes \
	t/77-v2-lists \
	t/77-v2-referrers \
	t/78-v2-check \
	t/79-seats \
	t/79-v2-hostile \
	t/79-v2-races

# These need every durable step to be able to fail: --enable-failpoints.
failpoint_tests = \
	t/31-store-failpoints \
	t/50-change-failpoints \
	t/51-two-pushes-failpoints \
	t/52-uploads-failpoints \
	t/53-manifests-failpoints \
	t/54-v2-push-failpoints \
	t/55-power-cut-failpoints

perl_tests = \
	t/00-rooms.t \
	t/01-format.t \
	t/80-serve.t \
	t/81-v2-push-pull.t \
	t/81-v2-uploads.t \
	t/82-old-dockers.t \
	t/82-v1-push-pull.t \
	t/83-distribution.t \
	t/83-printed-commands.t \
	t/83-schema1.t \
	t/84-seed.t \
	t/85-full-disk.t \
	t/86-containerd.t \
	t/86-docker.t \
	t/86-podman.t \
	t/86-skopeo.t \
	t/87-operation.t \
	t/87-store-links.t \
	t/88-parallel.t \
	t/88-v2-parallel.t \
	t/89-large-layer.t \
	t/90-kill.t \
	t/91-v2-kill.t \
	t/92-v1-table.t \
	t/93-v1-modes.t \
	t/93-v1-password.t \
	t/94-mirror-source.t \
	t/94-mirror.t \
	t/95-mail.t \
	t/96-cors.t \
	t/97-smuggling.t \
	t/97-strangers.t

check_PROGRAMS = $(c_tests)
if FAILPOINTS
check_PROGRAMS += $(failpoint_tests)
tests_elsewhere =
else
tests_elsewhere = $(failpoint_tests)
endif
LDADD = $(berth_libs)

test_headers = \
	t/api-test.h \
	t/conf-test.h \
	t/damage-test.h \
	t/failpoint-test.h \
	t/index-test.h \
	t/manifest-test.h \
	t/power-cut.h \
	t/push-test.h \
	t/stand-in.h \
	t/store-test.h \
	t/tap.h \
	t/tar-test.h \
	t/unit-test.h \
	t/upload-test.h \
	t/v2-api-test.h \
	t/v2-image-test.h \
	t/v2-store-test.h

EXTRA_DIST += $(perl_tests) $(test_headers) t/check.sh t/lib t/data

tests_env = srcdir='$(abs_srcdir)' BERTH_BUILD='$(abs_builddir)' BERTH_SRC='$(abs_top_srcdir)'
if SANITIZERS
tests_env += BERTH_SANITIZERS=1 UBSAN_OPTIONS=print_stacktrace=1
endif

# Absolute names: prove takes a program below "t/" for a Perl script.
tests_wanted = $(if $(TESTS),$(TESTS),$(sort $(check_PROGRAMS) $(perl_tests)))
tests_paths = $(foreach t,$(tests_wanted),\
	$(if $(filter %.t,$(t)),$(abs_srcdir),$(abs_builddir))/$(t))

.PHONY: check-programs
check-programs: $(check_PROGRAMS)

check-local: berth
	@for t in $(tests_elsewhere); do \
		line="$$t: runs in the build with --enable-failpoints"; \
		echo "not run: $$line"; \
	done
	$(tests_env) $(PROVE) --timer -I '$(abs_srcdir)/t/lib' $(tests_paths)
