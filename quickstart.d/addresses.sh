# shellcheck shell=bash disable=SC2154
# The addresses that nginx listens on. Uses listen, port.

# Prints them: that of --listen, or the loopback ones.
addresses() {
	if [ -n "$listen" ]; then
		say "$listen"
		return
	fi
	say 127.0.0.1
	if grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null; then
		say ::1
	fi
}

# address_port ADDRESS: prints it with the port, as nginx and openssl want it.
address_port() {
	case $1 in
	*:*) printf '[%s]:%s' "$1" "$port" ;;
	*) printf '%s:%s' "$1" "$port" ;;
	esac
}

# Prints an address at which this machine reaches the registry.
own_address() {
	local all

	mapfile -t all < <(addresses)
	case ${all[0]} in
	0.0.0.0) say 127.0.0.1 ;;
	::) say ::1 ;;
	*) say "${all[0]}" ;;
	esac
}

# nginx would notice a port in use too, but only after some seconds, and in many lines. Only
# loopback addresses are tried: another one may belong to another machine.
need_free_port() {
	local address all

	mapfile -t all < <(addresses)
	for address in "${all[@]}" "$(own_address)"; do
		case $address in
		127.* | ::1) ;;
		*) continue ;;
		esac
		if (exec 3<>"/dev/tcp/$address/$port") 2>/dev/null; then
			die "port $port is in use on $address: choose another with --port"
		fi
	done
}
