# The shipped config.yml. An existing one belongs to the operator: installing
# leaves it alone, and uninstalling removes it only if it was not changed.
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
