# shellcheck shell=bash disable=SC2154
# What is printed when the registry answers.

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

	With docker, podman, skopeo; busybox is any image that is there:
	  docker tag busybox $host/busybox
	  docker push $host/busybox
	  docker pull $host/busybox
	  docker search $host/busybox
	  podman push --tls-verify=false busybox $host/busybox
	  podman pull --tls-verify=false $host/busybox
	  skopeo inspect --tls-verify=false docker://$host/busybox
	  skopeo list-tags --tls-verify=false docker://$host/busybox
	With anything:
	  $curl $scheme://$host/v2/_catalog
	  $curl $scheme://$host/v2/busybox/tags/list
	  $curl "$scheme://$host/v1/search?q=busybox"

	Logs and configuration: $run
	Ctrl-C ends it.
	END
}

announce_trust() {
	cat <<-END

	docker takes localhost as it is (since 1.3.2). For another name it wants the certificate;
	podman, skopeo and buildah always do, unless they are told --tls-verify=false:
	  mkdir -p /etc/docker/certs.d/$1
	  cp $2 /etc/docker/certs.d/$1/ca.crt
	Dockers to 1.1 read the system's store alone: copy ca.crt to
	/usr/local/share/ca-certificates/berth.crt, run update-ca-certificates, restart docker
	END
}
