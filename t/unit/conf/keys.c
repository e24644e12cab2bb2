/* keys.c: the keys of config.yml, and what "berth check-config" says of
 * them. */

#include "cmd/check_config.c"
#include "lib/conf.h"

static void
test_paths(void)
{
	char cwd[4096];
	struct conf *c = load_text("dev:\n"
				   "  storage_path: ./data//x/.\n"
				   "  socket: /run/../s.sock\n"
				   "  log_file: /var/log/berth.log/\n"
				   "  schema1_signing_key: key.pem\n");

	if (getcwd(cwd, sizeof(cwd)) == NULL)
		abort();
	is_str(c->storage_path, arena_printf(arena, "%s/data/x", cwd),
	    "a relative path is relative to the current directory");
	is_str(c->index_database,
	    arena_printf(arena, "%s/data/x/_berth/index.db", cwd),
	    "a default lies below it");
	is_str(c->socket, "/run/../s.sock", "`..` stays");
	is_str(c->log_file, "/var/log/berth.log", "no slash at the end");
	is_str(c->schema1_signing_key, arena_printf(arena, "%s/key.pem", cwd),
	    "of a key too");
	ok(is_refused(
	       load_text(arena_printf(arena, "dev: {storage_path: /%0100d}\n", 0)),
	       "config.yml: default of socket: /000"),
	    "a storage_path too long for a socket below it");
	ok(is_refused(
	       load_text(arena_printf(arena, "dev: {storage_path: /%05000d}\n", 0)),
	       "config.yml:1: storage_path: must not be longer"),
	    "a path too long for any file");
}

static void
test_values(void)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
	    {"  threads: 0\n", ":3: threads: must be a number from 1 to 1024"},
	    {"  threads: 1025\n", ":3: threads: must be"},
	    {"  threads: -1\n", ":3: threads: must be"},
	    {"  threads: 1e1\n", ":3: threads: must be"},
	    {"  threads: 99999999999999999999\n", ":3: threads: must be"},
	    {"  threads: [1]\n", ":3: threads: must be a single value"},
	    {"  workers: 65\n", ":3: workers: must be a number from 1 to 64"},
	    {"  push_expiry: 59\n",
		":3: push_expiry: must be a number from 60 to 31536000"},
	    {"  open_uploads: 0\n",
		":3: open_uploads: must be a number from 1 to 1000000"},
	    {"  loglevel: loud\n",
		":3: loglevel: must be debug, info, warn, error"},
	    {"  log_file: /\n", ":3: log_file: must not be the root directory"},
	    {"  log_file: \"/a\\tb\"\n",
		":3: log_file: must not contain a control character"},
	    {"  registry_endpoints: \"a\\r\\nX: y\"\n",
		":3: registry_endpoints: must not contain a"},
	    {"  socket: /0123456789012345678901234567890123456789012345678901234567890"
	     "1234567890123456789012345678901234567890123456\n",
		"6 is longer than the 107 bytes of a Unix socket"},
	    {"  storage: s3\n",
		":3: storage: must be local (or file), s3 is not supported"},
	    {"  standalone: perhaps\n", ":3: standalone: must be true or false"},
	    {"  standalone: false\n",
		":3: standalone: false needs index_endpoint, the address of"},
	    {"  standalone: 'No'\n", ":3: standalone: false needs index_endpoint"},
	    {"  standalone: no\n  disable_token_auth: no\n",
		":3: standalone: false needs"},
	    {"  bridge: {schema1: sometimes}\n",
		":3: bridge.schema1: must be true or false"},
	    {"  bridge: {platform: linux}\n",
		":3: bridge.platform: must be a system and an architecture"},
	    {"  bridge: {platform: /amd64}\n", ":3: bridge.platform: must be"},
	    {"  bridge: {platform: linux/}\n", ":3: bridge.platform: must be"},
	    {"  bridge: {platform: linux/arm/v7}\n",
		":3: bridge.platform: must be a system and an architecture as images "
		"name them, such as linux/amd64, without a variant"},
	    {"  bridge: {platform: Linux/amd64}\n", ":3: bridge.platform: must be"},
	    {"  bridge: {platform: linux/x86_64}\n",
		":3: bridge.platform: must be"},
	    {"  bridge: {platform: [linux/arm64, linux/amd64]}\n",
		":3: bridge.platform: must be a single value"},
	};
	struct conf *c;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(is_refused(load_keys(rows[i].text), rows[i].why), "refused %s",
		    rows[i].why);
	c = load_keys(
	    "  threads: 1024\n  workers: 64\n  push_expiry: 60\n  storage: File\n"
	    "  loglevel: ERROR\n  standalone: yes\n");
	ok(c->threads == 1024 && c->workers == 64 && c->push_expiry == 60,
	    "the ends of the ranges are allowed");
	is_int(c->loglevel, LOG_ERROR, "a level in capitals");
	is_int(c->n_notes, 0, "storage: File and standalone: yes are fine");
	c = load_keys("  standalone: false\n  disable_token_auth: true\n");
	ok(c != NULL && !c->standalone && c->disable_token_auth && c->n_notes == 0,
	    "standalone: false without tokens needs no index");
	is_str(c->bridge_platform, "linux/amd64", "the platform of old dockers");
	ok(c->bridge_schema1, "docker 1.6 to 1.9 may use API v2");
	c = load_keys("  bridge:\n    platform: linux/arm64\n    schema1: off\n");
	is_str(c == NULL ? NULL : c->bridge_platform, "linux/arm64", "another one");
	ok(c != NULL && !c->bridge_schema1 && c->n_notes == 0, "or they may not");
}

