# The tests. A file in one of these folders is a test: a .c is a program that is linked with
# everything below src/cmd, a .t is a Perl script. They run in this order; t/README says what
# each folder holds. make check TESTS="t/store t/system/mail.t" runs a part.

test_folders = source unit store index registry api failpoints system torture

# The tests in failpoints need every durable step to be able to fail.
if FAILPOINTS
test_folders_left_out =
else
test_folders_left_out = failpoints
endif

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

# TESTS names tests, with or without ".c", and folders.
tests_named = $(or $(filter $(1) $(1)/%,$(tests)),$(error $(1): no test of this build))
tests_wanted = $(if $(TESTS),\
	$(foreach name,$(patsubst %/,%,$(TESTS:.c=)),$(call tests_named,$(name))),$(tests))

# What the programs share: t/lib. Its names are short ("err", "tree"), so they stay hidden from
# the shared libraries of the system, which have names of their own.
test_library = t/lib/libtest.a
test_library_objects = $(patsubst %.c,%.o,$(call files_in,lib,c))

test_programs = $(filter-out %.t,$(tests))
test_objects = $(test_programs:=.o) $(test_library_objects)

$(test_objects): %.o: $(srcdir)/%.c
	$(AM_V_CC)$(MKDIR_P) $(@D) && \
	$(COMPILE) -fvisibility=hidden -I$(srcdir)/t -MMD -MP -c -o $@ $<

$(test_library): $(test_library_objects)
	$(AM_V_AR)rm -f $@ && $(AR) cr $@ $(test_library_objects) && $(RANLIB) $@

$(test_programs): %: %.o $(test_library) $(noinst_LIBRARIES)
	$(AM_V_CCLD)$(LINK) $< $(test_library) $(berth_libs) $(LIBS)

-include $(test_objects:.o=.d)
CLEANFILES += $(test_programs) $(test_library) $(test_objects) $(test_objects:.o=.d)
EXTRA_DIST += t/perl t/data \
	$(foreach folder,lib $(test_folders),$(foreach ending,c h t,\
	$(call files_in,$(folder),$(ending))))

tests_env = srcdir='$(abs_srcdir)' BERTH_BUILD='$(abs_builddir)' BERTH_SRC='$(abs_top_srcdir)'
if SANITIZERS
tests_env += BERTH_SANITIZERS=1 UBSAN_OPTIONS=print_stacktrace=1
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
	@for folder in $(test_folders_left_out); do \
		echo "not run: t/$$folder: runs in the build with --enable-failpoints"; \
	done
	$(tests_env) $(PROVE) --timer -I '$(abs_srcdir)/t/perl' $(tests_paths)
