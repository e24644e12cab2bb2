/* manifests.c: manifests in distribution's layout: those that its servers and
 * other hands left, those that are put, the notes of their media types, removed ones,
 * all of a repository. */
#include "image/manifest.h"
#include "lib/repository.h"
#include "lib/v2_store.h"
#include "store/manifest.h"

#define TEXT "{\"schemaVersion\":2}"

/* What reading it brings: its text, or what the answer is. */
static const char *
got(const char *name, const struct digest *d)
{
	struct store_manifest m;
	struct digest kept;
	enum result r = store_manifest_read(repository(name), d, &m, &err);
	enum result again = store_manifest_find(repository(name), d, &kept, &err);

	if (r != again || (r == RC_OK && !digest_eq(&m.digest, &kept)))
		return "found is another than read";
	return r == RC_OK ? str_dup(arena, m.bytes) : err_name(r);
}

static enum result
put(const char *name, const char *text, enum hash_kind kind, const char *type)
{
	const struct store_manifest m = {text_digest(kind, text), str_of(text)};

	return held_manifest_put(name, &m, str_of(type));
}

/* ---- as others left them ---- */

static void
test_links(void)
{
	struct digest d = write_manifest(APP, TEXT), other = sha256("other");
	struct digest none = sha256("nowhere");
	const char *text = digest_text(arena, &d);
	const struct {
		const char *link, *want, *what;
	} rows[] = {
	    {text, TEXT, "as it was pushed"},
	    {digest_text(arena, &other), "manifest_unknown",
		"another of the same algorithm"},
	    {digest_text(arena, &none), "manifest_unknown", "one that is lost"},
	    {"", "manifest_unknown", "nothing: an old server was killed there"},
	    {arena_printf(arena, "%s\n", text), "manifest_unknown",
		"a newline, on which an old server fails"},
	    {arena_printf(arena, " %s", text), "manifest_unknown", "a blank"},
	    {arena_printf(arena, "%.70s", text), "manifest_unknown",
		"a digit too few"},
	    {arena_printf(arena, "%s0", text), "manifest_unknown", "one too many"},
	    {arena_printf(arena, "sha256:%064d", 0), "manifest_unknown", "zeros"},
	    {arena_printf(arena, "sha256:%064X", 0xAB), "manifest_unknown",
		"capitals"},
	    {"tarsum.v1+sha256:ab", "manifest_unknown", "a tarsum, of 2.0"},
	    {"sha256:../../../../../../../../_berth/lock", "manifest_unknown",
		"a way out"},
	    {arena_printf(arena, "%s%0999d", text, 0), "manifest_unknown",
		"a long text"},
	};
	size_t i;

	(void)write_manifest("team/other", "other");
	for (i = 0; i < COUNT(rows); i++) {
		write_text(revision_link(APP, &d), rows[i].link);
		is_str(got(APP, &d), rows[i].want, "a link with %s", rows[i].what);
	}
	is_str(got("team/other", &d), "manifest_unknown", "one of a neighbour");
	is_str(got("team/none", &d), "manifest_unknown", "one of nobody");
}

static void
test_no_links(void)
{
	struct digest d = sha256(TEXT);
	const char *path = revision_link(APP, &d);

	(void)unlink(in_dir(path));
	is_str(got(APP, &d), "manifest_unknown", "the directory that is left");
	make_dir(path);
	is_str(got(APP, &d), "manifest_unknown", "a directory for a link");
	set_up(rmdir(in_dir(path)));
	set_up(symlink("../../../../../../../../_berth/lock", in_dir(path)));
	is_str(got(APP, &d), "manifest_unknown", "a symbolic link");
	(void)unlink(in_dir(path));
	set_up(mkfifo(in_dir(path), 0644));
	is_str(got(APP, &d), "manifest_unknown", "a pipe, which nobody waits for");
	(void)unlink(in_dir(path));
	set_up(rmdir(in_dir(arena_strndup(arena, path, strlen(path) - 5))));
	is_str(got(APP, &d), "manifest_unknown", "nothing");
}

/* Native sha512 is served by distribution; it writes none. */
static void
test_algorithms(void)
{
	struct digest d = text_digest(HASH_SHA512, TEXT), kept = sha256(TEXT);

	write_text(blob_data(&d), TEXT);
	write_text(revision_link(APP, &d), digest_text(arena, &d));
	is_str(got(APP, &d), TEXT, "sha512");
	write_text(revision_link(APP, &d), digest_text(arena, &kept));
	(void)unlink(in_dir(blob_data(&d)));
	is_str(got(APP, &d), TEXT, "kept by sha256 under a name of sha512");
}

