#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

int lapse_file_facts(const char *path, int follows, struct lapse_file *file) {
    struct statx status;
    int flags = AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT | (follows ? 0 : AT_SYMLINK_NOFOLLOW);
    unsigned wanted = STATX_TYPE | STATX_MODE | STATX_UID | STATX_INO | STATX_NLINK;
    if (statx(AT_FDCWD, path, flags, wanted, &status) != 0) return -1;
    file->device = makedev(status.stx_dev_major, status.stx_dev_minor);
    file->inode = status.stx_ino;
    file->mode = status.stx_mode;
    file->owner = status.stx_uid;
    file->links = status.stx_nlink;
    return 0;
}
