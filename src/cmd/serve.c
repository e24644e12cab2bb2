/* serve.c: `berth serve`.
 *
 * Connects the rooms: it makes each room's options from the configuration, opens store and
 * index, and gives serve/master.h the callbacks of struct serve_app. The master runs them
 * in its own process, in workers, or in processes for one task, see serve/options.h.
 * Everything that depends on config.yml is made in use_conf(), which a reload calls again;
 * paths do not change while berth runs (keep_paths()).
 *
 * A start has this order: options, log, exclusive lock on the store, removal of temporary
 * files, index, socket. So no request is accepted before the store is this process's. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "api/options.h"
#include "api/route.h"
#include "base/log.h"
#include "base/must.h"
#include "bridge/all.h"
#include "cmd/buildinfo.h"
#include "cmd/cmd.h"
#include "cmd/key_file.h"
#include "cmd/open.h"
#include "cmd/serve_auth.h"
#include "cmd/serve_mail.h"
#include "content/upload.h"
#include "http/cors.h"
#include "images/layerfiles.h"
#include "index/index.h"
#include "indexsqlite/indexsqlite.h"
#include "mirror/mirror.h"
#include "ops/routes.h"
#include "registry/reindex.h"
#include "registry/sweep.h"
#include "remote/remote.h"
#include "serve/listen.h"
#include "serve/master.h"
#include "store/store.h"
#include "storefs/storefs.h"
#include "v1/routes.h"
#include "v2/routes.h"

/* Seconds after its last use for which an answer of the upstream is kept. A list of tags
 * serves clients while the upstream is down, so this is longer than a usual failure. */
#define FETCH_EXPIRY (30 * 86400)

/* The same of what the bridge has made. What is removed too early is made again. */
#define BRIDGE_EXPIRY (30 * 86400)

/* The argument of the master's callbacks. A reload replaces conf and what is made from it. */
struct server {
	struct arena *arena;
	const struct conf_source *source;
	const struct conf *conf;
	struct registry registry;
	struct auth auth;
	struct mirror_options mirror;
	struct api_options api;
	struct api ops;
	const struct api *apis[4]; /* NULL at the end */
	struct cors cors;
	struct serve_options options;
};

static struct cors
cors_of(const struct conf *conf)
{
	return (struct cors){.origins = conf->cors_origins,
	    .methods = conf->cors_methods,
	    .headers = conf->cors_headers,
	    .expose_headers = conf->cors_expose_headers,
	    .max_age = conf->cors_max_age,
	    .supports_credentials = conf->cors_supports_credentials,
	    .send_wildcard = conf->cors_send_wildcard,
	    .always_send = conf->cors_always_send,
	    .vary_header = conf->cors_vary_header};
}

/* How long a slow request waits until another one has finished. docker tries again later if
 * it is refused. */
#define PATIENCE_MS 10000
#define RECENTLY_MS 1000 /* more would not make it faster */

/* The limit for each of three kinds of requests that occupy a thread for long: those that
 * wait for an index or upstream, those that send a layer while it is being fetched, and
 * other slow ones. With a quarter of the threads each, a quarter remains for all other
 * requests. */
static unsigned
quarter_of_threads(const struct conf *conf)
{
	return conf->threads < 4 ? 1 : conf->threads / 4;
}

/* The name of this registry in the header Via, by which a loop of mirrors is found. It is
 * the same in all workers and after a reload. */
static const char *
via_name(struct server *s)
{
	unsigned long long name;

	if (s->mirror.name != NULL)
		return s->mirror.name;
	/* Random, since several registries may have one host name. */
	must_succeed(
	    getrandom(&name, sizeof(name), 0) == sizeof(name), "getrandom");
	return arena_printf(s->arena, "berth-%016llx", name);
}

