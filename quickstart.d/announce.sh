# shellcheck shell=bash disable=SC2154
# What is printed when the registry is ready: commands to try. Uses listen, port, run, scheme, tls.

announce() {
	local host=localhost curl=curl ca

	case $listen in
	'' | 127.0.0.1 | ::1) ;;
	0.0.0.0 | ::) host=${HOSTNAME:-localhost} ;;
	*:*) host="[$listen]" ;;
	*) host=$listen ;;
	esac
	host+=:$port
	say "berth is ready at $scheme://$host"
	if [ "$scheme" = https ]; then
		ca=$(printf '%q' "$tls/ca.crt")
		curl="curl --cacert $ca"
		announce_trust "$host" "$ca"
	fi
	cat <<-END

	With docker, podman, skopeo; busybox stands for any image that you have:
	  docker tag busybox $host/busybox
	  docker push $host/busybox
	  docker pull $host/busybox
	  docker search $host/busybox
	  podman push --tls-verify=false busybox $host/busybox
	  podman pull --tls-verify=false $host/busybox
	  skopeo inspect --tls-verify=false docker://$host/busybox
	  skopeo list-tags --tls-verify=false docker://$host/busybox
	With any HTTP client:
	  $curl $scheme://$host/v2/_catalog
	  $curl $scheme://$host/v2/busybox/tags/list
	  $curl "$scheme://$host/v1/search?q=busybox"

	Logs and configuration: $run
	Ctrl-C ends it.
	END
}

# announce_trust HOST CA
announce_trust() {
	cat <<-END

	docker needs no certificate for localhost (since 1.3.2), but it does for any other name;
	podman, skopeo and buildah need it for every name, or --tls-verify=false:
	  mkdir -p /etc/docker/certs.d/$1
	  cp $2 /etc/docker/certs.d/$1/ca.crt
	docker up to 1.1 reads only the certificates of the system: copy ca.crt to
	/usr/local/share/ca-certificates/berth.crt, run update-ca-certificates, restart docker
	END
}
