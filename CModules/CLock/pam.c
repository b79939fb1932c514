/* One PAM transaction: pam(3), pam_conv(3), pam_authenticate(3), pam_acct_mgmt(3). */
#define _GNU_SOURCE
#include "CLock.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <security/pam_appl.h>

struct state {
    const struct lock_attempt *attempt;
    unsigned delay;
};

/* From here on modules may not take longer than that: one that hangs would leave the terminal shut
 * and deaf to the daemon. A module may have put a handler or a mask in the way. */
static void start_watch(const struct lock_attempt *attempt)
{
    sigset_t alarms;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarms, NULL);
    signal(SIGALRM, SIG_DFL);
    alarm(attempt->module_seconds);
}

static void stop_watch(void) { alarm(0); }

static void forget(struct pam_response *answers, int count)
{
    for (int place = 0; place < count; place++) {
        if (answers[place].resp == NULL) continue;
        explicit_bzero(answers[place].resp, strlen(answers[place].resp));
        free(answers[place].resp);
    }
    free(answers);
}

static int ask(const struct lock_attempt *attempt, const struct pam_message *message, char **copy)
{
    const void *answer = NULL;
    size_t count = 0;
    const bool is_shown = message->msg_style == PAM_PROMPT_ECHO_ON;
    const char *text = message->msg != NULL ? message->msg : "";
    if (!attempt->ask(attempt->context, text, is_shown, &answer, &count)) return PAM_CONV_ERR;
    /* The module frees it. */
    *copy = malloc(count + 1);
    if (*copy != NULL) {
        memcpy(*copy, answer, count);
        (*copy)[count] = '\0';
    }
    attempt->answered(attempt->context);
    return *copy != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int answer_one(
    const struct lock_attempt *attempt, const struct pam_message *message, char **answer)
{
    switch (message->msg_style) {
    case PAM_PROMPT_ECHO_OFF:
    case PAM_PROMPT_ECHO_ON:
        return ask(attempt, message, answer);
    case PAM_ERROR_MSG:
    case PAM_TEXT_INFO:
        attempt->tell(attempt->context, message->msg != NULL ? message->msg : "");
        return PAM_SUCCESS;
    default:
        return PAM_CONV_ERR;
    }
}

static int converse(
    int count, const struct pam_message **messages, struct pam_response **answers, void *context)
{
    const struct state *state = context;
    if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
    struct pam_response *own = calloc((size_t)count, sizeof *own);
    if (own == NULL) return PAM_BUF_ERR;
    stop_watch();
    int result = PAM_SUCCESS;
    for (int place = 0; place < count && result == PAM_SUCCESS; place++)
        result = answer_one(state->attempt, messages[place], &own[place].resp);
    start_watch(state->attempt);
    if (result == PAM_SUCCESS)
        *answers = own;
    else
        forget(own, count);
    return result;
}

/* libpam would sleep in here, deaf to the daemon (pam_fail_delay(3)). */
static void note_delay(int result, unsigned microseconds, void *context)
{
    struct state *state = context;
    if (result != PAM_SUCCESS && microseconds > state->delay) state->delay = microseconds;
}

static int set_items(pam_handle_t *pam, const struct lock_attempt *attempt)
{
    /* A function where the call wants an object: pam_set_item(3) says so of PAM_FAIL_DELAY. */
    void (*delay)(int, unsigned, void *) = note_delay;
    int result = pam_set_item(pam, PAM_FAIL_DELAY, (const void *)delay);
    if (result == PAM_SUCCESS) result = pam_set_item(pam, PAM_TTY, attempt->tty);
    if (result == PAM_SUCCESS && attempt->rhost != NULL)
        result = pam_set_item(pam, PAM_RHOST, attempt->rhost);
    if (result == PAM_SUCCESS) result = pam_set_item(pam, PAM_RUSER, attempt->user);
    return result;
}

/* A module may have changed who it is about; that is not who owns the terminal. */
static int check_user(pam_handle_t *pam, const struct lock_attempt *attempt)
{
    const void *user = NULL;
    const int result = pam_get_item(pam, PAM_USER, &user);
    if (result != PAM_SUCCESS) return result;
    return user != NULL && strcmp(user, attempt->user) == 0 ? PAM_SUCCESS : PAM_PERM_DENIED;
}

static int prove(pam_handle_t *pam, const struct lock_attempt *attempt)
{
    int result = pam_authenticate(pam, PAM_DISALLOW_NULL_AUTHTOK);
    if (result == PAM_SUCCESS) result = check_user(pam, attempt);
    if (result == PAM_SUCCESS) {
        result = pam_acct_mgmt(pam, PAM_DISALLOW_NULL_AUTHTOK);
        /* A password that is to be changed was the right one; the next login sees to it. */
        if (result == PAM_NEW_AUTHTOK_REQD) result = PAM_SUCCESS;
    }
    if (result == PAM_SUCCESS) result = check_user(pam, attempt);
    return result;
}

static enum lock_verdict verdict(int result)
{
    switch (result) {
    case PAM_SUCCESS:
        return LOCK_VERIFIED;
    case PAM_ABORT:
    case PAM_AUTHINFO_UNAVAIL:
    case PAM_BUF_ERR:
    case PAM_CRED_UNAVAIL:
    case PAM_IGNORE:
    case PAM_MODULE_UNKNOWN:
    case PAM_OPEN_ERR:
    case PAM_SERVICE_ERR:
    case PAM_SYMBOL_ERR:
    case PAM_SYSTEM_ERR:
        return LOCK_UNABLE;
    default:
        return LOCK_FAILED;
    }
}

struct lock_result lock_try(const struct lock_attempt *attempt)
{
    struct state state = {.attempt = attempt};
    const struct pam_conv conversation = {.conv = converse, .appdata_ptr = &state};
    pam_handle_t *pam = NULL;
    start_watch(attempt);
    int result = pam_start(attempt->service, attempt->user, &conversation, &pam);
    const bool has_started = result == PAM_SUCCESS;
    if (has_started) result = set_items(pam, attempt);
    if (has_started && result == PAM_SUCCESS) result = prove(pam, attempt);
    const struct lock_result found = {
        .verdict = has_started || result == PAM_SUCCESS ? verdict(result) : LOCK_UNABLE,
        .is_plain = result == PAM_AUTH_ERR,
        .text = pam_strerror(pam, result),
        .delay = state.delay,
    };
    if (pam != NULL) (void)pam_end(pam, result);
    stop_watch();
    return found;
}
