#define _GNU_SOURCE
#include "host.h"

#include <dirent.h>
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long count_entries(const char *path)
{
    DIR *directory = opendir(path);
    if (directory == NULL)
        abort();
    long count = 0;
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static long resident_kibibytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long pages = 0;
    if (file == NULL || fscanf(file, "%*s %ld", &pages) != 1)
        abort();
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Dispositions, flags and mask folded into one number (FNV-1a over each field). */
static unsigned long signal_sum(void)
{
    unsigned long sum = 14695981039346656037UL;
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        if (sigaction(number, NULL, &action) != 0)
            continue; /* two numbers belong to libc */
        sum = (sum ^ (unsigned long)(uintptr_t)action.sa_handler) * 1099511628211UL;
        sum = (sum ^ (unsigned long)action.sa_flags) * 1099511628211UL;
    }
    sigset_t mask;
    sigemptyset(&mask);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    for (int number = 1; number < NSIG; number++)
        sum = (sum ^ (unsigned long)sigismember(&mask, number)) * 1099511628211UL;
    return sum;
}

struct footprint take_footprint(void)
{
    const struct mallinfo2 memory = mallinfo2();
    return (struct footprint){
        .descriptors = count_entries("/proc/self/fd"),
        .threads = count_entries("/proc/self/task"),
        .allocated_bytes = (long)(memory.uordblks + memory.hblkhd),
        .resident_kibibytes = resident_kibibytes(),
        .signals = signal_sum(),
    };
}
