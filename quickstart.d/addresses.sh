# shellcheck shell=bash disable=SC2154
# The addresses to listen on.

# The addresses to listen on: the loopback ones unless another was asked for.
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

address_port() {
	case $1 in
	*:*) printf '[%s]:%s' "$1" "$port" ;;
	*) printf '%s:%s' "$1" "$port" ;;
	esac
}

# An address to reach this instance at.
own_address() {
	local all

	mapfile -t all < <(addresses)
	case ${all[0]} in
	0.0.0.0) say 127.0.0.1 ;;
	::) say ::1 ;;
	*) say "${all[0]}" ;;
	esac
}

# nginx would find out as well, but after trying for some seconds and in many lines.
# Addresses that may not be this machine's are left to it.
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
