/* load.c: config.yml as docker-registry's operators wrote it, and as nobody
 * should: flavors, YAML, the environment. */

#include "base/buf.h"
#include "conf/tree.h"
#include "lib/conf.h"

static const char *
shipped(const char *path)
{
	const char *srcdir = getenv("srcdir");

	return arena_printf(arena, "%s/%s", srcdir != NULL ? srcdir : ".", path);
}

static bool
has_note(const struct conf *conf, const char *begin)
{
	size_t i;

	for (i = 0; conf != NULL && i < conf->n_notes; i++)
		if (strncmp(conf->notes[i].text, begin, strlen(begin)) == 0)
			return true;
	return false;
}

static void
test_seed(void)
{
	struct conf *c = load_file(shipped("t/data/seed-config.yml"), NULL);

	if (!ok(c != NULL,
		"the configuration of a 0.6 registry is accepted unchanged"))
		return;
	is_str(c->flavor, "dev", "its flavor");
	is_str(c->storage_path, "/paas-disk/docker/registry", "its storage_path");
	is_int(c->loglevel, LOG_DEBUG, "its loglevel");
	is_str(c->index_database, "/paas-disk/docker/registry/_berth/index.db",
	    "the index lies below storage_path");
	is_str(c->socket, "/paas-disk/docker/registry/_berth/berth.sock",
	    "the socket lies below storage_path");
	is_str(c->log_file, NULL, "the log goes to standard error");
	is_str(c->issue, NULL, "issue stays unset");
	is_str(c->registry_endpoints, NULL, "registry_endpoints stays unset");
	is_int(c->threads, 64, "threads");
	is_int(c->push_expiry, 86400, "push_expiry");
	is_int(c->open_uploads, 10000, "open_uploads");
	ok(c->workers >= 1 && c->workers <= 64, "workers follow the processors");
	is_int(c->n_notes, 2,
	    "an empty search_backend and an unset secret_key are not keys");
	is_str(note_at(c, 3),
	    "boto_bucket: ignored: the store is a local directory (storage_path), not S3",
	    "boto_bucket is noted with its line");
	is_str(note_at(c, 5),
	    "sqlalchemy_index_database: ignored and not changed: berth has its own index_database",
	    "the old index is noted with its line");
}

/* As docker-registry 0.9.1 shipped it, in structure: no comments, fewer stores. */
static const char docker_registry[] =
    "common: &common\n"
    "    issue: '\"docker-registry server\"'\n"
    "    loglevel: _env:LOGLEVEL:info\n"
    "    debug: _env:DEBUG:false\n"
    "    standalone: _env:STANDALONE:true\n"
    "    index_endpoint: _env:INDEX_ENDPOINT:https://index.docker.io\n"
    "    storage_redirect: _env:STORAGE_REDIRECT\n"
    "    disable_token_auth: _env:DISABLE_TOKEN_AUTH\n"
    "    privileged_key: _env:PRIVILEGED_KEY\n"
    "    search_backend: _env:SEARCH_BACKEND\n"
    "    sqlalchemy_index_database: _env:SQLALCHEMY_INDEX_DATABASE:sqlite:////tmp/r.db\n"
    "    mirroring:\n"
    "        source: _env:MIRROR_SOURCE # https://registry-1.docker.io\n"
    "        source_index: _env:MIRROR_SOURCE_INDEX # https://index.docker.io\n"
    "        tags_cache_ttl: _env:MIRROR_TAGS_CACHE_TTL:172800 # seconds\n"
    "    cache:\n"
    "        host: _env:CACHE_REDIS_HOST\n"
    "        db: _env:CACHE_REDIS_DB:0\n"
    "    cache_lru:\n"
    "        host: _env:CACHE_LRU_REDIS_HOST\n"
    "        db: _env:CACHE_LRU_REDIS_DB:0\n"
    "    email_exceptions:\n"
    "        smtp_host: _env:SMTP_HOST\n"
    "        smtp_port: _env:SMTP_PORT:25\n"
    "        smtp_secure: _env:SMTP_SECURE:false\n"
    "        from_addr: _env:SMTP_FROM_ADDR:docker-registry@localdomain.local\n"
    "    bugsnag: _env:BUGSNAG\n"
    "    cors:\n"
    "        origins: _env:CORS_ORIGINS\n"
    "        headers: _env:CORS_HEADERS:[Content-Type]\n"
    "local: &local\n"
    "    <<: *common\n"
    "    storage: local\n"
    "    storage_path: _env:STORAGE_PATH:/tmp/registry\n"
    "s3: &s3\n"
    "    <<: *common\n"
    "    storage: s3\n"
    "    s3_region: _env:AWS_REGION\n"
    "    storage_path: _env:STORAGE_PATH:/registry\n"
    "ceph-s3: &ceph-s3\n"
    "    <<: *s3\n"
    "    s3_region: ~\n"
    "dev: &dev\n"
    "    <<: *local\n"
    "    loglevel: _env:LOGLEVEL:debug\n"
    "    debug: _env:DEBUG:true\n"
    "    search_backend: _env:SEARCH_BACKEND:sqlalchemy\n"
    "test:\n"
    "    <<: *dev\n"
    "    storage_path: _env:STORAGE_PATH:./tmp/test\n"
    "prod:\n"
    "    <<: *s3\n"
    "    storage_path: _env:STORAGE_PATH:/prod\n";

