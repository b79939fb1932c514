#define _GNU_SOURCE
#include "CLinux.h"
#include <sys/socket.h>

int lapse_peer_credentials(int socket, pid_t *pid, uid_t *uid, gid_t *gid) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    *pid = peer.pid;
    *uid = peer.uid;
    *gid = peer.gid;
    return 0;
}

int lapse_peer_groups(int socket, gid_t *groups, int capacity) {
    socklen_t size = (socklen_t)(capacity * (int)sizeof(gid_t));
    if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups, &size) != 0) return -1;
    return (int)(size / sizeof(gid_t));
}

int lapse_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

static int unix_socket(int type) { return socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }
int lapse_unix_socket_stream(void) { return unix_socket(SOCK_STREAM); }
int lapse_unix_socket_seqpacket(void) { return unix_socket(SOCK_SEQPACKET); }
int lapse_unix_socket_datagram(void) { return unix_socket(SOCK_DGRAM); }
