#define _GNU_SOURCE
#include "CLock.h"

#include <malloc.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __GLIBC__
/* glibc's own, exported for those who wrap it. */
extern void __libc_free(void *memory);

/*
 * Takes the place of free(3) for all that is loaded here, PAM modules above all: they do not always
 * wipe what they were told, and a locker lives on for days with what it has freed.
 *
 * Not mallopt(M_PERTURB), which passes over the small pieces that a thread keeps for itself (tcache
 * in _int_free, malloc/malloc.c), and passwords are small.
 */
void free(void *memory)
{
    if (memory == NULL) return;
    explicit_bzero(memory, malloc_usable_size(memory));
    __libc_free(memory);
}
#endif

void *lock_secret_page(size_t *count)
{
    *count = (size_t)sysconf(_SC_PAGESIZE);
    void *page = mmap(NULL, *count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return NULL;
    /* RLIMIT_MEMLOCK may be 0; then a swap that is not encrypted may see a password. */
    (void)mlock(page, *count);
    (void)madvise(page, *count, MADV_DONTDUMP);
    return page;
}

void lock_wipe(void *bytes, size_t count) { explicit_bzero(bytes, count); }
