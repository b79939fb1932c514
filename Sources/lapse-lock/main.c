/* lapse-lock: one locked terminal. lapsed starts it, or has it started by lapse-lock@.service, and
 * speaks to it on descriptor 0. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "CLock.h"

/* Defined in Sources/LapseLocker. */
void lapse_lock(unsigned module_seconds);

/* For how many seconds PAM modules may do without asking anything; tests want less. */
static const unsigned module_seconds_usual = 120;

/* LockMessage.here: lapsed is not our parent, and learns from this packet's sender who we are. */
static const unsigned char here[] = {11};

int main(int count, char **words)
{
    /* StillProcesses.Placeholder: to be in a control group is all that it is for. */
    while (count == 2 && strcmp(words[1], "--stay") == 0)
        pause();
    unsigned module_seconds = module_seconds_usual;
    if (count == 3 && strcmp(words[1], "--module-seconds") == 0)
        module_seconds = (unsigned)strtoul(words[2], NULL, 10);
    const int is_served = count == 2 && strcmp(words[1], "--served") == 0;
    if (!lock_has_socket() || module_seconds == 0) {
        fputs("lapse-lock: lapsed starts this program, which is of no use by itself\n", stderr);
        return 2;
    }
    if (is_served && lock_send(0, here, sizeof here) != 0) return 1;
    lapse_lock(module_seconds);
    return 1;
}
