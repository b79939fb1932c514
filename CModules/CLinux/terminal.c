/* Settings of a terminal as the kernel has them: struct termios2, whose speeds glibc's own struct
 * cannot hold exactly, and whose header does not go together with <termios.h>. */
#define _GNU_SOURCE
#include "CLinux.h"
#include <asm/termbits.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

_Static_assert(sizeof((struct lapse_terminal_settings){0}.control) == NCCS, "c_cc of termios2");

int lapse_open_terminal_for_locking(const char *path) {
    return open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
}

int lapse_terminal_settings(int terminal, struct lapse_terminal_settings *settings) {
    struct termios2 kernel;
    if (ioctl(terminal, TCGETS2, &kernel) != 0) return -1;
    settings->input = kernel.c_iflag;
    settings->output = kernel.c_oflag;
    settings->line = kernel.c_cflag;
    settings->local = kernel.c_lflag;
    settings->discipline = kernel.c_line;
    memcpy(settings->control, kernel.c_cc, NCCS);
    settings->input_speed = kernel.c_ispeed;
    settings->output_speed = kernel.c_ospeed;
    return 0;
}

/* Not TCSETSW2 or TCSETSF2: they wait for output that a stopped terminal may never take. */
int lapse_terminal_set(int terminal, const struct lapse_terminal_settings *settings) {
    struct termios2 kernel = {
        .c_iflag = settings->input,
        .c_oflag = settings->output,
        .c_cflag = settings->line,
        .c_lflag = settings->local,
        .c_line = settings->discipline,
        .c_ispeed = settings->input_speed,
        .c_ospeed = settings->output_speed,
    };
    memcpy(kernel.c_cc, settings->control, NCCS);
    return ioctl(terminal, TCSETS2, &kernel);
}

void lapse_terminal_settings_for_lock(struct lapse_terminal_settings *settings) {
    settings->input &= ~(tcflag_t)(
        BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IUCLC | IXON | IXANY | IXOFF);
    settings->local &= ~(tcflag_t)(ISIG | ICANON | ECHO | ECHONL | IEXTEN | EXTPROC);
    settings->local |= TOSTOP;
    settings->control[VMIN] = 1;
    settings->control[VTIME] = 0;
}

void lapse_terminal_settings_for_typing(struct lapse_terminal_settings *settings) {
    lapse_terminal_settings_for_lock(settings);
    settings->local |= ICANON;
    for (int place = 0; place < NCCS; place++) settings->control[place] = 0; /* _POSIX_VDISABLE */
}

int lapse_terminal_is_canonical(const struct lapse_terminal_settings *settings) {
    return (settings->local & ICANON) != 0;
}

int lapse_terminal_echoes(const struct lapse_terminal_settings *settings) {
    return (settings->local & ECHO) != 0;
}

int lapse_terminal_drop_input(int terminal) { return ioctl(terminal, TCFLSH, TCIFLUSH); }

int lapse_terminal_window(int terminal, struct lapse_window *window) {
    struct winsize kernel;
    if (ioctl(terminal, TIOCGWINSZ, &kernel) != 0) return -1;
    window->rows = kernel.ws_row;
    window->columns = kernel.ws_col;
    window->width = kernel.ws_xpixel;
    window->height = kernel.ws_ypixel;
    return 0;
}

int lapse_terminal_set_window(int terminal, const struct lapse_window *window) {
    struct winsize kernel = {
        .ws_row = window->rows,
        .ws_col = window->columns,
        .ws_xpixel = window->width,
        .ws_ypixel = window->height,
    };
    return ioctl(terminal, TIOCSWINSZ, &kernel);
}
