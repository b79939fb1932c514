/*
 * libc and libpam for the Embedded Swift module: there is no `Glibc` module in that mode.
 *
 * The functions below exist because Swift cannot say it itself: variadic functions, macros with a
 * cast, constants of enum types, names behind _GNU_SOURCE.
 */
#ifndef LAPSE_CMODULELIBC_H
#define LAPSE_CMODULELIBC_H

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>

/* errno is a macro. */
int lapse_errno(void);

/* What an error number means, static English text; strerror(3) is neither thread-safe nor free of
 * the host's locale. */
const char *lapse_error_text(int error);

/* A close-on-exec SOCK_SEQPACKET socket: the type constants are enum values. */
int lapse_socket(void);

/* The uid of the process that listens at the other end, as the kernel knows it: -1 and errno on
 * failure. struct ucred needs _GNU_SOURCE. */
int lapse_peer_uid(int socket, uid_t *uid);

/* send(2) that neither waits nor raises SIGPIPE, and recv(2) that does not wait and returns the
 * full length of a packet even if it was cut. */
ssize_t lapse_send(int socket, const void *bytes, size_t count);
ssize_t lapse_receive(int socket, void *bytes, size_t count);

/* pam_syslog, pam_error and pam_info are variadic; the text is never a format. */
void lapse_log(pam_handle_t *pamh, int priority, const char *text);
void lapse_show_error(pam_handle_t *pamh, const char *text);
void lapse_show_info(pam_handle_t *pamh, const char *text);

#endif
