#define _GNU_SOURCE
#include "CLinux.h"
#include <dlfcn.h>
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>

/* The most a module may want for one entry, in bytes: a user's entry is a line of passwd(5). */
enum { ENTRY_MAX = 1 << 20 };

/* A function of a module. The library is never unloaded, as glibc does not unload it either; files
 * and dns have been in libc itself since glibc 2.34, so the last place to look is the program. */
static void *find(const char *service, const char *function) {
    char name[96];
    snprintf(name, sizeof name, "libnss_%s.so.2", service);
    void *library = dlopen(name, RTLD_LAZY | RTLD_NODELETE);
    snprintf(name, sizeof name, "_nss_%s_%s", service, function);
    void *found = library == NULL ? NULL : dlsym(library, name);
    if (found == NULL) found = dlsym(RTLD_DEFAULT, name);
    if (library != NULL) dlclose(library);
    return found;
}

static int answer(enum nss_status status) {
    switch (status) {
    case NSS_STATUS_SUCCESS: return LAPSE_NAMES_FOUND;
    case NSS_STATUS_NOTFOUND: return LAPSE_NAMES_NOT_FOUND;
    default: return LAPSE_NAMES_SILENT;
    }
}

int lapse_names_user(const char *service, const char *user) {
    enum nss_status (*ask)(const char *, struct passwd *, char *, size_t, int *) =
        (enum nss_status(*)(const char *, struct passwd *, char *, size_t, int *))find(
            service, "getpwnam_r");
    if (ask == NULL) return LAPSE_NAMES_ABSENT;
    for (size_t size = 4096; size <= ENTRY_MAX; size *= 4) {
        char *buffer = malloc(size);
        if (buffer == NULL) break;
        struct passwd entry;
        int failure = 0;
        enum nss_status status = ask(user, &entry, buffer, size, &failure);
        free(buffer);
        if (status != NSS_STATUS_TRYAGAIN || failure != ERANGE) return answer(status);
    }
    return LAPSE_NAMES_SILENT;
}

int lapse_names_groups(const char *service, const char *user, gid_t primary) {
    enum nss_status (*ask)(const char *, gid_t, long *, long *, gid_t **, long, int *) =
        (enum nss_status(*)(const char *, gid_t, long *, long *, gid_t **, long, int *))find(
            service, "initgroups_dyn");
    if (ask == NULL) return LAPSE_NAMES_ABSENT;
    long start = 0, size = 64;
    /* The module makes it larger with realloc(3), as glibc's own buffer. */
    gid_t *groups = malloc((size_t)size * sizeof *groups);
    if (groups == NULL) return LAPSE_NAMES_SILENT;
    int failure = 0;
    enum nss_status status = ask(user, primary, &start, &size, &groups, -1, &failure);
    free(groups);
    return answer(status);
}
