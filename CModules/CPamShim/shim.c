/*
 * The six entry points of a PAM module (pam(3), "The service module interface").
 *
 * C, because libpam needs plain symbols in the shared object and the host's errno must come back as
 * it was: the Swift code between calls libc freely. Only sessions concern Lapse; the other four
 * entries exist so that a stack that names the module there by mistake neither fails nor is let
 * through by it.
 */
#include "CModuleLibc.h"

#include <errno.h>

/* Defined in Sources/PamLapse. */
int lapse_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv);
int lapse_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv);

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    const int saved = errno;
    const int result = lapse_open_session(pamh, flags, argc, argv);
    errno = saved;
    return result;
}

int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    const int saved = errno;
    const int result = lapse_close_session(pamh, flags, argc, argv);
    errno = saved;
    return result;
}

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh, (void)flags, (void)argc, (void)argv;
    return PAM_IGNORE;
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh, (void)flags, (void)argc, (void)argv;
    return PAM_IGNORE;
}

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh, (void)flags, (void)argc, (void)argv;
    return PAM_IGNORE;
}

int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh, (void)flags, (void)argc, (void)argv;
    return PAM_IGNORE;
}