/* Makes the options of all rooms from conf. Changes nothing unless it returns RC_OK. */
static enum result
use_conf(struct server *s, const struct conf *conf, struct err *err)
{
	const struct signing_key *signing = NULL;
	enum result r = RC_OK;

	if (conf->schema1_signing_key != NULL)
		r = key_file_signing(
		    s->arena, conf->schema1_signing_key, &signing, err);
	if (r == RC_OK)
		r = serve_auth(s->arena, conf, &s->auth, err);
	if (r != RC_OK)
		return r;
	s->conf = conf;
	s->mirror = (struct mirror_options){.upstream = conf->mirroring_source,
	    .upstream_index = conf->mirroring_source_index,
	    .tags_ttl = conf->mirroring_tags_cache_ttl,
	    .name = via_name(s)};
	s->api = (struct api_options){.flavor = conf->flavor,
	    .issue = conf->issue,
	    .endpoints = conf->registry_endpoints,
	    .about = conf->debug ? buildinfo_json(s->arena) : NULL,
	    .standalone = conf->standalone};
	s->cors = cors_of(conf);
	s->ops = ops_api(&v1_api); /* errors as docker-registry wrote them */
	s->apis[0] = &v2_api;
	s->apis[1] = &v1_api;
	s->apis[2] = &s->ops;
	s->options = (struct serve_options){.socket = conf->socket,
	    .workers = conf->workers,
	    .threads = conf->threads,
	    .apis = s->apis,
	    .api_options = &s->api,
	    .cors = &s->cors,
	    .proxies = conf->trusted_proxies,
	    .mails = conf->mail_smtp_host != NULL};
	s->registry.auth = &s->auth;
	s->registry.mirror = &s->mirror;
	s->registry.signing_key = signing;
	s->registry.slow_requests_max = quarter_of_threads(conf);
	s->registry.patience_ms = PATIENCE_MS;
	s->registry.uploads_max = conf->open_uploads;
	s->registry.recently_ms = RECENTLY_MS;
	s->registry.platform = open_platform(s->arena, conf);
	s->registry.no_schema1 = !conf->bridge_schema1;
	return RC_OK;
}

static void
log_notes(const struct conf *conf)
{
	size_t i;

	for (i = 0; i < conf->n_notes; i++)
		log_line(LOG_WARN, "config", "file=%s line=%d note=\"%s\"",
		    conf->file, conf->notes[i].line, conf->notes[i].text);
}

/* ---- callbacks of the master ---- */

/* Store, index and socket stay open, so a new path for one of them has no effect yet. */
static void
keep_paths(struct conf *conf, const struct conf *old)
{
	if (strcmp(conf->storage_path, old->storage_path) != 0 ||
	    strcmp(conf->index_database, old->index_database) != 0 ||
	    strcmp(conf->socket, old->socket) != 0)
		log_line(LOG_WARN, "config.reload",
		    "note=\"a new storage_path, index_database or socket takes effect after a restart\"");
	conf->storage_path = old->storage_path;
	conf->index_database = old->index_database;
	conf->socket = old->socket;
}

/* NULL if the new configuration is not valid: a mistake in it must not end a registry that
 * runs. */
static const struct serve_options *
reload_config(void *arg)
{
	struct server *s = arg;
	struct conf *conf;
	bool changes_index;
	struct err err;

	if (conf_load(s->arena, s->source, &conf, &err) != RC_OK)
		goto keep;
	keep_paths(conf, s->conf);
	changes_index = strcmp(conf->bridge_platform, s->conf->bridge_platform) !=
			0;
	if (use_conf(s, conf, &err) != RC_OK)
		goto keep;
	s->options.changes_index = changes_index;
	log_set_level(conf->loglevel);
	log_notes(conf);
	return &s->options;
keep:
	log_line(LOG_ERROR, "config.reload", "kept=old error=\"%s\"", err.text);
	return NULL;
}

/* Each child opens its own index and connections: SQLite's and libcurl's must not be shared
 * between processes. */
static struct registry *
open_in_child(void *arg)
{
	struct server *s = arg;
	const struct remote_options outgoing = {
	    .waiting_max = quarter_of_threads(s->conf),
	    .trust_redirects = s->conf->trust_redirects};

	s->registry.index = indexsqlite_open(
	    s->conf->index_database, master_ask_rebuild, NULL);
	index_watch(s->registry.index, master_ask_rebuild, NULL);
	s->registry.index_lost = master_ask_reindex;
	s->registry.bridge_asked = master_ask_bridge;
	if (s->auth.mode == AUTH_INDEX || s->mirror.upstream != NULL)
		s->auth.remote = s->registry.remote = remote_new(&outgoing);
	return &s->registry;
}

/* A fetch from the upstream goes on without a request; a worker should not end before it. */
static bool
background_running(void *arg)
{
	const struct server *s = arg;

	return s->registry.remote != NULL && remote_is_fetching(s->registry.remote);
}

static void
abort_outgoing(void *arg)
{
	const struct server *s = arg;

	if (s->registry.remote != NULL)
		remote_give_up(s->registry.remote);
}

static void
close_in_child(void *arg)
{
	struct server *s = arg;

	remote_free(s->registry.remote);
	s->auth.remote = s->registry.remote = NULL;
}

/* Writes to disk what a process that was killed may have left unsynced. */
static void
sync_store(const struct server *s)
{
	struct err err;

	if (storefs_sync_all(s->registry.store, &err) != RC_OK)
		log_line(LOG_WARN, "store.sync", "reason=\"%s\"", err.text);
}

