# shellcheck shell=bash disable=SC2154
# Builds berth.

# build_in DIRECTORY CONFIGURE-OPTION...: does what is left to do. Without options a
# directory that is configured stays as it is.
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
		die "the build failed; all of its output is in $log"
	}
}

build_steps() {
	local dir=$1

	shift
	cd "$here"
	if [ ! -x configure ] || [ ! -f Makefile.in ]; then
		autoreconf -fi || return
	fi
	cd "$dir"
	if [ ! -f Makefile ] || { [ $# -gt 0 ] && [ "$(cat quickstart.options)" != "$*" ]; }; then
		"$here/configure" "$@" || return
		printf '%s\n' "$*" >quickstart.options
	fi
	make -s -j"$(nproc)"
}
