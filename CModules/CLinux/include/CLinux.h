/* What Swift's Glibc module does not expose (epoll, eventfd, timerfd, signalfd, inotify,
 * shadow), what it cannot import (variadic ioctl, ucred behind _GNU_SOURCE), and what glibc before
 * 2.36 does not wrap (pidfd_open, pidfd_send_signal). One function each, nothing decided here.
 * Every function returns -1 and sets errno on failure, as the call it wraps. */
#ifndef LAPSE_CLINUX_H
#define LAPSE_CLINUX_H

#include <shadow.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/types.h>

/* pidfd_open(2) since Linux 5.3, pidfd_send_signal(2) since 5.1; glibc wraps them from 2.36. */
int lapse_pidfd_open(pid_t pid);
int lapse_pidfd_send_signal(int pidfd, int signal);
/* pidfd_getfd(2) since Linux 5.6: a duplicate, close-on-exec, of a descriptor of another process;
 * asks for the right to trace it. */
int lapse_pidfd_getfd(int pidfd, int number);

/* What the kernel has in memory of a file: statx(2) with AT_STATX_DONT_SYNC, so that no file
 * system of a user's own making (FUSE) is asked and can keep the caller waiting. */
struct lapse_file {
    uint64_t device;
    uint64_t inode;
    uint32_t mode;
    uint32_t owner;
    uint32_t links;
};
int lapse_file_facts(const char *path, int follows, struct lapse_file *file);

/* SO_PEERCRED (unix(7)): who connected, as the kernel recorded it at connect(2). */
int lapse_peer_credentials(int socket, pid_t *pid, uid_t *uid, gid_t *gid);
/* SO_PEERGROUPS (since Linux 4.13): writes at most `capacity` groups, returns their number. */
int lapse_peer_groups(int socket, gid_t *groups, int capacity);

/* accept4(2) with SOCK_CLOEXEC | SOCK_NONBLOCK, which the Glibc module hides. */
int lapse_accept(int listener);

/* SOCK_SEQPACKET, SOCK_STREAM and SOCK_DGRAM are an enum in C that Swift imports as a type. */
int lapse_unix_socket_stream(void);
int lapse_unix_socket_seqpacket(void);
int lapse_unix_socket_datagram(void);

/* S_ISCHR and makedev(3) are macros. */
int lapse_is_character_device(mode_t mode);
dev_t lapse_makedev(unsigned major, unsigned minor);

/* The descriptor flags that Swift cannot combine because O_TMPFILE and friends are macros. */
int lapse_open_terminal_for_writing(const char *path);

/* One service of nsswitch.conf(5), asked on its own: the module's functions, which Swift cannot
 * look up by a made-up name. getpwnam(3) does not tell "nobody has that name" from "the directory
 * did not answer and the next service has no such name", and getgrouplist(3) tells nothing at all.
 * `service` is of letters, digits and `_`, at most 32. */
enum {
    LAPSE_NAMES_NOT_FOUND = 0,
    LAPSE_NAMES_FOUND = 1,
    /* NSS_STATUS_UNAVAIL or NSS_STATUS_TRYAGAIN: it could not answer. */
    LAPSE_NAMES_SILENT = 2,
    /* It is not installed, or has no such function. */
    LAPSE_NAMES_ABSENT = 3,
};
int lapse_names_user(const char *service, const char *user);
int lapse_names_groups(const char *service, const char *user, gid_t primary);

#endif
