/* check_config.c: see check_config.h.
 *
 * nginx keeps connections to berth open, and each of them occupies a thread of berth also
 * while it is idle. With fewer threads than such connections a request can wait for a
 * thread until nginx answers 504, so the threads are counted here. */
#include "cmd/check_config.h"

#include <string.h>
#include <unistd.h>

/* `keepalive` of the shipped nginx configuration: the connections that each worker process
 * of nginx keeps open. */
#define NGINX_KEEPALIVE 16

#define VALUES_COLUMN 32 /* after the longest key */

static void
print_key(FILE *out, const char *key, const char *value)
{
	(void)fprintf(
	    out, "%s:%*s%s", key, VALUES_COLUMN - 1 - (int)strlen(key), "", value);
}

static void
print_values(FILE *out, const struct conf *conf)
{
	size_t i;

	print_key(out, "file", conf->file != NULL ? conf->file : "none");
	(void)fputc('\n', out);
	print_key(out, "flavor", conf->flavor);
	(void)fputc('\n', out);
	for (i = 0; i < conf->n_values; i++) {
		print_key(out, conf->values[i].key, conf->values[i].value);
		(void)fprintf(out, " (%s)\n", conf->values[i].from);
	}
}

static void
print_nginx(FILE *out, const struct conf *conf)
{
	/* The shipped configuration has "worker_processes auto": one for each processor. */
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	long kept = (processors < 1 ? 1 : processors) * NGINX_KEEPALIVE;
	long threads = (long)conf->workers * (long)conf->threads;

	print_key(out, "nginx", "");
	(void)fprintf(out, "%ld threads (%u workers x %u), ", threads,
	    conf->workers, conf->threads);
	(void)fprintf(out,
	    "%ld connections kept open (%ld worker_processes x keepalive %d): ",
	    kept, kept / NGINX_KEEPALIVE, NGINX_KEEPALIVE);
	/* One more than the connections: a thread has to be free for a new one. */
	if (threads > kept)
		(void)fprintf(out, "enough\n");
	else
		(void)fprintf(out, "TOO FEW: threads must be at least %ld\n",
		    kept / (long)conf->workers + 1);
}

static void
print_notes(FILE *out, const struct conf *conf)
{
	size_t i;

	for (i = 0; i < conf->n_notes; i++)
		(void)fprintf(out, "note: line %d: %s\n", conf->notes[i].line,
		    conf->notes[i].text);
}

/* Returns the exit status. A full disk or a closed pipe is often noticed only here. */
static int
flush(FILE *out)
{
	return fflush(out) == 0 && !ferror(out) ? 0 : 1;
}

int
check_config_run(const struct conf *conf, FILE *out)
{
	print_values(out, conf);
	print_nginx(out, conf);
	print_notes(out, conf);
	return flush(out);
}

int
check_config_get(const struct conf *conf, const char *key, FILE *out)
{
	const struct conf_value *v = conf->values;
	const struct conf_value *end = v + conf->n_values;

	while (v < end && strcmp(v->key, key) != 0)
		v++;
	if (v == end) {
		(void)fprintf(stderr,
		    "berth: %s is not a key of config.yml that check-config can print\n",
		    key);
		return 2;
	}
	(void)fprintf(out, "%s\n", v->in_words ? "" : v->value);
	return flush(out);
}
