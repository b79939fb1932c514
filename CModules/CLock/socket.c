#define _GNU_SOURCE
#include "CLock.h"

#include <string.h>
#include <sys/socket.h>

/* Of several descriptors the first stays; a sender of ours sends one. */
static int first_descriptor(struct msghdr *message)
{
    int kept = -1;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t place = 0; place < count; place++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(part) + place * sizeof(int), sizeof(int));
            if (kept < 0)
                kept = descriptor;
            else
                close(descriptor);
        }
    }
    return kept;
}

ssize_t lock_receive(int socket, void *bytes, size_t count, int *descriptor)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(4 * sizeof(int))];
    } control;
    struct iovec data = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    *descriptor = -1;
    const ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (received < 0) return received;
    *descriptor = first_descriptor(&message);
    if ((message.msg_flags & MSG_TRUNC) == 0) return received;
    errno = EMSGSIZE;
    return -1;
}

int lock_send(int socket, const void *bytes, size_t count)
{
    ssize_t sent;
    do
        sent = send(socket, bytes, count, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -1 : 0;
}