static void
test_sizes(void)
{
	char *text = memset(
	    arena_alloc(arena, MANIFEST_MAX + 2), 't', MANIFEST_MAX + 1);
	struct store_manifest m;
	struct digest d;

	d = write_manifest(APP, text);
	is_int(store_manifest_read(repository(APP), &d, &m, &err),
	    RC_MANIFEST_UNKNOWN, "what is larger is none, but a layer");
	text[MANIFEST_MAX] = '\0';
	d = write_manifest(APP, text);
	is_int(store_manifest_read(repository(APP), &d, &m, &err), RC_OK,
	    "as large as one may be");
	is_int(m.bytes.n, MANIFEST_MAX, "all of it");
}

/* ---- put ---- */

static void
test_put(void)
{
	struct digest d = sha256(TEXT);
	const char *link = revision_link(APP, &d);
	struct stat before, after;

	fresh_store();
	is_int(put(APP, TEXT, HASH_SHA256, ""), RC_OK, "a manifest is put");
	is_str(tree("docker"),
	    arena_printf(
		arena, "%s\n" REPOS "/" APP "/_layers/\n%s\n", blob_data(&d), link),
	    "two files, and a place for layers");
	is_str(tree("_berth/type"), "_berth/type/\n", "no note");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	is_str(read_text(blob_data(&d)), TEXT, "its bytes (M1)");
	is_str(read_text(link), digest_text(arena, &d), "its digest (M3)");
	is_int(stat_of(blob_data(&d)).st_mode, S_IFREG | 0640, "bytes to be read");
	is_int(stat_of(link).st_mode, S_IFREG | 0640, "so is the link");
	is_int(stat_of(in_repo(APP, "_layers")).st_mode, S_IFDIR | 0750,
	    "and a directory");

	before = stat_of(link);
	is_int(put(APP, TEXT, HASH_SHA256, ""), RC_OK, "the same again");
	after = stat_of(link);
	is_int(after.st_ino, before.st_ino, "writes no link");
	is_str(got(APP, &d), TEXT, "and can be read");
	write_text(link, "");
	is_int(put(APP, TEXT, HASH_SHA256, ""), RC_OK, "again, after a crash");
	is_str(read_text(link), digest_text(arena, &d), "mends the link");
	write_text(blob_data(&d), "{\"sch");
	is_int(put(APP, TEXT, HASH_SHA256, ""), RC_OK, "again, after another");
	is_str(got(APP, &d), TEXT, "mends the bytes");
}

static void
test_put_sha512(void)
{
	struct digest d = text_digest(HASH_SHA512, TEXT);

	is_int(put("other", TEXT, HASH_SHA512, ""), RC_OK, "one of sha512");
	is_str(read_text(blob_data(&d)), TEXT, "is kept as such");
	is_str(read_text(revision_link("other", &d)), digest_text(arena, &d),
	    "and linked");
	is_str(got("other", &d), TEXT, "and read");
}

/* ---- the media type ---- */

static const char *
type_of(const char *name, const struct digest *d)
{
	struct str type;
	enum result r = store_manifest_type(repository(name), d, &type, &err);

	return r == RC_OK ? str_dup(arena, type) : err_name(r);
}

static void
test_types(void)
{
	struct digest d = sha256("{}"), e = text_digest(HASH_SHA512, "{}");
	const char *note = arena_printf(
	    arena, "_berth/type/a/b/%s", digest_text(arena, &d));
	const char *longer = memset(arena_alloc(arena, STORE_MANIFEST_TYPE_MAX + 2),
	    't', STORE_MANIFEST_TYPE_MAX + 1);
	const char *longest = arena_printf(
	    arena, "%.127s/%.127s", longer, longer); /* RFC 6838 */

	is_str(type_of("a/b", &d), "not_found", "no manifest, no type");
	is_int(put("a/b", "{}", HASH_SHA256, "text/x"), RC_OK, "put with a type");
	is_str(type_of("a/b", &d), "text/x", "which is noted (M2)");
	is_str(read_text(note), "text/x", "in a file of berth's own");
	is_int(stat_of(note).st_mode, S_IFREG | 0640, "like any other");
	is_int(put("a", "{}", HASH_SHA256, "text/y"), RC_OK, "one that lies above");
	is_int(put("a/b", "{}", HASH_SHA512, "text/z"), RC_OK, "one of sha512");
	is_str(type_of("a", &d), "text/y", "each has its own");
	is_str(type_of("a/b", &e), "text/z", "by its digest");
	is_str(type_of("a/b", &d), "text/x", "and its repository");
	is_int(put("a/b", "{}", HASH_SHA256, "text/w"), RC_OK, "with another type");
	is_str(type_of("a/b", &d), "text/w", "the last one counts");
	is_int(put("a/b", "{}", HASH_SHA256, ""), RC_OK, "without a type");
	is_str(type_of("a/b", &d), "not_found", "the note of before is gone");
	is_str(type_of("a", &d), "text/y", "a neighbour's is not");

	is_int(put("a", "{}", HASH_SHA256, longest), RC_OK, "a long one");
	is_str(type_of("a", &d), longest, "comes back whole");
	is_int(put("new", "new", HASH_SHA256, longer), RC_BAD_MANIFEST, "longer");
	e = sha256("new");
	ok(!is_there(blob_data(&e)) && !is_there(REPOS "/new"), "nothing is put");
}

