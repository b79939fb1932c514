#define _GNU_SOURCE
#include "CLock.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

void lock_terminal_size(int terminal, int *rows, int *columns)
{
    struct winsize size = {0};
    if (ioctl(terminal, TIOCGWINSZ, &size) != 0) size = (struct winsize){0};
    *rows = size.ws_row;
    *columns = size.ws_col;
}

bool lock_terminal_is_utf8(int terminal)
{
    struct termios modes;
    return tcgetattr(terminal, &modes) == 0 && (modes.c_iflag & IUTF8) != 0;
}

void lock_terminal_prepare(int terminal)
{
    const int flags = fcntl(terminal, F_GETFL);
    if (flags >= 0) (void)fcntl(terminal, F_SETFL, flags | O_NONBLOCK);
}

void lock_terminal_flush(int terminal) { (void)tcflush(terminal, TCIFLUSH); }
