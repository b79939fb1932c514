#define _GNU_SOURCE
#include "CStage.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int stage_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int stage_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC); }

int stage_open_pty(char *path, size_t path_size) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) return -1;
    int failure = 0;
    if (grantpt(master) != 0 || unlockpt(master) != 0) failure = errno;
    if (failure == 0) failure = ptsname_r(master, path, path_size);
    if (failure == 0) return master;
    close(master);
    errno = failure;
    return -1;
}

int stage_stamp_datagrams(int socket) {
    int on = 1;
    return setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

ssize_t stage_receive(int socket, void *buffer, size_t size, struct timespec *sent) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(struct timespec))];
    } control;
    struct iovec data = {.iov_base = buffer, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    ssize_t count = recvmsg(socket, &message, 0);
    memset(sent, 0, sizeof *sent);
    if (count < 0) return count;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS)
            memcpy(sent, CMSG_DATA(part), sizeof *sent);
    return count;
}

static int set_actions(posix_spawn_file_actions_t *actions, const struct stage_streams *streams) {
    int failure = 0;
    if (streams->terminal != NULL) {
        // The new session has no terminal yet, so opening one without O_NOCTTY makes it the
        // controlling one, see tty(4): glibc calls setsid before it carries out the file actions.
        failure = posix_spawn_file_actions_addopen(actions, 0, streams->terminal, O_RDWR, 0);
        for (int number = 1; number < 3 && failure == 0; number++)
            failure = posix_spawn_file_actions_adddup2(actions, 0, number);
    } else {
        for (int number = 0; number < 3 && failure == 0; number++)
            failure = posix_spawn_file_actions_adddup2(
                actions, streams->descriptors[number], number);
    }
    if (failure == 0) failure = posix_spawn_file_actions_addclosefrom_np(actions, 3);
    return failure;
}

static int set_attributes(posix_spawnattr_t *attributes) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    return posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
}

int stage_spawn(pid_t *pid, char *const arguments[], char *const environment[],
                const struct stage_streams *streams) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure != 0) return failure;
    failure = posix_spawnattr_init(&attributes);
    if (failure == 0) {
        failure = set_actions(&actions, streams);
        if (failure == 0) failure = set_attributes(&attributes);
        if (failure == 0)
            failure = posix_spawn(
                pid, arguments[0], &actions, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}
