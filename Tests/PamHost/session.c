#define _GNU_SOURCE
#include "host.h"

#include <errno.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A value that no call sets. */
#define ERRNO_MARK 4711

/* errno as the last module of the stack left it. */
static __thread int errno_of_module;

/*
 * Stands before libaudit's. libpam, where it is built with it, calls this right after a stack has
 * run and changes errno itself; so here is the last moment to see what the modules left. It says
 * that the kernel has no audit, and no record of a test's sessions gets out.
 */
int audit_open(void);
int audit_open(void)
{
    errno_of_module = errno;
    errno = EPROTONOSUPPORT;
    return -1;
}

static int call_stack(int (*stack)(pam_handle_t *, int), pam_handle_t *handle, int flags,
                      bool *errno_kept)
{
    errno_of_module = 0;
    errno = ERRNO_MARK;
    const int result = stack(handle, flags);
    if (errno_of_module == 0)
        errno_of_module = errno; /* a libpam without libaudit */
    *errno_kept = *errno_kept && errno_of_module == ERRNO_MARK;
    return result;
}

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

const char *pam_name(int code)
{
    switch (code) {
    case PAM_SUCCESS:
        return "PAM_SUCCESS";
    case PAM_SESSION_ERR:
        return "PAM_SESSION_ERR";
    case PAM_PERM_DENIED:
        return "PAM_PERM_DENIED"; /* what libpam makes of a stack in which all ignored */
    case PAM_MODULE_UNKNOWN:
        return "PAM_MODULE_UNKNOWN";
    case PAM_IGNORE:
        return "PAM_IGNORE";
    default:
        return "other";
    }
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
                    void *data)
{
    const bool is_told = *(bool *)data;
    for (int index = 0; is_told && index < count; index++) {
        const int style = messages[index]->msg_style;
        const char *label =
            style == PAM_ERROR_MSG ? "error" : style == PAM_TEXT_INFO ? "info" : "?";
        tell_text(label, messages[index]->msg);
    }
    *responses = calloc((size_t)count, sizeof **responses);
    return *responses == NULL ? PAM_BUF_ERR : PAM_SUCCESS;
}

static void set_item(pam_handle_t *handle, int item, const char *value)
{
    if (value != NULL && pam_set_item(handle, item, value) != PAM_SUCCESS)
        abort();
}

struct outcome run_session(const struct request *request, bool is_told)
{
    struct outcome outcome = {0};
    const struct pam_conv conversation = {converse, &is_told};
    const int flags = request->is_silent ? PAM_SILENT : 0;
    pam_handle_t *handle = NULL;

    const long long begin = now();
    const int started = pam_start_confdir(request->service, request->user, &conversation,
                                          request->directory, &handle);
    if (started != PAM_SUCCESS) {
        outcome.opened = outcome.closed = started;
        return outcome;
    }
    set_item(handle, PAM_TTY, request->tty);
    set_item(handle, PAM_RHOST, request->rhost);
    set_item(handle, PAM_RUSER, request->ruser);
    for (size_t index = 0; index < request->environment_count; index++)
        if (pam_putenv(handle, request->environment[index]) != PAM_SUCCESS)
            abort();

    /* sshd does this first too. Whatever it says: libpam now has its modules loaded, and what
     * changes errno from here on is theirs. A measurement goes without. */
    if (!request->is_timed)
        (void)pam_setcred(handle, PAM_ESTABLISH_CRED | flags);

    const long long open_begin = now();
    outcome.errno_kept = true;
    outcome.opened = call_stack(pam_open_session, handle, flags, &outcome.errno_kept);
    outcome.open_nanoseconds = now() - open_begin;
    if (is_told) {
        const char *session = pam_getenv(handle, "LAPSE_SESSION");
        tell_text("env", session != NULL ? session : "");
    }
    if (!request->is_left_open) {
        outcome.closed = call_stack(pam_close_session, handle, flags, &outcome.errno_kept);
        if (request->closes_twice)
            outcome.closed = pam_close_session(handle, flags);
    }
    pam_end(handle, PAM_SUCCESS);
    outcome.whole_nanoseconds = now() - begin;
    return outcome;
}
