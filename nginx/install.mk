# nginx: the files an operator includes, with the paths of this installation in them.
# The storage path is that of conf/config.yml; another: make install nginx_storage=/srv/registry.
nginxdir = $(datadir)/berth/nginx
nginx_storage = /var/lib/berth
nginx_socket = $(nginx_storage)/_berth/berth.sock

dist_nginx_DATA = nginx/berth-answer.conf nginx/berth-fastcgi.conf
nodist_nginx_DATA = nginx/berth-http.conf nginx/berth-server.conf nginx/site.conf
CLEANFILES += $(nodist_nginx_DATA)
EXTRA_DIST += nginx/berth-http.conf.in nginx/berth-server.conf.in nginx/site.conf.in \
	nginx/nginx.conf.in

$(nodist_nginx_DATA): %: %.in Makefile
	$(AM_V_GEN)$(MKDIR_P) nginx && sed \
	    -e 's|@CONFDIR@|$(nginxdir)|' \
	    -e 's|@STORAGE@|$(nginx_storage)|' \
	    -e 's|@SOCKET@|$(nginx_socket)|' \
	    -e 's|@LISTEN@|\tlisten 443 ssl http2;\n\tlisten [::]:443 ssl http2;|' \
	    -e 's|@CERTIFICATE@|/etc/ssl/certs/berth.pem|' \
	    -e 's|@KEY@|/etc/ssl/private/berth.key|' \
	    $(srcdir)/$@.in >$@.new && mv $@.new $@
