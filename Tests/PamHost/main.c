/*
 * pam-host DIRECTORY SERVICE USER [--tty T] [--rhost H] [--ruser R] [--env N=V] [--silent]
 *          [--sessions N] [--threads N] [--warm-up N] [--leave-open] [--close-twice] [--time]
 *          [--interrupt]
 */
#define _GNU_SOURCE
#include "host.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static struct request request = {.sessions = 1, .threads = 1};
static struct outcome *outcomes;
static int next_session;

static int parse_options(int argc, char **argv)
{
    for (int index = 4; index < argc; index++) {
        const char *name = argv[index];
        if (strcmp(name, "--silent") == 0)
            request.is_silent = true;
        else if (strcmp(name, "--leave-open") == 0)
            request.is_left_open = true;
        else if (strcmp(name, "--close-twice") == 0)
            request.closes_twice = true;
        else if (strcmp(name, "--time") == 0)
            request.is_timed = true;
        else if (strcmp(name, "--interrupt") == 0)
            request.is_interrupted = true;
        else if (index + 1 == argc)
            return -1;
        else if (strcmp(name, "--tty") == 0)
            request.tty = argv[++index];
        else if (strcmp(name, "--rhost") == 0)
            request.rhost = argv[++index];
        else if (strcmp(name, "--ruser") == 0)
            request.ruser = argv[++index];
        else if (strcmp(name, "--env") == 0 && request.environment_count < ENVIRONMENT_MAX)
            request.environment[request.environment_count++] = argv[++index];
        else if (strcmp(name, "--sessions") == 0)
            request.sessions = atoi(argv[++index]);
        else if (strcmp(name, "--threads") == 0)
            request.threads = atoi(argv[++index]);
        else if (strcmp(name, "--warm-up") == 0)
            request.warm_up = atoi(argv[++index]);
        else
            return -1;
    }
    return request.sessions > 0 && request.threads > 0 && request.warm_up >= 0 ? 0 : -1;
}

static void ignore_alarm(int number)
{
    (void)number;
}

/* From now on each waiting call is cut short a thousand times a second. */
static void interrupt_always(void)
{
    const struct sigaction action = {.sa_handler = ignore_alarm}; /* no SA_RESTART */
    const struct itimerval every = {{0, 1000}, {0, 1000}};
    if (sigaction(SIGALRM, &action, NULL) != 0 || setitimer(ITIMER_REAL, &every, NULL) != 0)
        abort();
}

static void *run_share(void *unused)
{
    (void)unused;
    while (true) {
        const int index = __atomic_fetch_add(&next_session, 1, __ATOMIC_RELAXED);
        if (index >= request.sessions)
            return NULL;
        outcomes[index] = run_session(&request, index == 0);
    }
}

static void run_all(void)
{
    if (request.threads == 1) {
        run_share(NULL);
        return;
    }
    pthread_t *threads = calloc((size_t)request.threads, sizeof *threads);
    if (threads == NULL)
        abort();
    for (int index = 0; index < request.threads; index++)
        if (pthread_create(&threads[index], NULL, run_share, NULL) != 0)
            abort();
    for (int index = 0; index < request.threads; index++)
        pthread_join(threads[index], NULL);
    free(threads);
}

static void tell_count(const char *label, const char *name, bool opens)
{
    int count = 0;
    for (int index = 0; index < request.sessions; index++) {
        const int code = opens ? outcomes[index].opened : outcomes[index].closed;
        count += strcmp(pam_name(code), name) == 0;
    }
    if (count > 0)
        tell("%s %s %d\n", label, name, count);
}

static int by_time(const void *left, const void *right)
{
    const struct outcome *a = left, *b = right;
    return (a->whole_nanoseconds > b->whole_nanoseconds)
        - (a->whole_nanoseconds < b->whole_nanoseconds);
}

static void tell_outcomes(void)
{
    static const char *const names[] = {"PAM_SUCCESS", "PAM_SESSION_ERR", "PAM_PERM_DENIED",
                                        "PAM_MODULE_UNKNOWN", "PAM_IGNORE", "other"};
    int errno_changed = 0;
    long long longest = 0;
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        tell_count("open", names[index], true);
        if (!request.is_left_open)
            tell_count("close", names[index], false);
    }
    for (int index = 0; index < request.sessions; index++) {
        errno_changed += !outcomes[index].errno_kept;
        if (outcomes[index].open_nanoseconds > longest)
            longest = outcomes[index].open_nanoseconds;
    }
    tell("errno-changed %d\n", errno_changed);
    tell("longest-open-us %lld\n", longest / 1000);
    if (request.is_timed) {
        qsort(outcomes, (size_t)request.sessions, sizeof *outcomes, by_time);
        const struct outcome *median = &outcomes[request.sessions / 2];
        tell("median-ns %lld\n", median->whole_nanoseconds);
        tell("p10-ns %lld\n", outcomes[request.sessions / 10].whole_nanoseconds);
    }
}

int main(int argc, char **argv)
{
    if (argc < 4 || parse_options(argc, argv) != 0) {
        fputs("usage: see the head of Tests/PamHost/main.c\n", stderr);
        return 2;
    }
    request.directory = argv[1];
    request.service = argv[2];
    request.user = argv[3];
    outcomes = calloc((size_t)request.sessions, sizeof *outcomes);
    if (outcomes == NULL)
        return 1;
    begin_output();

    set_log_told(false);
    for (int index = 0; index < request.warm_up; index++)
        (void)run_session(&request, false);
    set_log_told(request.sessions == 1);

    if (request.is_interrupted)
        interrupt_always();
    const struct footprint before = take_footprint();
    run_all();
    const struct footprint after = take_footprint();
    tell_outcomes();
    tell("descriptors %ld\n", after.descriptors - before.descriptors);
    tell("threads %ld\n", after.threads - before.threads);
    tell("allocated-bytes %ld\n", after.allocated_bytes - before.allocated_bytes);
    tell("resident-kib %ld\n", after.resident_kibibytes - before.resident_kibibytes);
    tell("signals-changed %d\n", after.signals != before.signals);
    tell("stray-bytes %ld\n", stray_bytes());
    free(outcomes);
    return 0;
}
