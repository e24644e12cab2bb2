# shellcheck shell=bash disable=SC2154
# Starts and ends berth and nginx.

grace=10				# seconds for what is in flight when stopping
nginx_pid=
berth_pid=

# A sleep without a process: one that outlived this script would hold its lock.
exec {nap_fd}<> <(:)
nap() { read -rt "$1" -u "$nap_fd" || true; }

# processes NAME: those of this data directory. They were started with run/ as their working
# directory; that finds nginx's workers as well when their master was killed.
processes() {
	local proc name

	for proc in /proc/[0-9]*; do
		[ "$proc/cwd" -ef "$run" ] || continue
		{ read -r name <"$proc/comm"; } 2>/dev/null || continue
		[ "$name" != "$1" ] || printf '%s\n' "${proc#/proc/}"
	done
}

# A zombie is not: in a container nobody may come to collect it.
alive() {
	local state

	[ -n "$1" ] && { read -r _ _ state _ <"/proc/$1/stat"; } 2>/dev/null && [ "$state" != Z ]
}

# stop SIGNAL SECONDS PID...: fails when one is still there after that time.
stop() {
	local signal=$1 deadline=$(($(now_ms) + $2 * 1000)) pid

	shift 2
	for pid; do
		kill -s "$signal" "$pid" 2>/dev/null || true
	done
	for pid; do
		while alive "$pid"; do
			[ "$(now_ms)" -lt "$deadline" ] && [ -z "${impatient-}" ] || return 1
			nap 0.02
		done
	done
}

now_ms() { local t=${EPOCHREALTIME/[.,]/}; printf '%s' "${t%???}"; }

# stop_leftovers NAME: those whose master has gone.
stop_leftovers() {
	local pids

	mapfile -t pids < <(processes "$1")
	[ "${#pids[@]}" -gt 0 ] || return 0
	stop TERM 3 "${pids[@]}" || stop KILL 3 "${pids[@]}" || true
}

# nginx first, and by QUIT: it finishes the requests it has, which need berth.
shut_down() {
	trap 'impatient=yes' INT TERM HUP
	if alive "$nginx_pid" && alive "$berth_pid"; then
		stop QUIT "$grace" "$nginx_pid" || true
	fi
	if alive "$nginx_pid"; then
		stop TERM 2 "$nginx_pid" || true
	fi
	stop_leftovers nginx
	if alive "$berth_pid"; then
		stop TERM "$grace" "$berth_pid" || true
	fi
	impatient=
	stop_leftovers berth
}

# fail TEXT LOG: ends both and shows the end of the log.
fail() {
	complain "$1"
	tail -n 5 "$2" 2>/dev/null | sed 's/^/  /' >&2
	complain "more in $2"
	shut_down
	exit 1
}

# in_run LOG COMMAND...: in a session of its own, so that Ctrl-C reaches this script
# alone; without the lock, so that it ends with this script.
in_run() {
	local log=$1

	shift
	cd "$run"
	exec setsid "$@" </dev/null >>"$log" 2>&1 {lock_fd}>&- {nap_fd}>&-
}

start_berth() {
	local deadline=$(($(now_ms) + 30000)) before

	# A socket of before may lie there: berth is ready when it has made its own.
	before=$(stat -c '%i %z' "$socket" 2>/dev/null) || before=
	in_run "$run/berth.log" "$build/berth" serve --config "$config" &
	berth_pid=$!
	until [ -S "$socket" ] && [ "$(stat -c '%i %z' "$socket" 2>/dev/null)" != "$before" ]; do
		alive "$berth_pid" || fail "berth did not start" "$run/berth.log"
		[ "$(now_ms)" -lt "$deadline" ] || fail "berth makes no socket" "$run/berth.log"
		nap 0.02
	done
}

# Succeeds when berth answers through nginx.
answers() {
	local address request=$'GET /_ping HTTP/1.0\r\nHost: localhost\r\n\r\n' status

	address=$(own_address)
	if [ "$scheme" = https ]; then
		status=$(timeout 10 openssl s_client -quiet -CAfile "$tls/ca.crt" -verify_return_error \
		    -connect "$(address_port "$address")" <<<"$request" 2>/dev/null)
	else
		status=$({
			exec 3<>"/dev/tcp/$address/$port" && printf '%s' "$request" >&3 &&
			    timeout 10 cat <&3
		} 2>/dev/null)
	fi
	case $status in
	'HTTP/1.1 200'*) return 0 ;;
	esac
	return 1
}

start_nginx() {
	local deadline=$(($(now_ms) + 30000))

	rm -rf "$run/nginx.pid" "$run"/temp-*	# what a killed nginx left
	in_run "$run/nginx-error.log" nginx -p "$run/" -c nginx.conf &
	nginx_pid=$!
	until [ -s "$run/nginx.pid" ] && answers; do	# the file comes after the ports
		alive "$nginx_pid" || fail "nginx did not start" "$run/nginx-error.log"
		alive "$berth_pid" || fail "berth ended" "$run/berth.log"
		[ "$(now_ms)" -lt "$deadline" ] || fail "berth does not answer" "$run/berth.log"
		nap 0.02
	done
}
