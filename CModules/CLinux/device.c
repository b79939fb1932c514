#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <sys/sysmacros.h>

int lapse_is_character_device(mode_t mode) { return S_ISCHR(mode); }
dev_t lapse_makedev(unsigned major, unsigned minor) { return makedev(major, minor); }

int lapse_open_terminal_for_writing(const char *path) {
    return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
}
