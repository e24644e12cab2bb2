# The shipped config.yml. One that is there already is the operator's: installing
# leaves it alone, and uninstalling removes it only while it is as it was shipped.
EXTRA_DIST += conf/config.yml
berth_confdir = $(sysconfdir)/berth

install-data-local: install-config
uninstall-local: uninstall-config

.PHONY: install-config uninstall-config
install-config:
	$(MKDIR_P) "$(DESTDIR)$(berth_confdir)"
	test -e "$(DESTDIR)$(berth_confdir)/config.yml" || \
	    $(INSTALL_DATA) $(srcdir)/conf/config.yml \
		"$(DESTDIR)$(berth_confdir)/config.yml"

uninstall-config:
	if cmp -s $(srcdir)/conf/config.yml "$(DESTDIR)$(berth_confdir)/config.yml"; then \
	    rm -f "$(DESTDIR)$(berth_confdir)/config.yml"; \
	fi
