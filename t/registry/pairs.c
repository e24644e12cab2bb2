/* pairs.c: the two names of a repository, and in which layout each of its tags is. */
#include "lib/held.h"
#include "lib/registry.h"
#include "lib/repository.h"
#include "lib/v2_store.h"
#include "registry/pair.h"
#include "store/v1tag.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct v1name
v1(const char *name)
{
	struct v1name parsed;

	if (v1name_parse(arena, str_of(name), &parsed, &err) != RC_OK)
		bail_out(name);
	return parsed;
}

static struct pair
from_v1(const char *name)
{
	const struct v1name parsed = v1(name);
	struct pair p;

	if (pair_of_v1(TASK(arena), &parsed, &p) != RC_OK)
		bail_out(err.text);
	return p;
}

static struct pair
from_v2(const char *name)
{
	struct pair p;

	if (pair_of_v2(TASK(arena), name, &p) != RC_OK)
		bail_out(err.text);
	return p;
}

static void
write_v1tag(const char *repository, const char *tag)
{
	write_text(
	    arena_printf(arena, "repositories/%s/tag_%s", repository, tag), ID);
}

static struct digest
write_v2tag(const char *repository, const char *tag)
{
	struct digest d = write_manifest(
	    repository, arena_printf(arena, "{\"of\": \"%s\"}", repository));

	write_tag(repository, tag, &d);
	return d;
}

/* ---- names ---- */

static void
is_pair(
    const struct pair *p, const char *name1, const char *name2, const char *what)
{
	is_str(p->v1, name1, "%s: the name of API v1", what);
	is_str(p->v2, name2, "%s: the name of API v2", what);
}

static void
test_names(void)
{
	static const struct {
		const char *given, *name1, *name2;
	} of_v1[] =
	    {
		{"foo", "library/foo", "foo"},
		{"library/foo", "library/foo", "foo"},
		{"library/a/b", "library/a/b", "library/a/b"},
		{"team/app", "team/app", "team/app"},
		{"a/b/c", "a/b/c", "a/b/c"},
		{"Team/app", "Team/app", NULL},
		{"team/App", "team/App", NULL},
		{"foo-", "library/foo-", NULL},
		{"a..b", "library/a..b", NULL},
	    },
	  of_v2[] = {
	      {"foo", "library/foo", "foo"},
	      {"team/app", "team/app", "team/app"},
	      {"a/b/c", "a/b/c", "a/b/c"},
	      {"library/foo", NULL, "library/foo"},
	  };
	struct pair p;
	char name[256];
	size_t i;

	for (i = 0; i < COUNT(of_v1); i++) {
		p = from_v1(of_v1[i].given);
		is_pair(&p, of_v1[i].name1, of_v1[i].name2, of_v1[i].given);
	}
	for (i = 0; i < COUNT(of_v2); i++) {
		p = from_v2(of_v2[i].given);
		is_pair(&p, of_v2[i].name1, of_v2[i].name2, of_v2[i].given);
	}
	for (i = 0; i < sizeof(name) - 1; i++)
		name[i] = i % 2 == 0 ? 'a' : '/';
	name[sizeof(name) - 1] = '\0';
	p = from_v2(name);
	is_pair(&p, NULL, name, "a name too long for API v1");
}

/* "library/foo" of API v2 is that of API v1 while there is no other. */
static void
test_library(void)
{
	struct pair p;

	fresh_registry();
	(void)write_v2tag("library/foo", "1");
	p = from_v1("foo");
	is_pair(&p, "library/foo", "library/foo", "only library/foo of API v2");
	p = from_v2("library/foo");
	is_pair(&p, "library/foo", "library/foo", "seen from API v2");

	(void)write_v2tag("foo", "1");
	p = from_v1("foo");
	is_pair(&p, "library/foo", "foo", "foo of API v2 as well");
	p = from_v2("library/foo");
	is_pair(&p, NULL, "library/foo", "the other one is API v2's alone");

	fresh_registry();
	(void)write_v2tag("library/foo", "1");
	write_v1tag("library/foo", "1");
	p = from_v1("foo");
	is_pair(&p, "library/foo", "foo", "library/foo of API v1 as well");
	p = from_v2("library/foo");
	is_pair(&p, NULL, "library/foo", "the other one is API v2's alone");
}

/* ---- tags ---- */

static const char *
meaning(const struct pair *p, const char *tag)
{
	struct pair_tag found;
	enum result r = pair_tag_get(TASK(arena), p, tag, &found);

	if (r != RC_OK)
		return err_name(r);
	return found.in == PAIR_V1 ? found.image
				   : digest_text(arena, &found.digest);
}

static bool
drop(const char *name, const char *tag, enum pair_layout in)
{
	struct guard held = hold(GUARD_REPOSITORY, name);
	const struct pair p = from_v2(name);
	bool was;
	enum result r = in == PAIR_V1
			    ? pair_v1_tag_drop(TASK(arena), &held, &p, tag, &was)
			    : pair_v2_tag_drop(TASK(arena), &held, &p, tag, &was);

	is_int(r, RC_OK, "%s:%s is dropped", name, tag);
	guard_release(&held);
	return was;
}

static bool
is_shared(const struct pair *p, const char *tag)
{
	bool shared;

	is_int(pair_tag_is_shared(TASK(arena), p, tag, &shared), RC_OK,
	    "is \"%s\" a tag for API v2?", tag);
	return shared;
}

static void
test_tags(void)
{
	struct digest d;
	struct pair p;

	fresh_registry();
	write_v1tag("library/foo", "old");
	write_v1tag("library/foo", "both");
	write_v1tag("library/foo", ".hidden");
	d = write_v2tag("foo", "new");
	write_tag("foo", "both", &d);
	p = from_v2("foo");
	is_str(meaning(&p, "old"), ID, "a tag of API v1");
	is_str(meaning(&p, "new"), digest_text(arena, &d), "a tag of API v2");
	is_str(
	    meaning(&p, "both"), digest_text(arena, &d), "that of API v2 counts");
	is_str(meaning(&p, ".hidden"), ID, "one that only API v1 allows");
	is_str(meaning(&p, "none"), "tag_unknown", "none");
	ok(is_shared(&p, "old"), "API v2 shows it");
	ok(!is_shared(&p, "both"), "API v2 has its own");
	ok(!is_shared(&p, ".hidden"), "API v2 does not allow it");

	ok(drop("foo", "both", PAIR_V2), "it was there");
	is_str(meaning(&p, "both"), ID, "now that of API v1 counts");
	ok(drop("foo", "both", PAIR_V1), "it was there, too");
	ok(!drop("foo", "both", PAIR_V1), "and is gone");
	ok(!drop("foo", "both", PAIR_V2), "from both");
	ok(!drop("nothing", "both", PAIR_V1), "a repository that is not there");
	ok(!is_there("repositories/library/nothing"), "is not made");
	is_str(meaning(&p, "old"), ID, "the others stay");
}

int
main(void)
{
	setup_store(IN_MEMORY);
	make_index();
	open_registry();
	test_names();
	test_library();
	test_tags();
	close_registry();
	return teardown_store();
}
