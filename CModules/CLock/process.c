#define _GNU_SOURCE
#include "CLock.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

int lock_errno(void) { return errno; }

bool lock_has_socket(void)
{
    int type = 0;
    socklen_t size = sizeof type;
    return getsockopt(0, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

/* No signal of a terminal or a broken pipe ends us; all others do as they always do, whatever was
 * inherited: SIGALRM must be able to, and modules wait for their helpers (SIGCHLD). */
static void set_signals(void)
{
    static const int ignored[] = {SIGPIPE, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    for (size_t place = 0; place < sizeof ignored / sizeof *ignored; place++)
        signal(ignored[place], SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The socket away from 0 and close-on-exec, or a helper of a module (unix_chkpwd, pam_exec) could
 * speak to the daemon; /dev/null for what modules print, or it would go into the next file opened. */
static int set_descriptors(void)
{
    const int socket = fcntl(0, F_DUPFD_CLOEXEC, 3);
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (socket < 0 || nothing < 0) return -1;
    for (int number = 0; number < 3; number++)
        if (dup2(nothing, number) < 0) return -1;
    const int kept = dup3(socket, 3, O_CLOEXEC);
    const int own = kept < 0 && errno == EINVAL ? socket : kept;
    if (own != 3) return -1;
    close_range(4, ~0U, 0);
    return own;
}

int lock_prepare(void)
{
    static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale[] = "LC_ALL=C.UTF-8";
    static char *environment[] = {path, locale, NULL};
    environ = environment;
    set_signals();
    /* Fails where whoever started us has done it. */
    (void)setsid();
    umask(077);
    if (chdir("/") != 0) return -1;
    /* A core would hold what was typed. */
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return -1;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return -1;
    return set_descriptors();
}

int64_t lock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