static bool
rebuild_index(void *arg, bool all, const volatile sig_atomic_t *stop)
{
	struct server *s = arg;
	const struct reindex options = {.marked = !all, .stop = stop};
	bool done;
	struct err err;
	enum result r;

	if (all) /* after a process was killed, and at the start */
		sync_store(s);
	r = reindex_run(
	    &(struct task){.reg = open_in_child(s), .err = &err}, &options, &done);
	if (r == RC_OK) {
		log_line(LOG_INFO, "index.rebuilt", "all=%d done=%d", all, done);
		return true;
	}
	log_line(r == RC_NOT_FOUND ? LOG_INFO : LOG_ERROR, "index.rebuild",
	    "error=%s reason=\"%s\"", err_name(r), err.text);
	return false;
}

static void
note_made(void *arg, unsigned long done, unsigned long made, const char *name)
{
	unsigned long *out = arg;

	(void)done;
	(void)name;
	*out = made;
}

static bool
make_bridges(void *arg)
{
	unsigned long made = 0;
	const struct bridge_all asked = {
	    .asked = true, .progress = note_made, .arg = &made};
	bool done;
	struct err err;
	enum result r = bridge_all(
	    &(struct task){.reg = open_in_child(arg), .err = &err}, &asked, &done);

	if (made > 0)
		log_line(LOG_INFO, "bridge.made", "images=%lu", made);
	if (r != RC_OK)
		log_line(LOG_ERROR, "bridge.make", "error=%s reason=\"%s\"",
		    err_name(r), err.text);
	return r == RC_OK && done;
}

static void
sweep_store(void *arg)
{
	struct server *s = arg;
	struct arena *a = arena_new();
	struct err err;
	const struct task task = {.reg = &s->registry, .arena = a, .err = &err};
	const struct sweep_ages ages = {.pushes = s->conf->push_expiry,
	    .uploads = upload_expiry(&task, s->conf->push_expiry),
	    .fetches = FETCH_EXPIRY,
	    .lists = LAYERFILES_EXPIRY,
	    .derived = BRIDGE_EXPIRY};

	registry_sweep(&task, &ages);
	arena_free(a);
}

static void
send_mail(void *arg, unsigned n, struct str text)
{
	const struct server *s = arg;

	serve_mail(s->arena, s->conf, n, text);
}

/* ---- start ---- */

/* A failure does not end the start: images are served without an index, searches and lists
 * answer 503, and the master tries again later. */
static void
prepare_index(struct server *s)
{
	struct err err;
	enum result r;

	s->registry.index = indexsqlite_open(s->conf->index_database, NULL, NULL);
	r = reindex_prepare(&(struct task){.reg = &s->registry, .err = &err});
	index_free(s->registry.index); /* each child opens its own */
	s->registry.index = NULL;
	if (r == RC_OK)
		return;
	open_complain("index_database", &err);
	log_line(LOG_ERROR, "index.prepare", "error=%s reason=\"%s\"", err_name(r),
	    err.text);
}

/* Prepares store and index for the first request: takes the exclusive lock, removes what an
 * earlier process left, and brings the index to this version of its schema. */
static enum result
prepare(struct server *s, struct err *err)
{
	unsigned swept;
	enum result r;

	r = storefs_open(s->conf->storage_path, &s->registry.store, err);
	if (r == RC_OK)
		r = storefs_lock_exclusive(s->registry.store, err);
	if (r == RC_OK) {
		storefs_log_links(s->registry.store);
		sync_store(s);
		r = storefs_sweep_tmp(s->registry.store, &swept, err);
	}
	if (r == RC_OK)
		prepare_index(s);
	return r;
}

int
cmd_serve(const struct command_call *call)
{
	struct server s = {.arena = call->arena, .source = call->source};
	const struct serve_app app = {.reload_config = reload_config,
	    .open_registry = open_in_child,
	    .background_running = background_running,
	    .abort_outgoing = abort_outgoing,
	    .close_registry = close_in_child,
	    .rebuild_index = rebuild_index,
	    .make_bridges = make_bridges,
	    .sweep_store = sweep_store,
	    .send_mail = send_mail,
	    .arg = &s};
	struct err err = {""};
	int status = EXIT_FAILURE, listening;

	(void)signal(SIGPIPE, SIG_IGN); /* the reader of the log may end */
	if (use_conf(&s, call->conf, &err) != RC_OK) {
		open_complain("serve", &err);
		return EXIT_FAILURE;
	}
	if (!log_open(call->conf->log_file, call->conf->loglevel)) {
		(void)fprintf(stderr, "berth: cannot write log_file %s: %m\n",
		    call->conf->log_file);
		return EXIT_FAILURE;
	}
	log_notes(call->conf);
	if (prepare(&s, &err) != RC_OK ||
	    listen_open(call->conf->socket, &listening, &err) != RC_OK) {
		open_complain("serve", &err);
		goto out;
	}
	status = master_run(listening, &s.options, &app);
	if (!listen_inherited())
		(void)unlink(call->conf->socket);
out:
	store_close(s.registry.store);
	return status;
}