static void
test_docker_registry(void)
{
	struct conf *c = load_text(docker_registry);

	if (!ok(c != NULL, "the configuration of 0.9.1 is accepted, flavor dev"))
		return;
	is_str(c->storage_path, "/tmp/registry", "a default with a merged flavor");
	is_int(c->loglevel, LOG_DEBUG, "dev's loglevel wins over the merged one");
	is_str(
	    c->issue, "\"docker-registry server\"", "issue keeps its inner quotes");
	ok(c->debug && c->standalone && !c->check_tokens, "dev is debug and open");
	is_int(
	    c->n_notes, 3, "what is on by default and means nothing here is noted");
	ok(has_note(c, "index_endpoint: has no effect") &&
		has_note(c, "search_backend: ") &&
		has_note(c, "sqlalchemy_index_database: "),
	    "index_endpoint, search_backend, sqlalchemy_index_database");

	ENV("STORAGE_PATH", "/data", "LOGLEVEL", "warn", "MIRROR_SOURCE",
	    "https://x.io", "CACHE_REDIS_HOST", "redis", "SETTINGS_FLAVOR",
	    "local");
	c = load_text(docker_registry);
	if (!ok(c != NULL, "flavor local, by SETTINGS_FLAVOR"))
		return;
	is_str(c->storage_path, "/data", "STORAGE_PATH wins over the default");
	is_int(c->loglevel, LOG_WARN, "LOGLEVEL does, too");
	is_str(c->mirroring_source, "https://x.io", "a mirror");
	is_str(c->mirroring_source_index, NULL, "whose index is the same");
	is_int(c->mirroring_tags_cache_ttl, 172800, "and which remembers tags");
	ok(has_note(c, "cache.host: "), "redis is noted");

	ENV("SETTINGS_FLAVOR", "prod");
	ok(is_refused(load_text(docker_registry),
	       "config.yml:37: storage: must be local (or file), s3 is not supported"),
	    "a flavor on S3 is refused, with the line that it comes from");
	ENV("STANDALONE", "false");
	c = load_text(docker_registry);
	ok(c != NULL && !c->standalone, "STANDALONE=false");
	is_str(c == NULL ? NULL : c->index_endpoint, "https://index.docker.io",
	    "asks the index");
	ENV("STANDALONE", "false", "INDEX_ENDPOINT", "index");
	ok(is_refused(load_text(docker_registry),
	       "config.yml:6: index_endpoint (from INDEX_ENDPOINT): must be"),
	    "which is an address");
}

/* The file with each `#key: value` brought to life, but for one key. */
static const char *
uncommented(const char *path, const char *but)
{
	FILE *f = fopen(path, "r");
	struct buf text;
	char line[256];

	if (f == NULL)
		abort();
	buf_init(&text, arena, TREE_SIZE);
	while (fgets(line, sizeof(line), f) != NULL) {
		size_t blanks = strspn(line, " ");

		if (line[blanks] == '#' && line[blanks + 1] >= 'a' &&
		    !str_starts(str_of(line + blanks + 1), but))
			line[blanks] = ' ';
		buf_adds(&text, line[blanks] == ' ' ? line + 1 : line);
	}
	(void)fclose(f);
	return text.p;
}

