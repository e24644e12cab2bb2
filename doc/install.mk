# The documentation. README refers to its pages as doc/..., so they are installed in a
# directory of that name next to it.
dist_doc_DATA = README CHANGES SECURITY
docpagesdir = $(docdir)/doc
dist_docpages_DATA = doc/bridge.md doc/clients.md doc/configuration.md doc/import-export.md \
	doc/installing.md doc/mirror.md doc/moving-over.md doc/nginx.md doc/operation.md doc/performance.md \
	doc/security.md doc/tokens.md
EXTRA_DIST += HACKING CONTRIBUTING
