# shellcheck shell=bash disable=SC2034
# Packages: the lists of those that berth needs, and installing what is missing (Debian,
# Ubuntu). Sets build_packages, check_packages.

build_packages=(autoconf automake pkg-config gcc make libfcgi-dev libjson-c-dev
    libssl-dev zlib1g-dev libsqlite3-dev libyaml-dev libarchive-dev
    libcurl4-openssl-dev nginx openssl ca-certificates)
check_packages=(perl libio-socket-ssl-perl curl clang clang-format docker.io podman
    skopeo buildah docker-registry sqlite3 mandoc shellcheck xz-utils bzip2)

policy=/usr/sbin/policy-rc.d		# Debian runs it before it starts the service of a package
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
	nginx) have nginx ;;		# several packages provide it
	docker.io) have dockerd ;;
	*) dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed ;;
	esac
}

# While packages are installed no service starts: nginx would take port 80, docker-registry 5000.
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

# disable_service NAME: otherwise it would take its port at the next boot.
disable_service() {
	if have systemctl; then
		as_root systemctl disable "$1" || true
	fi
	if have service; then
		as_root service "$1" stop || true
	fi
}

# install_packages PACKAGE...
install_packages() {
	local package missing=()

	have dpkg-query || { need_tools; return; }
	release_services        # an earlier call may have been killed
	for package; do
		is_installed "$package" || missing+=("$package")
	done
	[ "${#missing[@]}" -gt 0 ] || return 0

	have apt-get || die "there is no apt-get to install what is missing: ${missing[*]}"
	[ "$EUID" -eq 0 ] || have sudo || die "run quickstart as root, to install: ${missing[*]}"
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

# On other systems packages have other names: says which tool is missing.
need_tools() {
	local tool

	for tool in autoreconf automake pkg-config gcc make nginx openssl; do
		have "$tool" || die "$tool is missing"
	done
}