static void
test_shipped(void)
{
	static const char *const flavors[] = {"dev", "prod"};
	const char *path = shipped("conf/config.yml");
	struct conf *c;
	size_t i, defaults = 0;

	for (i = 0; i < 2; i++) {
		c = load_file(path, flavors[i]);
		ok(c != NULL && c->n_notes == 0, "the shipped file, flavor %s",
		    flavors[i]);
		is_str(c == NULL ? NULL : c->storage_path, "/var/lib/berth",
		    "its storage_path");
	}
	ok(is_refused(load_text(uncommented(path, "none")),
	       "mirroring.source: cannot be used with"),
	    "its commented keys exclude each other");
	c = load_text(uncommented(path, "check_tokens"));
	ok(c != NULL && c->n_notes == 3 &&
		has_note(c, "index_endpoint: has no effect") &&
		has_note(c, "secret_key: has no effect") &&
		has_note(c, "privileged_key: has no effect"),
	    "but are known");
	for (i = 0; c != NULL && i < c->n_values; i++)
		if (strcmp(c->values[i].from, "default") == 0)
			defaults++;
	is_int(defaults, 1, "and none is missing");
}

static void
test_flavors(void)
{
	static const char text[] =
	    "common: {storage_path: /c, threads: 5, issue: x}\n"
	    "dev: {storage_path: /d}\n"
	    "bare:\n"
	    "off: {issue: ~, threads: ''}\n"
	    "odd: 3\n";
	struct conf *c = load_text(text);

	is_str(c->storage_path, "/d", "a flavor is laid over common");
	is_int(c->threads, 5, "what it does not say comes from common");
	ENV("SETTINGS_FLAVOR", "bare");
	is_str(load_text(text)->storage_path, "/c", "an empty flavor is common");
	is_str(load_file(config_file, "dev")->storage_path, "/d", "--flavor wins");
	is_str(load_file(config_file, "common")->storage_path, "/c",
	    "common can be chosen");
	c = load_file(config_file, "off");
	is_str(c->issue, NULL, "a null hides the value of common");
	is_int(c->threads, 64, "so does an empty string");
	ok(is_refused(load_file(config_file, "none"),
	       "config.yml: there is no flavor none; the flavors are: common, dev, off"),
	    "a flavor that is not there is refused, with those that are");
	ok(is_refused(
	       load_file(config_file, "odd"), "config.yml:5: odd must be a map"),
	    "a flavor that is not a map is refused");
	ENV("SETTINGS_FLAVOR", "");
	is_str(load_text(text)->storage_path, "/d",
	    "an empty SETTINGS_FLAVOR is none");
	ok(is_refused(load_text("common: 3\ndev: {storage_path: /d}\n"),
	       ":1: common must be a map"),
	    "common must be a map");
	ok(is_refused(load_text(""), "config.yml: must be a map of flavors"),
	    "an empty file");
	ok(is_refused(load_text("- dev\n"), "config.yml: must be a map of flavors"),
	    "a list");
}

static void
test_merges(void)
{
	struct conf *c = load_text(
	    "a: &a {threads: 1, workers: 1, push_expiry: 61}\n"
	    "b: &b {threads: 2, workers: 2}\n"
	    "dev:\n"
	    "  threads: 3\n"
	    "  <<: [*b, *a]\n"
	    "  storage_path: &p /srv\n"
	    "  log_file: *p\n"
	    "  '<<': x\n");

	is_int(c->threads, 3,
	    "a map's own key wins over its merges, wherever it stands");
	is_int(c->workers, 2, "the first map of a list wins");
	is_int(c->push_expiry, 61, "the second gives the rest");
	is_str(c->log_file, "/srv", "an alias to a scalar");
	is_str(note_at(c, 8), "<<: unknown key", "a quoted << is not a merge");
	c = load_text(
	    "a: &a {storage: s3}\ndev: {<<: *a, storage: local, storage_path: /s}\n");
	ok(c != NULL, "a merged value that is hidden is not looked at");
	c = load_text(
	    "x: &x {storage_path: /one}\nx2: &x {storage_path: /two}\ndev: *x\n");
	is_str(c->storage_path, "/two", "an anchor that is given again");
	c = load_keys("  threads: 1\n  threads: 2\n");
	is_int(c->threads, 2, "of a key that stands twice the last one counts");
	is_str(note_at(c, 4), "threads: it is also set on line 3; this line counts",
	    "and it is noted");
}

