#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

static int option(int socket, int name, void *value, socklen_t size) {
    return getsockopt(socket, SOL_SOCKET, name, value, &size);
}

int lapse_socket_kind(int socket, struct lapse_socket_kind *kind) {
    int type = 0;
    memset(kind, 0, sizeof *kind);
    if (option(socket, SO_DOMAIN, &kind->domain, sizeof(int)) != 0 ||
        option(socket, SO_TYPE, &type, sizeof type) != 0 ||
        option(socket, SO_PROTOCOL, &kind->protocol, sizeof(int)) != 0 ||
        option(socket, SO_ACCEPTCONN, &kind->is_listening, sizeof(int)) != 0 ||
        option(socket, SO_COOKIE, &kind->cookie, sizeof kind->cookie) != 0)
        return -1;
    kind->is_stream = type == SOCK_STREAM;
    /* Some families do not know it; it matters for TCP alone. */
    if (option(socket, SO_BINDTOIFINDEX, &kind->interface, sizeof(int)) != 0) kind->interface = 0;
    return 0;
}

static void take_address(
    const struct sockaddr_storage *from, uint8_t *address, uint16_t *port, uint32_t *interface) {
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)from;
        memcpy(address, &four->sin_addr, sizeof four->sin_addr);
        *port = four->sin_port;
    } else {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)from;
        memcpy(address, &six->sin6_addr, sizeof six->sin6_addr);
        *port = six->sin6_port;
        if (*interface == 0) *interface = six->sin6_scope_id;
    }
}

int lapse_tcp_tuple(int socket, const struct lapse_socket_kind *kind, struct lapse_tcp_tuple *tuple) {
    struct sockaddr_storage local, remote;
    socklen_t local_size = sizeof local, remote_size = sizeof remote;
    memset(tuple, 0, sizeof *tuple);
    if (getsockname(socket, (struct sockaddr *)&local, &local_size) != 0 ||
        getpeername(socket, (struct sockaddr *)&remote, &remote_size) != 0)
        return -1;
    if (local.ss_family != remote.ss_family ||
        (local.ss_family != AF_INET && local.ss_family != AF_INET6)) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    tuple->family = (uint8_t)local.ss_family;
    tuple->interface = (uint32_t)kind->interface;
    tuple->cookie = kind->cookie;
    take_address(&local, tuple->local, &tuple->local_port, &tuple->interface);
    take_address(&remote, tuple->remote, &tuple->remote_port, &tuple->interface);
    return 0;
}

/* A field of struct tcp_info, if the kernel's struct reaches so far. */
#define FIELD(name)                                                                                \
    (offsetof(struct tcp_info, name) + sizeof(info->name) <= size ? (uint64_t)info->name           \
                                                                  : LAPSE_NO_FIGURE)

static void take_figures(
    const struct tcp_info *info, size_t size, struct lapse_tcp_figures *figures) {
    figures->bytes_received = FIELD(tcpi_bytes_received);
    figures->bytes_sent = FIELD(tcpi_bytes_sent);
    figures->bytes_retransmitted = FIELD(tcpi_bytes_retrans);
    figures->segments_received = FIELD(tcpi_data_segs_in);
    figures->segments_sent = FIELD(tcpi_data_segs_out);
    figures->since_received_ms = FIELD(tcpi_last_data_recv);
    figures->since_sent_ms = FIELD(tcpi_last_data_sent);
    figures->round_trip_us = FIELD(tcpi_rtt);
}

int lapse_tcp_info(int socket, struct lapse_tcp_figures *figures) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return -1;
    take_figures(&info, size, figures);
    return 0;
}

int lapse_diag_socket(void) {
    return socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
}

static int ask(int diag, const struct lapse_tcp_tuple *tuple, uint32_t sequence) {
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 request;
    } message;
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    memset(&message, 0, sizeof message);
    message.header.nlmsg_len = sizeof message;
    message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    /* No NLM_F_DUMP: one socket is looked up in the hash table, none is walked over. */
    message.header.nlmsg_flags = NLM_F_REQUEST;
    message.header.nlmsg_seq = sequence;
    message.request.sdiag_family = tuple->family;
    message.request.sdiag_protocol = IPPROTO_TCP;
    message.request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
    message.request.idiag_states = UINT32_MAX;
    message.request.id.idiag_sport = tuple->local_port;
    message.request.id.idiag_dport = tuple->remote_port;
    memcpy(message.request.id.idiag_src, tuple->local, sizeof tuple->local);
    memcpy(message.request.id.idiag_dst, tuple->remote, sizeof tuple->remote);
    message.request.id.idiag_if = tuple->interface;
    message.request.id.idiag_cookie[0] = (uint32_t)tuple->cookie;
    message.request.id.idiag_cookie[1] = (uint32_t)(tuple->cookie >> 32);
    ssize_t sent;
    do
        sent = sendto(
            diag, &message, sizeof message, 0, (struct sockaddr *)&kernel, sizeof kernel);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof message ? 0 : -1;
}

static int refuse(int code) {
    errno = code;
    return -1;
}

/* The answer to an exact look-up: one message, or an error with the number of the question. */
static int read_answer(
    const struct nlmsghdr *header, const struct lapse_tcp_tuple *tuple,
    struct lapse_tcp_figures *figures) {
    if (header->nlmsg_type == NLMSG_ERROR) {
        if (header->nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr))) return refuse(EPROTO);
        int code = -((const struct nlmsgerr *)NLMSG_DATA(header))->error;
        /* ESTALE: the addresses are in use again, by another connection. */
        return refuse(code == ESTALE ? ENOENT : code > 0 ? code : EPROTO);
    }
    if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
        header->nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
        return refuse(EPROTO);
    const struct inet_diag_msg *found = NLMSG_DATA(header);
    if (found->id.idiag_cookie[0] != (uint32_t)tuple->cookie ||
        found->id.idiag_cookie[1] != (uint32_t)(tuple->cookie >> 32))
        return refuse(ENOENT);
    /* Closed by all that had it; the kernel itself still speaks to the other end. */
    if (found->idiag_inode == 0) return refuse(ENOENT);
    int left = (int)(header->nlmsg_len - NLMSG_LENGTH(sizeof *found));
    const struct rtattr *attribute = (const struct rtattr *)(found + 1);
    for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
        if (attribute->rta_type != INET_DIAG_INFO) continue;
        struct tcp_info info;
        size_t size = RTA_PAYLOAD(attribute);
        if (size > sizeof info) size = sizeof info;
        memcpy(&info, RTA_DATA(attribute), size);
        take_figures(&info, size, figures);
        return 0;
    }
    /* What is left of a connection in TIME_WAIT or before it is accepted has no figures. */
    return refuse(ENOENT);
}

int lapse_diag_tcp(
    int diag, const struct lapse_tcp_tuple *tuple, uint32_t sequence,
    struct lapse_tcp_figures *figures) {
    /* An answer is a header, 72 bytes, tcp_info and a few small attributes: below 1 KiB. */
    _Alignas(struct nlmsghdr) char answer[4096];
    if (ask(diag, tuple, sequence) != 0) return -1;
    for (;;) {
        struct sockaddr_nl from;
        socklen_t from_size = sizeof from;
        ssize_t count =
            recvfrom(diag, answer, sizeof answer, 0, (struct sockaddr *)&from, &from_size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
        /* Only the kernel has port 0; an older answer is one that a former question gave up on. */
        if (from.nl_pid != 0 || !NLMSG_OK(header, (size_t)count)) continue;
        if (header->nlmsg_seq != sequence) continue;
        return read_answer(header, tuple, figures);
    }
}
