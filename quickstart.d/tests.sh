# shellcheck shell=bash disable=SC2154
# "quickstart check": two builds and all tests in each, a third with ThreadSanitizer and the
# tests with threads, a fourth by clang for its warnings, and at the end the list of what could
# not run. Uses here, build_packages, check_packages.

check() {
	local quick='' failed=() not_run

	case $# in
	0) ;;
	1) [ "$1" = --quick ] || die "unknown option $1; see --help"; quick=yes ;;
	*) die "too many arguments; see --help" ;;
	esac
	install_packages "${build_packages[@]}" "${check_packages[@]}"
	mkdir -p "$here/build" || die "cannot write to $here/build"
	not_run=$here/build/not-run
	: >"$not_run"
	export BERTH_NOT_RUN=$not_run BERTH_QUICK=$quick

	check_build build --enable-werror || failed+=(build)
	if [ -n "$quick" ]; then
		cat >>"$not_run" <<-'END'
		build-san (sanitizers, failpoints): left out by --quick
		build-tsan (threads): left out by --quick
		build-clang (warnings): left out by --quick
		long loops: shortened by --quick
		END
	else
		check_build build-san --enable-werror --enable-sanitizers --enable-failpoints \
		    --enable-debug=no || failed+=(build-san)
		check_build build-tsan --enable-werror --enable-tsan --enable-debug=no ||
		    failed+=(build-tsan)
		check_warnings build-clang --enable-werror --enable-failpoints CC=clang ||
		    failed+=(build-clang)
	fi
	check_report "$not_run" "${failed[@]}"
}

# check_build DIRECTORY CONFIGURE-OPTION...: fails if a test fails.
check_build() {
	local dir=$here/$1

	shift
	say "=== ${dir##*/}: configure $*"
	build_in "$dir" "$@"
	make -s --no-print-directory -C "$dir" check
}

# check_warnings DIRECTORY CONFIGURE-OPTION...: fails if the program, a test or a program of
# bench/ does not compile without warnings.
check_warnings() {
	local dir=$here/$1

	shift
	say "=== ${dir##*/}: configure $*"
	build_in "$dir" "$@"
	make -s --no-print-directory -C "$dir" -j"$(nproc)" check-programs bench-programs
}

# check_report FILE FAILED-BUILD...: FILE lists what did not run. Fails if a build did.
check_report() {
	local not_run=$1

	shift
	if [ "$#" -gt 0 ]; then
		say "FAILED in: $*"
	else
		say "all tests that ran have passed"
	fi
	if [ -s "$not_run" ]; then
		say "not run:"
		sort -u "$not_run" | sed 's/^/  /'
	fi
	[ "$#" -eq 0 ]
}
