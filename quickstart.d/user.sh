# shellcheck shell=bash disable=SC2154
# The user that berth and nginx run as, when root starts quickstart. Uses here, build, config,
# data, port, storage, user.

home=${BERTH_HOME:-/var/lib/berth-quickstart}	# see leave_closed_clone()

# leave_closed_clone ARGUMENT...: that user cannot enter a clone below /root, for example. If so,
# a copy of the program is run from $home, with the data there too. Not if there are data
# already, or with --data, --config or --user.
leave_closed_clone() {
	local nobody=(setpriv --reuid nobody --regid nogroup --clear-groups)

	[ "$EUID" -eq 0 ] && [ -z "$config$user" ] || return 0
	[ "$data" = "$here/data" ] && [ ! -e "$data" ] || return 0
	if ! "${nobody[@]}" true 2>/dev/null || "${nobody[@]}" test -x "$build/berth"; then
		return 0
	fi
	need_root_own "$home"
	need_root_own "$home/program"
	tell "other users cannot reach $here: berth runs from $home, its data is $home/data"
	copy_program || die "cannot copy the program to $home"
	exec "$home/program/quickstart" --no-build --data "$home/data" "$@"
}

copy_program() {
	install -d -m 755 "$home" "$home/program" "$home/program/build" &&
	    cp -r "$here/quickstart" "$here/quickstart.d" "$here/nginx" "$home/program/" &&
	    install -m 755 "$build/berth" "$home/program/build/" &&
	    chmod -R u=rwX,go=rX "$home/program"
}

# need_root_own DIRECTORY: root runs programs from it and makes it readable for all users, so
# no other user may be able to change it.
need_root_own() {
	local uid mode

	[ -e "$1" ] || [ -L "$1" ] || return 0
	read -r uid mode < <(stat -L -c '%u %a' "$1")
	[[ ! -L $1 && $uid -eq 0 && $((0$mode & 022)) -eq 0 ]] ||
	    die "users other than root can change $1: name a directory for the data (--data)" \
	    "outside of $here, and put the clone where other users can reach it"
}

# become_user ARGUMENT...: nginx writes the body files and berth links them into the store, so
# both run as the same user. When root starts quickstart, this is the owner of the data, or a
# user for services; it is root only with --user root. The rest of quickstart runs as that user
# too, in a new process.
become_user() {
	local uid gid name privileges

	if [ "$EUID" -ne 0 ]; then
		[ -z "$user" ] || [ "$(id -u "$user")" -eq "$EUID" ] ||
		    die "only root can run berth as $user"
		return 0
	fi
	choose_user
	[ "$uid" -ne 0 ] || return 0
	privileges=(--reuid "$uid" --regid "$gid" --clear-groups)
	setpriv "${privileges[@]}" true 2>/dev/null ||
	    die "root cannot become $name here: start quickstart as another user"
	need_access -x "$here/quickstart"
	need_access -x "$build/berth"
	need_access -x "$(dirname "$storage")"
	[ -z "$config" ] || need_access -r "$config"
	hand_over
	need_access -w "$storage"
	if [ "$port" -lt 1024 ]; then
		privileges+=(--inh-caps +net_bind_service --ambient-caps +net_bind_service)
	fi
	exec setpriv "${privileges[@]}" "$here/quickstart" --no-build "$@"
}

# Sets uid, gid and name of become_user().
choose_user() {
	local candidate

	read -r uid gid name < <(stat -c '%u %g %U' "$storage")
	if [ -z "$user" ] && [ "$uid" -ne 0 ]; then
		[ "$name" != UNKNOWN ] || name="user $uid"
		return
	fi
	for candidate in ${user:-berth www-data nginx nobody}; do
		name=$candidate
		uid=$(id -u "$name" 2>/dev/null) && gid=$(id -g "$name") && return
	done
	die "there is no user $name"
}

# need_access TEST FILE: that user can do with the file what this option of test(1) stands for.
need_access() {
	setpriv "${privileges[@]}" test "$1" "$2" || die "berth and nginx would run as $name," \
	    "who cannot reach $2: open it and the directories above it to that user (chmod" \
	    "o+x), move it elsewhere, or name another user (--user)"
}

die_of_other_files() {
	die "$storage belongs to root and holds more than a registry ($path): give it to" \
	    "$name, the user that berth and nginx run as (chown -R $name: $storage), or name" \
	    "another directory (--data)"
}

# Gives that user all that belongs to root in the data directory. This happens once: after it
# the directory itself belongs to that user.
hand_over() {
	local path

	[ "$(stat -c %u "$storage")" -eq 0 ] || return 0
	for path in "$storage"/* "$storage"/.[!.]*; do
		case ${path#"$storage/"} in
		_berth | images | repositories | lost+found | '*' | '.[!.]*') ;;
		docker) [ -d "$path/registry" ] || die_of_other_files ;;
		*) die_of_other_files ;;
		esac
	done
	tell "$storage goes from root to $name: berth and nginx run as that user"
	chown -Rh --from=0 "$uid:$gid" "$storage" || die "$storage cannot be given to $name"
}
