# shellcheck shell=bash disable=SC2154
# The configuration files of nginx and berth, written at each start to the directory run. Uses
# here, listen, port, run, scheme, socket, storage, tls. Sets config.

write_nginx_configuration() {
	local file address user='' options=''
	local values=("CONFDIR=$run" "STORAGE=$storage" "SOCKET=$socket"
	    "CERTIFICATE=$tls/server.pem" "KEY=$tls/server.pem")

	[ "$EUID" -ne 0 ] || user=root
	[ "$scheme" = http ] || options=' ssl http2'
	for address in $(addresses); do
		values+=("LISTEN=$(address_port "$address")$options")
	done
	cp "$here/nginx/berth-answer.conf" "$here/nginx/berth-fastcgi.conf" "$run/"
	for file in nginx.conf site.conf berth-http.conf berth-server.conf; do
		"$here/nginx/fill-in" "$here/nginx/$file.in" "USER=$user" "${values[@]}" >"$run/$file"
	done
}

# Not with --config.
write_berth_configuration() {
	[ -z "$config" ] || return 0
	config=$run/config.yml
	unset SETTINGS_FLAVOR
	cat >"$config" <<-END
	# made by quickstart at each start
	dev:
	    storage: local
	    storage_path: "$storage"
	    socket: "$socket"
	END
}
