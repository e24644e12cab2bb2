/* events.c: a change is logged on whose behalf it was, and one sweep that fails does not
 * keep the others from their work. */
#include <string.h>

#include "auth/caller.h"
#include "base/buf.h"
#include "base/log.h"
#include "lib/push.h"
#include "lib/registry.h"
#include "registry/event.h"
#include "registry/sweep.h"

/* The lines since the last call of lines_now(), without the time and the level. */
static struct buf lines;

static void
take_line(void *arg, enum log_level level, struct str line)
{
	(void)arg, (void)level;
	(void)str_cut(&line, ' ');
	line = str_trim(line);
	(void)str_cut(&line, ' ');
	line = str_trim(line);
	buf_add(&lines, line.p, line.n);
	buf_addc(&lines, '\n');
}

static const char *
lines_now(void)
{
	const char *now = str_dup(arena, buf_str(&lines));

	lines.n = 0;
	return now;
}

static void
test_events(void)
{
	const struct caller bound = {.repository = {"team", "app"}};
	struct task task = {.reg = &reg, .arena = arena, .err = &err};
	struct event event = {
	    .kind = EVENT_PUSH_TAG, .repository = "team/app", .tag = "a tag"};

	event_emit(&task, &event);
	is_str(lines_now(), "push.tag repository=team/app tag=\"a tag\"\n",
	    "a change by the program itself");
	task.request_id = "4e1d";
	task.caller = &bound;
	event_emit(&task, &event);
	is_str(lines_now(),
	    "push.tag repository=team/app tag=\"a tag\" token=team/app id=4e1d\n",
	    "by a request with a token");
	event = (struct event){
	    .kind = EVENT_DELETE_MANIFEST, .repository = "a", .digest = "sha256:0"};
	event_emit(&task, &event);
	is_str(lines_now(),
	    "delete.manifest repository=a digest=sha256:0 tags=0 token=team/app "
	    "id=4e1d\n",
	    "a manifest without tags");
	event = (struct event){.kind = EVENT_PUSH_BLOB, .repository = "a"};
	ok(!event_is_wanted(event.kind), "a blob is news to nobody");
	event_emit(&task, &event);
	is_str(lines_now(), "", "and is not logged");
}

static void
test_verbs(void)
{
	const bool yes = true;
	const struct properties_change change = {.is_private = &yes};
	struct task task = *TASK(arena);

	task.request_id = "4e1d";
	is_int(
	    properties_put(&task, &app, &change), RC_OK, "a repository is hidden");
	is_str(lines_now(),
	    "repository.properties repository=team/app access=private described=0 "
	    "id=4e1d\n",
	    "the log has it, with the request");
}

#define DERIVED \
	"_berth/bridge/content/sha256/01/" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* The sweep of bodies fails, and that of the upstream's answers comes after it. */
static void
test_sweeps(void)
{
	const struct sweep_ages ages = {.pushes = 3600,
	    .uploads = 3600,
	    .fetches = 3600,
	    .lists = 3600,
	    .derived = 3600};
	const char *said;

	remove_tree(in_dir("_berth/body"));
	write_text("_berth/mirror/repo/team-app/tags", "{}");
	make_older("_berth/mirror/repo/team-app/tags", 7200);
	make_older("_berth/mirror/repo/team-app", 7200);
	write_text(DERIVED, "a config");
	make_older(DERIVED, 7200);
	registry_sweep(TASK(arena), &ages);
	said = lines_now();
	ok(strstr(said, "sweep of=bodies error=io ") != NULL, "one sweep fails");
	ok(!is_there("_berth/mirror/repo/team-app"),
	    "the next is made all the same");
	ok(!is_there(DERIVED), "so is the last");
	ok(strstr(said, "sweep bodies=0 pushes=0 uploads=0 fetches=1 lists=0 "
			"derived=1\n") != NULL,
	    "and said: %s", said);
}

int
main(void)
{
	setup_store(IN_MEMORY);
	buf_init(&lines, arena, 64 << 10);
	log_watch(take_line, NULL);
	make_index();
	log_set_level(LOG_INFO);
	open_registry();
	test_events();
	test_verbs();
	test_sweeps();
	close_registry();
	return teardown_store();
}
