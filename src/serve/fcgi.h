/* fcgi.h: FastCGI behind nginx. The only file that knows libfcgi, the parameters of
 * nginx/berth-fastcgi.conf (BODY_FILE, BERTH_PASS, REQUEST_ID, ...) and
 * X-Accel-Redirect. Private to this room. */
#ifndef SERVE_FCGI_H
#define SERVE_FCGI_H

#include <stdbool.h>
#include <stdint.h>

struct registry;
struct serve_options;

/* One thread's worth of serving; not shared. */
struct fcgi;

bool fcgi_init(void); /* once a process, before threads */
/* registry and options outlive it. */
struct fcgi *fcgi_new(
    int listening, struct registry *registry, const struct serve_options *options);
void fcgi_free(struct fcgi *f);

/* Accepts and answers requests until fcgi_stop_all(). */
void fcgi_run(struct fcgi *f);

/* Makes all threads of this process end their fcgi_run(): they finish the requests that
 * they have, and serve kept connections until those are silent. Threads that wait need a
 * signal whose handler does nothing, and again from time to time until they have ended. */
void fcgi_stop_all(void);

#endif