static void
test_notes(void)
{
	struct conf *c = load_keys("  treads: 1\n"
				   "  mirroring: {sourse: x}\n"
				   "  frobnicate: {deep: [1]}\n"
				   "  storage_redirect: false\n"
				   "  bugsnag: ~\n"
				   "  cors: {resources: [a, b], max_age: 3}\n"
				   "  standard_alone: 1\n"
				   "  isu: 1\n");

	is_str(note_at(c, 3), "treads: unknown key, did you mean threads?",
	    "an unknown key that is close to a known one");
	is_str(note_at(c, 4), NULL,
	    "a key below a known one is not looked at closely");
	is_str(note_at(c, 5), "frobnicate.deep: unknown key", "one that is not");
	is_str(note_at(c, 6), NULL, "a foreign key that is off");
	is_str(note_at(c, 7), NULL, "a foreign key without a value");
	is_str(note_at(c, 8), "cors.resources: ignored: CORS applies to all paths",
	    "a list is on");
	is_str(note_at(c, 9), "standard_alone: unknown key",
	    "four letters are not typo");
	is_str(note_at(c, 10), "isu: unknown key", "nor are two of three");
	is_int(c->n_notes, 5, "and no more");
	c = load_text(
	    "common: {bugsnag: x}\ndev: {s3_bucket: y, storage_path: /s}\n");
	ok(c->n_notes == 2 && c->notes[0].line == 1 && c->notes[1].line == 2,
	    "notes stand in the order of their lines");
}

/* Where a configuration is installed, "no file" cannot be tried. */
static void
test_files(void)
{
	struct conf *c;

	ok(load_file("/nonexistent/x.yml", NULL) == NULL &&
		strcmp(err.text,
		    "open /nonexistent/x.yml: No such file or directory") == 0,
	    "a file that was named must be there");
	is_int(load_result, RC_IO, "which the result says");
	ok(is_refused(load_file(dir, NULL), "read "), "a directory is not a file");
	is_int(load_result, RC_IO, "which the result says");
	ENV("STORAGE_PATH", "/data");
	ok(is_refused(load_text("dev: {storage: local}\n"),
	       "flavor dev must set storage_path"),
	    "a file must set storage_path, whatever STORAGE_PATH says");
	is_int(load_result, RC_BAD_DATA, "which the result says");
	(void)load_keys("");
	ENV("DOCKER_REGISTRY_CONFIG", config_file);
	c = load_file(NULL, NULL);
	is_str(c == NULL ? NULL : c->file, config_file,
	    "DOCKER_REGISTRY_CONFIG names the file");
	if (access(BERTH_SYSCONFDIR "/berth/config.yml", F_OK) == 0) {
		ok(true, "no file # SKIP a config.yml is installed");
		return;
	}
	ENV("SETTINGS_FLAVOR", "prod", "STORAGE_PATH", "/data/");
	c = load_file(NULL, NULL);
	is_str(
	    c == NULL ? NULL : c->storage_path, "/data", "no file: STORAGE_PATH");
	ok(c != NULL && c->file == NULL && strcmp(c->flavor, "prod") == 0,
	    "no file: any flavor");
	ENV("STORAGE_PATH", "/");
	ok(is_refused(load_file(NULL, NULL),
	       "STORAGE_PATH: storage_path: must not be the root"),
	    "no file: an error names the variable");
	ENV("STORAGE_PATH", "");
	ok(is_refused(load_file(NULL, NULL),
	       "no configuration file, so STORAGE_PATH must be"),
	    "no file, no STORAGE_PATH");
}

