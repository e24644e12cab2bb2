# The tests. A file in one of these folders is a test: a .c is a program that is linked with
# everything below src/cmd, a .t is a Perl script. They run in this order; t/README says what
# each folder holds. make check TESTS="t/store t/system/mail.t" runs a part.

test_folders = source unit fuzz store index registry api failpoints system torture

# Left out of a build that cannot run them, and when they do run.
test_folders_left_out =
if !FAILPOINTS
test_folders_left_out += failpoints
endif
if FUZZERS
test_folders_left_out += fuzz
endif
runs_failpoints = runs in the build with --enable-failpoints
runs_fuzz = make fuzz runs it

# $(call files_in,FOLDER,ENDING): below t/, in the folder itself and one level deeper.
files_in = $(patsubst $(srcdir)/%,%,\
	$(wildcard $(srcdir)/t/$(1)/*.$(2) $(srcdir)/t/$(1)/*/*.$(2)))
tests_in = $(sort $(patsubst %.c,%,$(call files_in,$(1),c)) $(call files_in,$(1),t))
tests = $(foreach folder,$(filter-out $(test_folders_left_out),$(test_folders)),\
	$(call tests_in,$(folder)))

# A test in another place would never run.
tests_astray = $(filter-out $(foreach folder,lib $(test_folders),t/$(folder)/%),\
	$(patsubst $(srcdir)/%,%,$(wildcard $(foreach ending,c t,\
	$(srcdir)/t/*.$(ending) $(srcdir)/t/*/*.$(ending)))))

# Those in which threads meet: what a build with --enable-tsan runs, several at once.
if TSAN
tests_default = t/unit/remote t/unit/serve t/unit/base/log t/store/guards \
	t/index/rebuild t/api/limits t/api/v2/races \
	t/system/serve.t t/system/mirror.t t/torture/v2-parallel.t
prove_jobs = --jobs 4
else
tests_default = $(tests)
prove_jobs =
endif

# TESTS names tests, with or without ".c", and folders.
tests_named = $(or $(filter $(1) $(1)/%,$(tests)),$(error $(1): no test of this build))
tests_wanted = $(foreach name,$(patsubst %/,%,$(or $(TESTS:.c=),$(tests_default))),\
	$(call tests_named,$(name)))

# What the programs share: t/lib. Its names are short ("err", "tree"), so they stay hidden from
# the shared libraries of the system, which have names of their own.
test_library = t/lib/libtest.a
test_library_objects = $(patsubst %.c,%.o,$(call files_in,lib,c))

fuzz_programs = $(patsubst %.c,%,$(call files_in,fuzz,c))
test_programs = $(sort $(filter-out %.t,$(tests)) $(fuzz_programs))
test_objects = $(test_programs:=.o) $(test_library_objects)

$(test_objects): %.o: $(srcdir)/%.c
	$(AM_V_CC)$(MKDIR_P) $(@D) && \
	$(COMPILE) -fvisibility=hidden -I$(srcdir)/t -MMD -MP -c -o $@ $<

$(test_library): $(test_library_objects)
	$(AM_V_AR)rm -f $@ && $(AR) cr $@ $(test_library_objects) && $(RANLIB) $@

$(test_programs): %: %.o $(test_library) $(noinst_LIBRARIES)
	$(AM_V_CCLD)$(LINK) $(fuzzer) $< $(test_library) $(berth_libs) $(LIBS)

$(fuzz_programs): fuzzer = $(FUZZ_LDFLAGS)

-include $(test_objects:.o=.d)
CLEANFILES += $(test_programs) $(test_library) $(test_objects) $(test_objects:.o=.d)
EXTRA_DIST += t/README t/perl t/data \
	$(foreach folder,lib $(test_folders),$(foreach ending,c h t,\
	$(call files_in,$(folder),$(ending))))

tests_env = srcdir='$(abs_srcdir)' BERTH_BUILD='$(abs_builddir)' BERTH_SRC='$(abs_top_srcdir)'
if SANITIZERS
tests_env += BERTH_SANITIZERS=1 UBSAN_OPTIONS=print_stacktrace=1
endif
if TSAN
tests_env += BERTH_SANITIZERS=1
endif

# Absolute names: prove takes a program below "t/" for a Perl script.
tests_paths = $(foreach test,$(tests_wanted),\
	$(if $(filter %.t,$(test)),$(abs_srcdir),$(abs_builddir))/$(test))

.PHONY: check-programs
check-programs: $(test_programs)

check-local: berth $(filter-out %.t,$(tests_wanted))
	@for test in $(tests_astray); do \
		echo "$$test: move it into one of: $(test_folders)"; exit 1; \
	done
	@$(foreach folder,$(test_folders_left_out),\
		echo 'not run: t/$(folder): $(runs_$(folder))';) :
	$(tests_env) $(PROVE) --timer $(prove_jobs) -I '$(abs_srcdir)/t/perl' $(tests_paths)

# In a build with --enable-fuzzers: each parser for so long. An input that breaks one is left
# as fuzz-NAME-...; "t/fuzz/NAME FILE" runs it again.
FUZZ_SECONDS = 60

.PHONY: fuzz
fuzz: $(patsubst t/fuzz/%,fuzz-%,$(fuzz_programs))

fuzz-%: t/fuzz/%
if FUZZERS
	$(MKDIR_P) fuzz-corpus/$*
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2500 -verbosity=0 \
	    -print_final_stats=1 -artifact_prefix=fuzz-$*- fuzz-corpus/$* $(srcdir)/t/data/fuzz/$*
else
	@echo 'make fuzz wants a build that was configured with --enable-fuzzers CC=clang' >&2
	@exit 1
endif
