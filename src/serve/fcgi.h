/* fcgi.h: FastCGI behind nginx. The only file that knows libfcgi, the parameters of
 * nginx/berth-fastcgi.conf (BODY_FILE, BERTH_PASS, REQUEST_ID, ...) and
 * X-Accel-Redirect. */
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

/* No more requests are accepted by this process. Threads that wait in accept(2)
 * need a signal, those that wait on a kept connection fcgi_hang_up(). Both finish
 * what they are at. */
void fcgi_stop_all(void);

/* From another thread: a kept connection that has waited for its next request for so
 * many ms is closed. */
void fcgi_hang_up(struct fcgi *f, int64_t silence);

#endif
