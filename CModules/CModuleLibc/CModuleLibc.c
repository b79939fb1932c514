#define _GNU_SOURCE
#include "CModuleLibc.h"

#include <errno.h>

int lapse_errno(void)
{
    return errno;
}

const char *lapse_error_text(int error)
{
#ifdef __GLIBC__
    const char *text = strerrordesc_np(error); /* glibc 2.32 */
    return text != NULL ? text : "unknown error";
#else
    return strerror(error); /* musl: static text */
#endif
}

int lapse_socket(void)
{
    return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
}

int lapse_peer_uid(int socket, uid_t *uid)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return -1;
    *uid = peer.uid;
    return 0;
}

ssize_t lapse_send(int socket, const void *bytes, size_t count)
{
    return send(socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t lapse_receive(int socket, void *bytes, size_t count)
{
    return recv(socket, bytes, count, MSG_DONTWAIT | MSG_TRUNC);
}

void lapse_log(pam_handle_t *pamh, int priority, const char *text)
{
    pam_syslog(pamh, priority, "%s", text);
}

void lapse_show_error(pam_handle_t *pamh, const char *text)
{
    (void)pam_error(pamh, "%s", text);
}

void lapse_show_info(pam_handle_t *pamh, const char *text)
{
    (void)pam_info(pamh, "%s", text);
}
