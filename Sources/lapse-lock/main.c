/* lapse-lock: one locked terminal. lapsed starts it and speaks to it on descriptor 0. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CLock.h"

/* Defined in Sources/LapseLocker. */
void lapse_lock(unsigned module_seconds);

/* For how many seconds PAM modules may do without asking anything; tests want less. */
static const unsigned module_seconds_usual = 120;

int main(int count, char **words)
{
    unsigned module_seconds = module_seconds_usual;
    if (count == 3 && strcmp(words[1], "--module-seconds") == 0)
        module_seconds = (unsigned)strtoul(words[2], NULL, 10);
    if (!lock_has_socket() || module_seconds == 0) {
        fputs("lapse-lock: lapsed starts this program, which is of no use by itself\n", stderr);
        return 2;
    }
    lapse_lock(module_seconds);
    return 1;
}
