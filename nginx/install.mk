# nginx: the files that an operator includes, with the paths of this installation filled in.
# The storage path is that of conf/config.yml. For another one:
# make install nginx_storage=/srv/registry
nginxdir = $(datadir)/berth/nginx
nginx_storage = /var/lib/berth
nginx_socket = $(nginx_storage)/_berth/berth.sock

dist_nginx_DATA = nginx/berth-answer.conf nginx/berth-fastcgi.conf
nodist_nginx_DATA = nginx/berth-http.conf nginx/berth-server.conf nginx/site.conf
CLEANFILES += $(nodist_nginx_DATA)
EXTRA_DIST += nginx/berth-http.conf.in nginx/berth-server.conf.in nginx/site.conf.in \
	nginx/nginx.conf.in nginx/fill-in nginx/headers.list

$(nodist_nginx_DATA): %: %.in nginx/fill-in nginx/headers.list Makefile
	$(AM_V_GEN)$(MKDIR_P) nginx && $(srcdir)/nginx/fill-in $(srcdir)/$@.in \
	    CONFDIR='$(nginxdir)' \
	    STORAGE='$(nginx_storage)' \
	    SOCKET='$(nginx_socket)' \
	    LISTEN='443 ssl http2' LISTEN='[::]:443 ssl http2' \
	    CERTIFICATE=/etc/ssl/certs/berth.pem \
	    KEY=/etc/ssl/private/berth.key \
	    >$@.new && mv $@.new $@
