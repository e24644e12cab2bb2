/* interrupt.h: lets a command end at a good place when it is interrupted. */
#ifndef CMD_INTERRUPT_H
#define CMD_INTERRUPT_H

#include <signal.h>

/* Set by SIGINT or SIGTERM. */
extern volatile sig_atomic_t interrupt_came;

/* From now on the first of these signals only sets interrupt_came. The second ends the process
 * at once. */
void interrupt_catch(void);

#endif
