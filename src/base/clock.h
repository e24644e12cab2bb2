/* clock.h: the time, as the protocols write it. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_HTTP_SIZE 30

/* Seconds since the epoch. Never earlier than the time of a file that was written just before,
 * as time(2) may be. */
int64_t clock_now(void);

/* Milliseconds since an unspecified time; never goes back. For measuring durations. */
int64_t clock_ticks(void);

/* Sleeps for ms milliseconds, or until a signal arrives. */
void clock_sleep_ms(int64_t ms);

/* IMF-fixdate (RFC 9110, section 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT". */
void clock_http(int64_t seconds, char out[CLOCK_HTTP_SIZE]);

#endif
