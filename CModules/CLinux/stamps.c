#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A pty hands on input by a kernel worker: milliseconds, more on a busy host. */
enum { PATIENCE_MS = 2000 };

/* In the child: only calls that signal-safety(7) allows, for its parent may have threads. */
static int read_through_dev_tty(int slave) {
    char byte;
    if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) != 0) return 1;
    int own = open("/dev/tty", O_RDONLY | O_CLOEXEC);
    if (own < 0) return 1;
    struct pollfd wait = {.fd = own, .events = POLLIN};
    return poll(&wait, 1, PATIENCE_MS) == 1 && read(own, &byte, 1) == 1 ? 0 : 1;
}

static int has_ended_well(pid_t child) {
    int status;
    pid_t ended;
    do ended = waitpid(child, &status, 0);
    while (ended < 0 && errno == EINTR);
    if (ended < 0) return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 1;
    errno = EIO;
    return 0;
}

/* Has a byte read through /dev/tty; -1 and errno if it cannot be done. */
static int probe(int master, int slave) {
    struct timespec long_ago[2] = {{.tv_sec = 0}, {.tv_nsec = UTIME_OMIT}};
    struct stat after;
    if (futimens(slave, long_ago) != 0 || write(master, "\n", 1) != 1) return -1;
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) _exit(read_through_dev_tty(slave));
    if (!has_ended_well(child) || fstat(slave, &after) != 0) return -1;
    return after.st_atim.tv_sec != 0;
}

int lapse_reads_are_stamped(void) {
    char path[64];
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) return -1;
    int slave = -1, result = -1;
    if (unlockpt(master) == 0 && ptsname_r(master, path, sizeof path) == 0)
        slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave >= 0) result = probe(master, slave);
    int error = errno;
    if (slave >= 0) close(slave);
    close(master);
    errno = error;
    return result;
}
