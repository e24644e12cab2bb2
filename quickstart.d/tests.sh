# shellcheck shell=bash disable=SC2154
# The check of ./quickstart, which sources this file: two builds, all tests in each, a
# third by clang for its warnings, and at the end what could not run.

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
		say "build-san (sanitizers, failpoints): left out by --quick" >>"$not_run"
		say "build-clang (warnings): left out by --quick" >>"$not_run"
		say "long loops: shortened by --quick" >>"$not_run"
	else
		check_build build-san --enable-werror --enable-sanitizers --enable-failpoints \
		    --enable-debug=no || failed+=(build-san)
		check_warnings build-clang --enable-werror --enable-failpoints CC=clang ||
		    failed+=(build-clang)
	fi
	check_report "$not_run" "${failed[@]}"
}

# check_build DIRECTORY CONFIGURE-OPTION...: fails when a test does.
check_build() {
	local dir=$here/$1

	shift
	say "=== ${dir##*/}: configure $*"
	build_in "$dir" "$@"
	make -s --no-print-directory -C "$dir" check
}

# check_warnings DIRECTORY CONFIGURE-OPTION...: fails when the program or a test does not
# compile clean.
check_warnings() {
	local dir=$here/$1

	shift
	say "=== ${dir##*/}: configure $*"
	build_in "$dir" "$@"
	make -s --no-print-directory -C "$dir" -j"$(nproc)" check-programs bench-programs
}

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
