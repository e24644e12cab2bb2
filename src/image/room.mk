# image: documents, pure: digests, names, manifests, configs; the only room that sees EVP digests.
libberth_a_SOURCES += \
	src/image/ancestry.c src/image/ancestry.h \
	src/image/canonical.c src/image/canonical.h \
	src/image/canonical_config.c src/image/canonical_config.h \
	src/image/canonical_write.c src/image/canonical_write.h \
	src/image/digest.c src/image/digest.h \
	src/image/go_json.c src/image/go_json.h \
	src/image/hash.c src/image/hash.h \
	src/image/imagelist.c src/image/imagelist.h \
	src/image/layer_sums.c src/image/layer_sums.h \
	src/image/manifest.c src/image/manifest.h \
	src/image/manifest_descriptor.c src/image/manifest_descriptor.h \
	src/image/manifest_type.c src/image/manifest_type.h \
	src/image/oci_form.c src/image/oci_form.h \
	src/image/pretty_jws.c src/image/pretty_jws.h \
	src/image/reference.c src/image/reference.h \
	src/image/schema1.c src/image/schema1.h \
	src/image/schema1_write.c src/image/schema1_write.h \
	src/image/tagmeta.c src/image/tagmeta.h \
	src/image/v1chain.c src/image/v1chain.h \
	src/image/v1chain_history.c src/image/v1chain_history.h \
	src/image/v1chain_json.c src/image/v1chain_json.h \
	src/image/v1chain_manifest.c src/image/v1chain_manifest.h \
	src/image/v1checksum.c src/image/v1checksum.h \
	src/image/v1config.c src/image/v1config.h \
	src/image/v1name.c src/image/v1name.h
