/*
 * One record a line on the real standard output. Descriptors 1 and 2 lead into a file from here on,
 * so that a single byte a module writes there is seen.
 */
#define _GNU_SOURCE
#include "host.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

static FILE *output;
static int stray;
static bool is_log_told = true;

void begin_output(void)
{
    const int real = dup(STDOUT_FILENO);
    stray = memfd_create("stray", 0);
    if (real < 0 || stray < 0 || dup2(stray, STDOUT_FILENO) < 0 || dup2(stray, STDERR_FILENO) < 0)
        abort();
    output = fdopen(real, "w");
    if (output == NULL)
        abort();
    /* Static, so that the first record does not count as allocated memory. */
    static char buffer[4096];
    setvbuf(output, buffer, _IOLBF, sizeof buffer);
}

long stray_bytes(void)
{
    struct stat status;
    return fstat(stray, &status) == 0 ? (long)status.st_size : -1;
}

void tell(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(output, format, arguments);
    va_end(arguments);
    fflush(output);
}

/* A record is one line of printable bytes: the rest as %HH. */
void tell_text(const char *label, const char *text)
{
    flockfile(output);
    fprintf(output, "%s ", label);
    for (const char *at = text; *at != '\0'; at++) {
        const unsigned char byte = (unsigned char)*at;
        if (byte < 0x20 || byte >= 0x7f || byte == '%')
            fprintf(output, "%%%02X", byte);
        else
            fputc(byte, output);
    }
    fputc('\n', output);
    funlockfile(output);
    fflush(output);
}

void set_log_told(bool is_told)
{
    is_log_told = is_told;
}

/*
 * libpam's pam_syslog ends here instead of in libc: the executable's symbol comes first. The name
 * is the one that glibc's fortified headers call.
 */
void __syslog_chk(int priority, int flag, const char *format, ...);
void __syslog_chk(int priority, int flag, const char *format, ...)
{
    (void)flag;
    if (!is_log_told)
        return;
    char label[32];
    char text[8192];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(label, sizeof label, "log %d", priority & LOG_PRIMASK);
    tell_text(label, text);
}
