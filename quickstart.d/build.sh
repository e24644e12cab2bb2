# shellcheck shell=bash disable=SC2154
# Building: configure and make in a directory. Uses here.

# build_in DIRECTORY CONFIGURE-OPTION...: does what is not done yet. Without options, a
# directory that is configured already keeps its options.
build_in() {
	local dir=$1 log=$1/quickstart.log

	shift
	mkdir -p "$dir" "$here/build" 2>/dev/null || die "cannot write to $dir"
	{ : >"$log"; } 2>/dev/null || die "cannot write to $dir"
	(
		flock 8
		build_steps "$dir" "$@" >"$log" 2>&1
	) 8>"$here/build/quickstart.lock" || {
		tail -n 30 "$log" >&2
		die "the build failed; its whole output is in $log"
	}
}

build_steps() {
	local dir=$1

	shift
	cd "$here" || return
	if [ ! -x configure ] || [ ! -f Makefile.in ]; then
		autoreconf -fi || return
	fi
	cd "$dir" || return
	if [ ! -f Makefile ] || { [ $# -gt 0 ] && [ "$(cat quickstart.options)" != "$*" ]; }; then
		"$here/configure" "$@" || return
		printf '%s\n' "$*" >quickstart.options
	fi
	make -s -j"$(nproc)"
}
