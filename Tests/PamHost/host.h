/*
 * A long-lived process that opens and closes PAM sessions as sshd and login do, and says what the
 * modules left behind. A process of its own, because the test runner's threads and descriptors come
 * and go while a module is measured.
 */
#ifndef LAPSE_PAM_HOST_H
#define LAPSE_PAM_HOST_H

#include <stdbool.h>
#include <stddef.h>

#define ENVIRONMENT_MAX 8

struct request {
    const char *directory;
    const char *service;
    const char *user;
    const char *tty;
    const char *rhost;
    const char *ruser;
    const char *environment[ENVIRONMENT_MAX];
    size_t environment_count;
    int sessions;
    int threads;
    int warm_up;
    bool is_silent;
    bool is_left_open;
    bool closes_twice;
    bool is_timed;
    bool is_interrupted;
};

/* What one session came to. */
struct outcome {
    int opened;
    int closed;
    bool errno_kept;
    long long open_nanoseconds;
    long long whole_nanoseconds;
};

/* session.c: one pam_start ... pam_end; is_told prints messages and LAPSE_SESSION. */
struct outcome run_session(const struct request *request, bool is_told);
const char *pam_name(int code);

/* footprint.c: what a process has besides its memory's content. */
struct footprint {
    long descriptors;
    long threads;
    long allocated_bytes;
    long resident_kibibytes;
    unsigned long signals; /* a sum over all dispositions and the mask */
};
struct footprint take_footprint(void);

/* output.c: records on the real standard output; what anyone else writes to it is caught. */
void begin_output(void);
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tell_text(const char *label, const char *text);
long stray_bytes(void);
void set_log_told(bool is_told);

#endif
