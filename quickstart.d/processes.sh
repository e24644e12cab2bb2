# shellcheck shell=bash disable=SC2154
# The processes of berth and nginx: starting them, waiting until they answer, ending them. Uses
# build, config, lock_fd, port, run, scheme, socket, tls. Sets berth_pid, nginx_pid.

grace=10				# seconds that the requests in flight have at the end
nginx_pid=
berth_pid=

# nap SECONDS: sleeps without a process, which could survive this script and keep its lock.
exec {nap_fd}<> <(:)
nap() { read -rt "$1" -u "$nap_fd" || true; }

# processes NAME: prints the pids of those of this data directory. All are started with run as
# their working directory, so that this finds nginx's workers after their master was killed.
processes() {
	local proc name

	for proc in /proc/[0-9]*; do
		[ "$proc/cwd" -ef "$run" ] || continue
		{ read -r name <"$proc/comm"; } 2>/dev/null || continue
		[ "$name" != "$1" ] || printf '%s\n' "${proc#/proc/}"
	done
}

# alive PID. A zombie is not alive: in a container there may be no process that waits for it.
alive() {
	local state

	[ -n "$1" ] && { read -r _ _ state _ <"/proc/$1/stat"; } 2>/dev/null && [ "$state" != Z ]
}

# stop SIGNAL SECONDS PID...: fails if one of them is still alive after that time.
stop() {
	local signal=$1 deadline=$(($(now_ms) + $2 * 1000)) pid

	shift 2
	for pid; do
		kill -s "$signal" "$pid" 2>/dev/null || true
	done
	for pid; do
		while alive "$pid"; do
			[[ $(now_ms) -lt $deadline && -z ${impatient-} ]] || return 1
			nap 0.02
		done
	done
}

now_ms() { local t=${EPOCHREALTIME/[.,]/}; printf '%s' "${t%???}"; }

# stop_leftovers NAME: ends the processes of that name that an earlier quickstart left.
stop_leftovers() {
	local pids

	mapfile -t pids < <(processes "$1")
	[ "${#pids[@]}" -gt 0 ] || return 0
	stop TERM 3 "${pids[@]}" || stop KILL 3 "${pids[@]}" || true
}

# nginx ends first, by QUIT: it finishes the requests that it has, and they need berth. A second
# signal to this script shortens the waiting.
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

# fail TEXT LOG: ends both, shows the end of the log, and exits.
fail() {
	complain "$1"
	tail -n 5 "$2" 2>/dev/null | sed 's/^/  /' >&2
	complain "more in $2"
	shut_down
	exit 1
}

# in_run LOG COMMAND...: runs it in the directory run and in a session of its own, so that only
# this script gets Ctrl-C. It does not inherit the lock, which ends with this script.
in_run() {
	local log=$1

	shift
	cd "$run" || exit
	exec setsid "$@" </dev/null >>"$log" 2>&1 {lock_fd}>&- {nap_fd}>&-
}

start_berth() {
	local deadline=$(($(now_ms) + 30000)) before

	# There may be a socket of an earlier run: berth is ready when it has made its own.
	before=$(stat -c '%i %z' "$socket" 2>/dev/null) || before=
	in_run "$run/berth.log" "$build/berth" serve --config "$config" &
	berth_pid=$!
	until [ -S "$socket" ] && [ "$(stat -c '%i %z' "$socket" 2>/dev/null)" != "$before" ]; do
		alive "$berth_pid" || fail "berth did not start" "$run/berth.log"
		[ "$(now_ms)" -lt "$deadline" ] || fail "berth did not make its socket in 30 seconds" "$run/berth.log"
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

	rm -rf "$run/nginx.pid" "$run"/temp-*	# of an nginx that was killed
	in_run "$run/nginx-error.log" nginx -p "$run/" -c nginx.conf &
	nginx_pid=$!
	until [ -s "$run/nginx.pid" ] && answers; do	# nginx writes it after it has opened the ports
		alive "$nginx_pid" || fail "nginx did not start" "$run/nginx-error.log"
		alive "$berth_pid" || fail "berth ended" "$run/berth.log"
		[ "$(now_ms)" -lt "$deadline" ] || fail "berth did not answer in 30 seconds" "$run/berth.log"
		nap 0.02
	done
}
