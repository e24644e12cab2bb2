# shellcheck shell=bash disable=SC2034,SC2154
# The data directory: where it is, and that only one quickstart uses it. Uses build, config, data.
# Sets storage (the directory), run and tls (below it, of quickstart), socket, lock_fd.

# setting KEY: prints its value in the configuration file.
setting() { "$build/berth" check-config --get "$1" --config "$config"; }

# Other users must not read the names and layers of private repositories.
close_umask() { umask "$(printf '%04o' $(($(umask) | 027)))"; }

find_storage() {
	if [ -n "$config" ]; then
		[ -r "$config" ] || die "cannot read $config"
		config=$(readlink -f "$config")
		if ! storage=$(setting storage_path) || ! socket=$(setting socket); then
			die "$config is not a configuration that berth can run with"
		fi
	else
		storage=$data
		socket=
	fi
	{ mkdir -p "$(dirname "$storage")" && (close_umask && mkdir -p "$storage"); } 2>/dev/null ||
	    die "cannot make the data directory $storage"
	storage=$(cd "$storage" && pwd -P) || die "cannot enter the data directory"
	case $storage in
	*[][\"\\\$*?]* | *$'\n'*)
		die "the path of the data directory must not contain \" \\ \$ * ? [ ] or a" \
		    "line end: $storage"
		;;
	esac
	run=$storage/_berth/run
	tls=$storage/_berth/tls
	socket=${socket:-$storage/_berth/berth.sock}
}

lock_data() {
	{ mkdir -p "$run" "$tls" && : >>"$run/lock"; } 2>/dev/null ||
	    die "cannot write to $storage"
	exec {lock_fd}>>"$run/lock"
	flock -w 1 "$lock_fd" || die "another quickstart uses $storage already"
}
