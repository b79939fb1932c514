/* A directory for tests: an NSS module (nss(5), the GNU C Library manual, "NSS Module Internals")
 * whose server answers, is down, is busy or hangs, as the file in LAPSE_TEST_NAMES says at the
 * moment. It has one user, dora, and her second group, remote. */
#define _GNU_SOURCE
#include "TestNames.h"
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UID = 3001, GID = 3001, REMOTE = 3002 };

/* NSS_STATUS_SUCCESS if the server is there. */
static enum nss_status server(int *failure) {
    char state[16] = "";
    const char *path = getenv("LAPSE_TEST_NAMES");
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    if (file != NULL) {
        if (fgets(state, sizeof state, file) == NULL) state[0] = 0;
        fclose(file);
    }
    if (strcmp(state, "hang") == 0)
        for (;;) pause();
    *failure = EAGAIN;
    if (strcmp(state, "busy") == 0) return NSS_STATUS_TRYAGAIN;
    *failure = ENOENT;
    return strcmp(state, "answer") == 0 ? NSS_STATUS_SUCCESS : NSS_STATUS_UNAVAIL;
}

/* The texts are constants, and nobody writes into an entry. */
static char *text(const char *constant) { return (char *)constant; }

enum nss_status _nss_lapsetest_getpwnam_r(
    const char *name, struct passwd *entry, char *buffer, size_t size, int *failure) {
    (void)buffer, (void)size;
    if (strncmp(name, "hang-", 5) == 0)
        for (;;) pause();
    enum nss_status status = server(failure);
    if (status != NSS_STATUS_SUCCESS) return status;
    if (strcmp(name, "dora") != 0) return NSS_STATUS_NOTFOUND;
    *entry = (struct passwd){.pw_name = text("dora"), .pw_passwd = text("*"), .pw_uid = UID,
                             .pw_gid = GID, .pw_gecos = text(""), .pw_dir = text("/"),
                             .pw_shell = text("/bin/sh")};
    return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_lapsetest_initgroups_dyn(const char *name, gid_t primary, long *start,
                                              long *size, gid_t **groups, long limit,
                                              int *failure) {
    (void)primary, (void)limit;
    enum nss_status status = server(failure);
    if (status != NSS_STATUS_SUCCESS) return status;
    if (strcmp(name, "dora") != 0) return NSS_STATUS_NOTFOUND;
    if (*start < *size) (*groups)[(*start)++] = REMOTE;
    return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_lapsetest_getgrgid_r(
    gid_t gid, struct group *entry, char *buffer, size_t size, int *failure) {
    static char *nobody[] = {NULL};
    (void)buffer, (void)size;
    enum nss_status status = server(failure);
    if (status != NSS_STATUS_SUCCESS) return status;
    if (gid != REMOTE) return NSS_STATUS_NOTFOUND;
    *entry = (struct group){.gr_name = text("remote"), .gr_passwd = text("*"), .gr_gid = REMOTE,
                            .gr_mem = nobody};
    return NSS_STATUS_SUCCESS;
}

/* sssd's module as RHEL builds it, on a host where sssd is not running. */
enum nss_status _nss_sss_getpwnam_r(
    const char *name, struct passwd *entry, char *buffer, size_t size, int *failure) {
    (void)name, (void)entry, (void)buffer, (void)size;
    *failure = 0;
    return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_sss_initgroups_dyn(const char *name, gid_t primary, long *start, long *size,
                                        gid_t **groups, long limit, int *failure) {
    (void)name, (void)primary, (void)start, (void)size, (void)groups, (void)limit;
    *failure = 0;
    return NSS_STATUS_NOTFOUND;
}