static void
test_no_yaml(void)
{
	static const struct {
		const char *text, *why, *name;
	} rows[] = {
	    {"dev:\n  a: b: c\n", "config.yml:2: mapping values", "a syntax error"},
	    {"dev:\n\tstorage: local\n", "config.yml:2: ", "a tab"},
	    {"dev:\n  a: \xff\n", "config.yml:2: ", "no UTF-8"},
	    {"dev:\n  a: \"\\0\"\n", "config.yml:2: a value must not contain a NUL",
		"a NUL byte"},
	    {"dev:\n  \"a\\nb\": 1\n",
		"config.yml:2: a key must not contain a control",
		"a key with a newline"},
	    {"dev:\n  ? [a]\n  : 1\n", "config.yml:2: a key must",
		"a list as a key"},
	    {"dev: 1\n---\ndev: 2\n", "config.yml:2: there must be only one",
		"a second document"},
	    {"dev: *x\n", "config.yml:1: *x must refer to an anchor",
		"an alias to nothing"},
	    {"dev: &x [*x]\n", "config.yml:1: *x must refer to an anchor",
		"a circle"},
	    {"dev:\n  <<: 1\n", "config.yml:2: << must be", "a merge of a scalar"},
	    {"dev:\n  <<: [1]\n", "config.yml:2: << must be", "a merge of scalars"},
	    {"dev:\n  <<: {}\n  <<: {}\n",
		"config.yml:3: << must be there only once", "two merges"},
	    {"a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
		"config.yml:1: more than 32 nested", "32 levels"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(is_refused(load_text(rows[i].text), rows[i].why), "refused: %s",
		    rows[i].name);
}

/* Ten times ten times ten ...: as lists, and as maps that are merged. */
static void
test_bounds(void)
{
	static const char *const heads[] = {"[", "{<<: ["}, *const ends[] = {
								"]\n", "]}\n"};
	struct buf text;
	size_t shape;
	int i, j;

	for (shape = 0; shape < 2; shape++) {
		buf_init(&text, arena, TREE_SIZE);
		buf_adds(&text, "l0: &l0 {a: b, c: d}\n");
		for (i = 1; i < 12; i++) {
			buf_printf(&text, "l%d: &l%d %s", i, i, heads[shape]);
			for (j = 0; j < 10; j++)
				buf_printf(&text, "*l%d,", i - 1);
			buf_adds(&text, ends[shape]);
		}
		ok(is_refused(load_text(text.p), "more than 10000 values"),
		    "a billion laughs are refused: l1: %s...", heads[shape]);
	}
	buf_init(&text, arena, TREE_SIZE * 2);
	while (text.n <= TREE_SIZE)
		buf_adds(&text, "# a comment\n");
	ok(is_refused(load_text(text.p), "config.yml: more than 262144 bytes"),
	    "a large file");
	buf_init(&text, arena, TREE_SIZE);
	for (i = 0; i <= TREE_KEY; i++)
		buf_addc(&text, 'k');
	buf_adds(&text, ": 1\n");
	ok(is_refused(load_text(text.p),
	       "config.yml:1: a key must not have more than 255"),
	    "a long key");
}

static void
test_environment(void)
{
	struct conf *c;

	ENV("T", "7 # threads", "NULL", "~", "QUOTED", "'/a b'", "ODD", "@/x",
	    "LIST", "[1]", "COLON", "a:b", "EMPTY", "", "NEST", "_env:T");
	c = load_keys("  threads: _env:T\n"
		      "  push_expiry: _env:NULL:99\n"
		      "  index_database: _env:QUOTED\n"
		      "  registry_endpoints: _env:COLON\n"
		      "  issue: _env:NEST\n"
		      "  log_file: _env:UNSET\n"
		      "  socket: \"_env:UNSET:/x:y\"\n"
		      "  workers: _env:EMPTY:3\n"
		      "  search_backend: _env:LIST\n");
	is_int(c->threads, 7, "the environment is read as YAML");
	is_int(c->push_expiry, 86400, "a null there is no value");
	is_str(c->index_database, "/a b", "quotes there are YAML's");
	is_str(c->registry_endpoints, "a:b", "a colon there is plain");
	is_str(c->issue, "_env:T", "what came from it is not looked up again");
	is_str(c->log_file, NULL, "an unset variable is not a key");
	is_str(c->socket, "/x:y", "a default may hold a colon");
	ok(c->workers == load_keys("")->workers,
	    "a variable that is empty is not a value");
	ok(has_note(c, "search_backend: "),
	    "a list for a key that means nothing is a note");
	is_str(load_keys("  issue: _env:ODD\n")->issue, "@/x",
	    "what is not YAML there stands as it is");
	ok(is_refused(load_keys("  issue: _env:LIST\n"),
	       "config.yml:3: issue (from LIST): must be a single value"),
	    "a list for a key that counts is refused");
	ok(is_refused(load_keys("  threads: _env:ODD\n"),
	       "config.yml:3: threads (from ODD): must be a number from 1 to 1024"),
	    "an error names the variable");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_seed, test_docker_registry,
	    test_shipped, test_flavors, test_merges, test_no_yaml, test_bounds,
	    test_environment};

	return run_conf_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