static const char *
check(const struct conf *conf)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	const char *copy;

	if (out == NULL || check_config_run(conf, out) != 0 || fclose(out) != 0)
		abort();
	copy = arena_strdup(arena, text);
	free(text);
	return copy;
}

static void
test_check_config(void)
{
	const char *said;
	FILE *full = fopen("/dev/full", "w");

	ENV("S", "/srv/r");
	said = check(load_text(
	    "dev:\n  storage_path: _env:S\n  threads: 1\n  workers: 1\n  x: y\n"));
	ok(strstr(said,
	       "\nflavor:                         dev\n"
	       "storage_path:                   /srv/r (line 2, S)\n"
	       "index_database:                 /srv/r/_berth/index.db (default)\n"
	       "socket:                         /srv/r/_berth/berth.sock (default)\n"
	       "log_file:                       standard error (default)\n"
	       "loglevel:                       info (default)\n") != NULL,
	    "check-config says what is in force and where it comes from");
	ok(strstr(said, "\nthreads:                        1 (line 3)\n") != NULL,
	    "a line of the file");
	ok(strstr(said, "TOO FEW: threads must be at least ") != NULL,
	    "one thread is not enough for nginx");
	ok(strstr(said, "\nnote: line 5: x: unknown key\n") != NULL,
	    "it prints the notes");
	said = check(load_keys("  threads: 1024\n  workers: 64\n"));
	ok(strstr(said, "): enough\n") != NULL, "65536 threads are");
	is_int(check_config_run(load_keys(""), full), 1,
	    "it fails when nobody can read it");
	(void)fclose(full);
}

static const char *
get(const struct conf *conf, const char *key, int status)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	const char *copy;

	if (out == NULL)
		abort();
	is_int(check_config_get(conf, key, out), status, "the exit status for %s",
	    key);
	(void)fclose(out);
	copy = arena_strdup(arena, text);
	free(text);
	return copy;
}

static void
test_get(void)
{
	struct conf *conf = load_keys(
	    "  threads: 7\n  secret_key: 0123456789abcdef\n"
	    "  cors: {origins: [http://a, http://b]}\n");
	FILE *full = fopen("/dev/full", "w");

	is_str(get(conf, "threads", 0), "7\n", "--get: the value alone");
	is_str(get(conf, "push_expiry", 0), "86400\n", "a default");
	is_str(get(conf, "cors.origins", 0), "http://a, http://b\n", "a list");
	is_str(get(conf, "log_file", 0), "\n", "nothing, not \"standard error\"");
	is_str(get(conf, "secret_key", 0), "(set)\n", "a secret is not shown");
	is_str(get(conf, "nothing", 2), "", "a key that there is not");
	is_str(get(conf, "thread", 2), "", "the beginning of a key");
	is_int(check_config_get(conf, "threads", full), 1,
	    "it fails when nobody can read it");
	(void)fclose(full);
}

int
main(void)
{
	static void (*const tests[])(void) = {test_paths, test_values, test_notes,
	    test_files, test_check_config, test_get};

	return run_conf_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
