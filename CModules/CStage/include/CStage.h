// What Swift's Glibc module lacks for the stage of the end-to-end tests: Linux headers, and calls
// that glibc declares under _GNU_SOURCE alone.
// The stage has its own, so that what judges the daemon shares no code with it.
#pragma once
#include <linux/vt.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/types.h>
#include <time.h>

/// pipe(2) with both ends close-on-exec. Returns -1 and sets errno on failure.
int stage_pipe(int ends[2]);

/// accept4(2), the new socket close-on-exec. Returns -1 and sets errno on failure.
int stage_accept(int listener);

/// A new pty: returns the master, close-on-exec, and writes the slave's path; or -1 and errno.
int stage_open_pty(char *path, size_t path_size);

/// Has the kernel stamp each datagram of a socket when it is sent. -1 and errno on failure.
int stage_stamp_datagrams(int socket);

/// Reads one datagram and the wall time at which it was sent; without a stamp the time is 0.
/// Returns as recv(2) does. A macro-built control message is beyond Swift, see cmsg(3).
ssize_t stage_receive(int socket, void *buffer, size_t size, struct timespec *sent);

/// Where the standard streams of a new program go.
struct stage_streams {
    /// A terminal's path for all three, or NULL; it becomes the controlling terminal.
    const char *terminal;
    /// Without a terminal: the descriptors for standard input, output and error.
    int descriptors[3];
};

/// Starts a program in a new kernel session, with default signals and no other descriptor.
/// Returns 0 or the errno of the first step that failed, exec included.
int stage_spawn(pid_t *pid, char *const arguments[], char *const environment[],
                const struct stage_streams *streams);
