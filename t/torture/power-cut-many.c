/* power-cut-many.c: many clients push to the same new repositories at once, some syncs are
 * slow, so that one client gets ahead of another that has made the directories, and the power
 * fails at any moment. Only what was synced is left (power_cut.h), and all that was
 * acknowledged is there. */
#include <signal.h>

#include "auth/auth.h"
#include "content/upload.h"
#include "lib/power_cut.h"
#include "lib/v2_image.h"
#include "registry/registry.h"

static struct registry reg;

#define CLIENTS      6
#define REPOSITORIES 60
#define CUTS         24
#define CUT_AFTER_MS 200 /* at most */
#define SLOW_MS      30  /* some syncs, so that others get ahead */

/* So many repositories each client has filled, as far as it heard. */
static unsigned *filled;

static const char *
repository_name(unsigned n)
{
	return arena_printf(arena, "ns%u/app%u", n / 4, n);
}

/* Of client CLIENTS: one that all of them push. */
static const char *
blob_text(unsigned of, unsigned n)
{
	return arena_printf(arena, "blob %u of client %u", n, of);
}

static enum result
push_blob(const char *name, const char *text)
{
	struct digest d = sha256(text);

	return upload_whole(TASK(arena), name, make_body(str_of(text)), &d);
}

/* All clients fill one new repository after the other, the same ones at once. */
static int
fill(void *arg)
{
	unsigned of = *(unsigned *)arg, n;

	srand((unsigned)rand() + of);
	reg = (struct registry){.store = store, .auth = &auth_open};
	for (n = 0; n < REPOSITORIES; n++) {
		const char *name = repository_name(n);

		if (push_blob(name, blob_text(CLIENTS, n)) != RC_OK ||
		    push_blob(name, blob_text(of, n)) != RC_OK)
			return 1;
		filled[of]++;
	}
	return 0;
}

static const char *
fill_fault(unsigned of)
{
	unsigned n;

	for (n = 0; n < filled[of]; n++)
		if (!has_blob(repository_name(n), blob_text(CLIENTS, n)) ||
		    !has_blob(repository_name(n), blob_text(of, n)))
			return arena_printf(arena,
			    "client %u: a blob of repository %u is lost", of, n);
	return NULL;
}

static void
cut_many(void)
{
	const struct timespec moment = {0, (1 + rand() % CUT_AFTER_MS) * 1000000};
	unsigned of[CLIENTS], i, all = 0;
	const char *fault = NULL;
	pid_t pids[CLIENTS];

	arena_clear(arena);
	fresh_store_with_cut();
	memset(filled, 0, CLIENTS * sizeof(*filled));
	for (i = 0; i < CLIENTS; i++) {
		of[i] = i;
		pids[i] = start_process(fill, &of[i]);
	}
	(void)nanosleep(&moment, NULL);
	for (i = 0; i < CLIENTS; i++)
		(void)kill(pids[i], SIGKILL);
	for (i = 0; i < CLIENTS; i++)
		(void)wait_for(pids[i]);
	power_cut();
	for (i = 0; fault == NULL && i < CLIENTS; i++) {
		fault = fill_fault(i);
		all += filled[i];
	}
	if (!ok(fault == NULL,
		"%d clients at once, new repositories, %u acknowledged", CLIENTS,
		all))
		printf("# %s\n", fault);
}

int
main(void)
{
	const char *given = getenv("BERTH_SEED");
	unsigned seed = given == NULL ? (unsigned)time(NULL)
				      : (unsigned)strtoul(given, NULL, 10);
	unsigned i;

	setup_store(IN_MEMORY);
	printf("# BERTH_SEED=%u\n", seed);
	srand(seed);
	filled = share(CLIENTS * sizeof(*filled));
	cut_slow_ms = SLOW_MS;
	for (i = 0; i < CUTS; i++)
		cut_many();
	return teardown_store();
}
