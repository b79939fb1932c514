/*
 * A PAM module for tests (pam(3)), which does what its arguments say, one after the other:
 *
 *   off:PROMPT|ANSWER, on:PROMPT|ANSWER   asks, and fails unless that is the answer
 *   pair:PROMPT|ANSWER|PROMPT|ANSWER      the same with two prompts in one conversation
 *   info:TEXT, error:TEXT                 tells
 *   user:NAME                             says that it is somebody else
 *   fork                                  has a child end, and waits for it
 *   environment                           fails unless it is the locker's clean one
 *   print                                 writes to standard output and error
 *   sleep:SECONDS, return:CODE
 */
#define _GNU_SOURCE
#include "LockModule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>

/* The part of a text before the next bar; the text is behind it then. */
static char *part(char **text)
{
    char *found = *text;
    char *bar = strchr(found, '|');
    *text = bar != NULL ? bar + 1 : found + strlen(found);
    if (bar != NULL) *bar = '\0';
    return found;
}

/* Up to two questions in one conversation. */
static int ask(pam_handle_t *pam, int style, char *text, int count)
{
    struct pam_message messages[2];
    const struct pam_message *list[2] = {&messages[0], &messages[1]};
    struct pam_response *answers = NULL;
    const struct pam_conv *conversation = NULL;
    const char *wanted[2];
    for (int place = 0; place < count; place++) {
        messages[place].msg_style = style;
        messages[place].msg = part(&text);
        wanted[place] = part(&text);
    }
    int result = pam_get_item(pam, PAM_CONV, (const void **)&conversation);
    if (result != PAM_SUCCESS) return result;
    result = conversation->conv(count, list, &answers, conversation->appdata_ptr);
    if (result != PAM_SUCCESS) return result;
    for (int place = 0; place < count; place++) {
        if (strcmp(answers[place].resp, wanted[place]) != 0) result = PAM_AUTH_ERR;
        /* Careless on purpose: neither this nor the copy is wiped. */
        free(strdup(answers[place].resp));
        free(answers[place].resp);
    }
    free(answers);
    return result;
}

static int have_child(void)
{
    const pid_t child = fork();
    if (child == 0) _exit(7);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return PAM_SYSTEM_ERR;
    return WIFEXITED(status) && WEXITSTATUS(status) == 7 ? PAM_SUCCESS : PAM_SYSTEM_ERR;
}

static int check_environment(void)
{
    int count = 0;
    while (environ[count] != NULL) count++;
    const char *path = getenv("PATH");
    return count == 2 && path != NULL && strcmp(path, "/usr/sbin:/usr/bin:/sbin:/bin") == 0
        ? PAM_SUCCESS : PAM_AUTH_ERR;
}

static int print(void)
{
    fputs("\033[2Jprinted by a module\n", stdout);
    fputs("\033[2Jprinted by a module\n", stderr);
    return fflush(stdout) == 0 ? PAM_SUCCESS : PAM_SYSTEM_ERR;
}

static int act(pam_handle_t *pam, const char *word, char *rest)
{
    if (strcmp(word, "off") == 0) return ask(pam, PAM_PROMPT_ECHO_OFF, rest, 1);
    if (strcmp(word, "on") == 0) return ask(pam, PAM_PROMPT_ECHO_ON, rest, 1);
    if (strcmp(word, "pair") == 0) return ask(pam, PAM_PROMPT_ECHO_OFF, rest, 2);
    if (strcmp(word, "info") == 0) return pam_info(pam, "%s", rest);
    if (strcmp(word, "error") == 0) return pam_error(pam, "%s", rest);
    if (strcmp(word, "user") == 0) return pam_set_item(pam, PAM_USER, rest);
    if (strcmp(word, "fork") == 0) return have_child();
    if (strcmp(word, "print") == 0) return print();
    if (strcmp(word, "environment") == 0) return check_environment();
    if (strcmp(word, "return") == 0) return atoi(rest);
    if (strcmp(word, "sleep") != 0) return PAM_SERVICE_ERR;
    for (unsigned left = (unsigned)atoi(rest); left > 0;) left = sleep(left);
    return PAM_SUCCESS;
}

static int act_all(pam_handle_t *pam, int argc, const char **argv)
{
    int result = PAM_SUCCESS;
    for (int place = 0; place < argc && result == PAM_SUCCESS; place++) {
        char *copy = strdup(argv[place]);
        if (copy == NULL) return PAM_BUF_ERR;
        char *colon = strchr(copy, ':');
        if (colon != NULL) *colon = '\0';
        result = act(pam, copy, colon != NULL ? colon + 1 : copy + strlen(copy));
        free(copy);
    }
    return result;
}

int pam_sm_authenticate(pam_handle_t *pam, int flags, int argc, const char **argv)
{
    (void)flags;
    return act_all(pam, argc, argv);
}

int pam_sm_acct_mgmt(pam_handle_t *pam, int flags, int argc, const char **argv)
{
    (void)flags;
    return act_all(pam, argc, argv);
}

int pam_sm_setcred(pam_handle_t *pam, int flags, int argc, const char **argv)
{
    (void)pam, (void)flags, (void)argc, (void)argv;
    return PAM_SUCCESS;
}
