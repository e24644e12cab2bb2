# shellcheck shell=bash disable=SC2154
# Certificates: a CA of this data directory, and the certificate of the server. Both are kept,
# and made again when the names change. Uses listen, run, tls.

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

# make_ca NAMES. A file gets its name when it is complete; the key and the certificate of the
# server are one file, so that they always belong together.
make_ca() {
	new_key "$tls/new.key" || return
	openssl req -x509 -new -key "$tls/new.key" -sha256 -days 3650 \
	    -subj "/CN=berth quickstart CA ${HOSTNAME:-localhost}" \
	    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' \
	    -addext 'keyUsage=critical,keyCertSign,cRLSign' \
	    -addext "nameConstraints=$(name_constraints "$1")" -out "$tls/new.crt" || return
	rm -f "$tls/server.pem" "$tls/ca.names"
	mv "$tls/new.key" "$tls/ca.key"
	chmod 644 "$tls/new.crt"
	mv "$tls/new.crt" "$tls/ca.crt"
	printf '%s\n' "$1" >"$tls/ca.names"
}

# name_constraints NAMES: prints the extension with which clients trust this CA only for these
# names (RFC 5280, section 4.2.1.10). It should be critical, but is not: dockers built with Go
# before 1.10 refuse a critical one that contains addresses. They also look for the address of
# a host among the DNS names.
name_constraints() {
	local name list=

	for name in ${1//,/ }; do
		case $name in
		IP:*:*) list+=,permitted\;$name/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ;;
		IP:*) list+=,permitted\;$name/255.255.255.255,permitted\;DNS:${name#IP:} ;;
		*) list+=,permitted\;$name ;;
		esac
	done
	printf '%s' "${list#,}"
}

# ca_has NAMES: there is a CA, and it was made for these names.
ca_has() { [ -s "$tls/ca.crt" ] && [ "$(cat "$tls/ca.names" 2>/dev/null)" = "$1" ]; }

# Prints the names that the certificate is for, as openssl wants them.
server_names() {
	local names=DNS:localhost,IP:127.0.0.1,IP:::1

	names+=,DNS:${HOSTNAME:-localhost}
	case $listen in
	'' | 0.0.0.0 | :: | 127.0.0.1 | ::1) ;;
	*[!0-9a-fA-F.:]*) names+=,DNS:$listen ;;
	*) names+=,IP:$listen ;;
	esac
	printf '%s' "$names"
}

# make_server_certificate NAMES: unless there is one that is valid for another week.
make_server_certificate() {
	local names=$1

	if [ -s "$tls/server.pem" ] && [ "$(cat "$tls/server.names" 2>/dev/null)" = "$names" ] &&
	    openssl x509 -in "$tls/server.pem" -noout -checkend 604800; then
		return 0
	fi
	new_key "$tls/new.key"
	openssl req -new -key "$tls/new.key" -subj "/CN=localhost" -out "$tls/new.csr"
	printf '%s\n' "subjectAltName=$names" 'basicConstraints=critical,CA:FALSE' \
	    'keyUsage=critical,digitalSignature' 'extendedKeyUsage=serverAuth' >"$tls/new.ext"
	openssl x509 -req -in "$tls/new.csr" -CA "$tls/ca.crt" -CAkey "$tls/ca.key" \
	    -set_serial "0x$(openssl rand -hex 16)" -sha256 -days 825 \
	    -extfile "$tls/new.ext" -out "$tls/new.crt" || return
	cat "$tls/new.key" "$tls/new.crt" >"$tls/new.pem"
	mv "$tls/new.pem" "$tls/server.pem"
	printf '%s\n' "$names" >"$tls/server.names"
	rm -f "$tls"/new.*
}

make_certificates() {
	local names

	names=$(server_names)
	if [ -s "$tls/ca.crt" ] && ! ca_has "$names"; then
		tell "a new CA is made, for these names: $names."
		tell "Clients that trusted the old one must be given $tls/ca.crt"
	fi
	(
		umask 077
		{ ca_has "$names" || make_ca "$names"; } && make_server_certificate "$names"
	) >"$run/tls.log" 2>&1 || fail "the certificates could not be made" "$run/tls.log"
}
