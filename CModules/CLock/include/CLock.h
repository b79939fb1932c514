/*
 * libc and libpam for the locker, which is Embedded Swift and has no `Glibc` module.
 *
 * What is here Swift cannot say itself: macros, control messages, variadic calls, constants of enum
 * types, and a PAM conversation's arrays of malloc'ed answers.
 */
#ifndef LAPSE_CLOCK_H
#define LAPSE_CLOCK_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

/* errno is a macro. */
int lock_errno(void);

/* Whether descriptor 0 is what the daemon gives: a SOCK_SEQPACKET socket. */
bool lock_has_socket(void);

/* Makes this process deaf, alone and closed: see process.c. Returns the socket's new number, with
 * /dev/null in its place and for output, or -1. */
int lock_prepare(void);

/* Milliseconds on CLOCK_MONOTONIC. */
int64_t lock_now(void);

/* Receives one packet without waiting, and a descriptor that came with it (else -1). Returns as
 * recvmsg(2) does; a packet that was cut is an error, EMSGSIZE. */
ssize_t lock_receive(int socket, void *bytes, size_t count, int *descriptor);

/* Sends one packet, waiting for room. 0, or -1 if the other end is gone. */
int lock_send(int socket, const void *bytes, size_t count);

/* Rows and columns; 0 where the terminal does not know (ioctl_tty(2)). */
void lock_terminal_size(int terminal, int *rows, int *columns);
/* Whether the terminal reads UTF-8: IUTF8 of termios(3), which ssh and terminal programs set. */
bool lock_terminal_is_utf8(int terminal);
/* No read and no write waits from here on. */
void lock_terminal_prepare(int terminal);
/* Throws away what was typed and not read. */
void lock_terminal_flush(int terminal);

/* A page that is neither swapped nor dumped where the limits allow; never given back. NULL if there
 * is no memory. */
void *lock_secret_page(size_t *count);
/* explicit_bzero(3). */
void lock_wipe(void *bytes, size_t count);

/* One attempt to prove who somebody is. */
struct lock_attempt {
    const char *service;
    const char *user;
    const char *tty;
    /* NULL for none. */
    const char *rhost;
    /* For how many seconds the modules may do without a conversation; then SIGALRM ends us. */
    unsigned module_seconds;
    /* Given to the two functions. */
    void *context;
    /* Asks; the answer stays the callee's until `answered`. False for none. */
    bool (*ask)(void *context, const char *text, bool is_shown, const void **answer, size_t *count);
    void (*answered)(void *context);
    void (*tell)(void *context, const char *text);
};

enum lock_verdict {
    /* It is the user, and the account may be used. */
    LOCK_VERIFIED,
    /* It is not, or the account may not be used. */
    LOCK_FAILED,
    /* PAM could not ask. */
    LOCK_UNABLE,
};

struct lock_result {
    enum lock_verdict verdict;
    /* It was the answer that was wrong, and nothing else. */
    bool is_plain;
    /* What PAM calls it, static text. */
    const char *text;
    /* Microseconds that the modules want to pass before the next attempt (pam_fail_delay(3)). */
    unsigned delay;
};

struct lock_result lock_try(const struct lock_attempt *attempt);

#endif
