# shellcheck shell=bash disable=SC2154
# Installs the packages that are missing.

build_packages=(autoconf automake pkg-config gcc make libfcgi-dev libjson-c-dev
    libssl-dev zlib1g-dev libsqlite3-dev libyaml-dev libarchive-dev
    libcurl4-openssl-dev nginx openssl ca-certificates)
check_packages=(perl libio-socket-ssl-perl curl clang clang-format docker.io podman
    skopeo buildah docker-registry sqlite3 mandoc)

policy=/usr/sbin/policy-rc.d		# asked by Debian before a package's service starts
policy_mark='# berth quickstart: no service starts while packages are installed'

as_root() {
	if [ "$EUID" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

is_installed() {
	case $1 in
	nginx) have nginx ;;		# several packages bring it
	docker.io) have dockerd ;;
	*) dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed ;;
	esac
}

hold_services() {
	[ ! -e "$policy" ] || return 0
	printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" | as_root tee "$policy" >/dev/null
	as_root chmod 755 "$policy"
}

release_services() {
	if grep -qxF "$policy_mark" "$policy" 2>/dev/null; then
		as_root rm -f "$policy"
	fi
}

# disable_service NAME: a package's own would take a port at the next boot, nginx 80 and
# docker-registry 5000.
disable_service() {
	if have systemctl; then
		as_root systemctl disable "$1" || true
	fi
	if have service; then
		as_root service "$1" stop || true
	fi
}

install_packages() {
	local package missing=()

	have dpkg-query || { need_tools; return; }
	release_services        # held by an earlier call that was killed
	for package; do
		is_installed "$package" || missing+=("$package")
	done
	[ "${#missing[@]}" -gt 0 ] || return 0

	have apt-get || die "missing, and no apt-get to install them: ${missing[*]}"
	[ "$EUID" -eq 0 ] || have sudo || die "run as root to install: ${missing[*]}"
	say "installing ${missing[*]}"
	trap release_services EXIT
	hold_services
	as_root apt-get -q update >/dev/null || die "apt-get update failed"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
	    --no-install-recommends "${missing[@]}" >/dev/null ||
	    die "apt-get could not install: ${missing[*]}"
	release_services
	trap - EXIT
	for package in "${missing[@]}"; do
		case $package in
		nginx | docker-registry) disable_service "$package" >/dev/null 2>&1 ;;
		esac
	done
}

# Where packages have other names, only say what is not there.
need_tools() {
	local tool

	for tool in autoreconf automake pkg-config gcc make nginx openssl; do
		have "$tool" || die "$tool is missing"
	done
}