/* ---- removed ---- */

static void
test_remove(void)
{
	struct digest d = sha256("{}");
	const char *link = revision_link("a", &d);
	const char *note = arena_printf(
	    arena, "_berth/type/a/%s", digest_text(arena, &d));

	ok(is_there(note), "one with a note");
	is_int(held_manifest_remove("a", &d), RC_OK, "is removed");
	is_str(got("a", &d), "manifest_unknown", "it is gone");
	ok(!is_there(note), "and its note");
	is_str(tree(in_repo("a", "_manifests")),
	    arena_printf(arena, "%.*s/\n", (int)strlen(link) - 5, link),
	    "its directory stays, as with an old server");
	ok(is_there(blob_data(&d)), "so do the bytes");
	is_str(got("a/b", &d), "{}", "a neighbour has it still");
	is_int(held_manifest_remove("a", &d), RC_MANIFEST_UNKNOWN,
	    "there is no second time");
	is_int(held_manifest_remove("none", &d), RC_MANIFEST_UNKNOWN,
	    "nor one of nobody's");
	is_int(put("a", "{}", HASH_SHA256, ""), RC_OK, "it is put again");
	is_str(got("a", &d), "{}", "and there");
	write_text(link, "");
	is_int(held_manifest_remove("a", &d), RC_OK, "a link that says nothing");
	ok(!is_there(link), "can be removed as well");
}

/* ---- all of a repository ---- */

struct seen {
	struct digest last;
	unsigned n, stop;
	bool in_order;
};

static bool
see(void *arg, const struct digest *d)
{
	struct seen *seen = arg;

	if (seen->n > 0 && d->kind == seen->last.kind)
		seen->in_order = seen->in_order &&
				 strcmp(seen->last.hex, d->hex) < 0;
	else if (seen->n > 0)
		seen->in_order = seen->in_order && d->kind == HASH_SHA512;
	seen->last = *d;
	return ++seen->n != seen->stop;
}

static struct seen
see_all(const char *name, unsigned stop)
{
	struct seen seen = {.stop = stop, .in_order = true};

	is_int(store_manifest_each(repository(name), see, &seen, &err), RC_OK,
	    "a walk over \"%s\"", name);
	return seen;
}

static void
test_each(void)
{
	struct digest d, last = text_digest(HASH_SHA512, "2");
	struct seen seen;
	unsigned i;

	for (i = 0; i < 2100; i++) {
		d = sha256(arena_printf(arena, "%u", i));
		write_text(revision_link(APP, &d), digest_text(arena, &d));
	}
	for (i = 0; i < 3; i++) {
		d = text_digest(HASH_SHA512, arena_printf(arena, "%u", i));
		write_text(revision_link(APP, &d), digest_text(arena, &d));
	}
	seen = see_all(APP, 0);
	is_int(seen.n, 2103 + 1, "all, with the one that was there");
	ok(seen.in_order, "by algorithm, and in order");
	is_int(see_all(APP, 2060).n, 2060, "as many as are wanted");
	is_int(see_all(APP, 2104).n, 2104, "to the last one");
	is_int(see_all("team/none", 0).n, 0, "none of nobody's");
	is_int(see_all("team", 0).n, 0, "nor of one that holds others alone");

	(void)unlink(in_dir(revision_link(APP, &last)));
	write_text(in_repo(APP, "_manifests/revisions/sha256/file"), "");
	write_text(in_repo(APP, "_manifests/revisions/sha256/abc/link"), "");
	write_text(in_repo(APP, "_manifests/revisions/md5/abc/link"), "");
	d = sha256("0");
	write_text(revision_link(APP, &d), "");
	d = sha256("1");
	write_text(revision_link(APP, &d), digest_text(arena, &last));
	is_int(see_all(APP, 0).n, 2102, "those whose link says something");
}

int
main(void)
{
	setup_store(IN_MEMORY);
	test_links();
	test_no_links();
	test_algorithms();
	test_sizes();
	test_put();
	test_put_sha512();
	test_types();
	test_remove();
	test_each();
	return teardown_store();
}
