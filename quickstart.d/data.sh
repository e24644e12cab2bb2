# shellcheck shell=bash disable=SC2154
# The data directory.

# setting KEY: its value in the configuration file.
setting() { "$build/berth" check-config --get "$1" --config "$config"; }

# Other users must not read names and layers of private repositories.
close_umask() { umask "$(printf '%04o' $(($(umask) | 027)))"; }

find_storage() {
	if [ -n "$config" ]; then
		[ -r "$config" ] || die "cannot read $config"
		config=$(readlink -f "$config")
		if ! storage=$(setting storage_path) || ! socket=$(setting socket); then
			die "$config is not a configuration berth can run with"
		fi
	else
		storage=$data
		socket=
	fi
	{ mkdir -p "$(dirname "$storage")" && (close_umask && mkdir -p "$storage"); } 2>/dev/null ||
	    die "cannot make the data directory $storage"
	storage=$(cd "$storage" && pwd -P) || die "cannot enter the data directory"
	case $storage in
	*[][\"\\\$*?]* | *$'\n'*) die "a path with such characters cannot be served: $storage" ;;
	esac
	run=$storage/_berth/run
	tls=$storage/_berth/tls
	socket=${socket:-$storage/_berth/berth.sock}
}

lock_data() {
	{ mkdir -p "$run" "$tls" && : >>"$run/lock"; } 2>/dev/null ||
	    die "cannot write to $storage"
	exec {lock_fd}>>"$run/lock"
	flock -w 1 "$lock_fd" || die "a quickstart runs on $storage already"
}
