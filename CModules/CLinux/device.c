#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

int lapse_is_character_device(mode_t mode) { return S_ISCHR(mode); }
dev_t lapse_makedev(unsigned major, unsigned minor) { return makedev(major, minor); }

int lapse_open_terminal_for_writing(const char *path) {
    return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
}

int lapse_open_terminal_for_asking(const char *path) {
    return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
}

int lapse_unread_bytes(int terminal, int *bytes) { return ioctl(terminal, FIONREAD, bytes); }
