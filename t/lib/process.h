/* process.h: processes that a test starts and waits for. */
#ifndef LIB_PROCESS_H
#define LIB_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

/* n bytes of zeros that this process and all that it starts later have in common. */
void *share(size_t n);

/* Waits; what the process returned, or 128 and the number of the signal that killed it. */
int wait_for(pid_t pid);

/* Runs fn(arg) in a process of its own. */
pid_t start_process(int (*fn)(void *arg), void *arg);

/* Likewise, and waits for its status. */
int run_in_process(int (*fn)(void *arg), void *arg);

#endif
