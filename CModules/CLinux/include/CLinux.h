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

/* What a descriptor is, told by the kernel: SO_DOMAIN, SO_TYPE, SO_PROTOCOL, SO_ACCEPTCONN
 * (socket(7)), SO_COOKIE (since Linux 4.6: a number that no other socket of this boot has) and
 * SO_BINDTOIFINDEX (since 5.1, 0 for none). `is_stream` stands for SOCK_STREAM. */
struct lapse_socket_kind {
    int domain;
    int protocol;
    int is_stream;
    int is_listening;
    int interface;
    uint64_t cookie;
};
int lapse_socket_kind(int socket, struct lapse_socket_kind *kind);

/* One TCP connection as the kernel looks it up: addresses of 4 or 16 bytes and ports, all in
 * network byte order. `interface` is that of a link-local address, or that the socket is bound
 * to. */
struct lapse_tcp_tuple {
    uint8_t family;
    uint16_t local_port;
    uint16_t remote_port;
    uint8_t local[16];
    uint8_t remote[16];
    uint32_t interface;
    uint64_t cookie;
};
/* getsockname(2) and getpeername(2) of an AF_INET or AF_INET6 socket, with the kind's cookie. */
int lapse_tcp_tuple(int socket, const struct lapse_socket_kind *kind, struct lapse_tcp_tuple *tuple);

/* struct tcp_info (linux/tcp.h) as far as this kernel gives it: what it lacks is `LAPSE_NO_FIGURE`.
 * The struct grows at its end; glibc's own copy (netinet/tcp.h) ends before the byte counts. */
static const uint64_t LAPSE_NO_FIGURE = UINT64_MAX;
struct lapse_tcp_figures {
    uint64_t bytes_received;
    uint64_t bytes_sent;
    uint64_t bytes_retransmitted;
    uint64_t segments_received;
    uint64_t segments_sent;
    uint64_t since_received_ms;
    uint64_t since_sent_ms;
    uint64_t round_trip_us;
};
/* TCP_INFO (tcp(7)) of a socket at hand. */
int lapse_tcp_info(int socket, struct lapse_tcp_figures *figures);

/* A socket for sock_diag(7), not blocking. */
int lapse_diag_socket(void);
/* One exact look-up: the figures of this connection and of no other. ENOENT if it is gone, EAGAIN
 * if the kernel gave no answer, EPROTO if it gave one that makes no sense. */
int lapse_diag_tcp(
    int diag, const struct lapse_tcp_tuple *tuple, uint32_t sequence,
    struct lapse_tcp_figures *figures);

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
int lapse_open_terminal_for_asking(const char *path);

/* FIONREAD (ioctl_tty(2)). */
int lapse_unread_bytes(int terminal, int *bytes);

/* For reading and writing, without taking it as the controlling terminal, and without waiting. */
int lapse_open_terminal_for_locking(const char *path);

/* struct termios2 (ioctl_tty(2)): TCGETS2 and TCSETS2, which takes effect at once. */
struct lapse_terminal_settings {
    uint32_t input;
    uint32_t output;
    uint32_t line;
    uint32_t local;
    uint8_t discipline;
    uint8_t control[19];
    uint32_t input_speed;
    uint32_t output_speed;
};
int lapse_terminal_settings(int terminal, struct lapse_terminal_settings *settings);
int lapse_terminal_set(int terminal, const struct lapse_terminal_settings *settings);
/* Makes of settings those of a locked terminal: nothing is echoed, no key is a signal or stops the
 * output, and what writes from the background is stopped (TOSTOP). */
void lapse_terminal_settings_for_lock(struct lapse_terminal_settings *settings);
/* Makes of settings those in which a line can be typed that the terminal only stores. */
void lapse_terminal_settings_for_typing(struct lapse_terminal_settings *settings);
int lapse_terminal_is_canonical(const struct lapse_terminal_settings *settings);
int lapse_terminal_echoes(const struct lapse_terminal_settings *settings);
/* TCFLSH with TCIFLUSH: what was typed and not read is gone. */
int lapse_terminal_drop_input(int terminal);

/* TIOCGWINSZ and TIOCSWINSZ: a change of rows or columns raises SIGWINCH in the foreground. */
struct lapse_window {
    uint16_t rows;
    uint16_t columns;
    uint16_t width;
    uint16_t height;
};
int lapse_terminal_window(int terminal, struct lapse_window *window);
int lapse_terminal_set_window(int terminal, const struct lapse_window *window);

/* Two SOCK_SEQPACKET sockets, close-on-exec; the first does not wait (socketpair(2)). */
int lapse_unix_pair(int *first, int *second);
/* One packet with a descriptor (SCM_RIGHTS, unix(7)); raises no SIGPIPE. */
ssize_t lapse_send_with_descriptor(int socket, const void *bytes, size_t count, int descriptor);

/* SO_PASSCRED (unix(7)): from here on the kernel says with each packet who sent it. */
int lapse_unix_want_senders(int socket);
/* One packet and who sent it, as the kernel has it: `pid` is 0 where it does not say. */
ssize_t lapse_receive_with_sender(
    int socket, void *bytes, size_t count, pid_t *pid, uid_t *uid);

/* Whether a read through /dev/tty moves the atime of the pty behind it (stamps.c): 1 or 0. It makes a
 * pty and a child that takes it as its terminal, reads one byte and ends; the caller gains nothing. */
int lapse_reads_are_stamped(void);

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
