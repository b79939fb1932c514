/* Real process trees for the tests of what the daemon finds in /proc.
 *
 *   process-family alone                 one process
 *   process-family threads               a process and the child of its second thread
 *   process-family login TTY UID         the processes of a login over ssh, with a pty
 *   process-family audited-login TTY UID the same, with an audit session of its own
 *   process-family elsewhere             a process with a TCP connection in a network of its own,
 *                                        over which it has received five bytes
 *   process-family run TTY UID PROGRAM…  a login whose shell is this program; with no terminal if
 *                                        TTY is `-`
 *   process-family console TTY UID PROGRAM…  the same without a relay, as Debian's login(1) does it:
 *                                        the leader has the terminal, the shell is in its session
 *
 * A login may have one thing more below its shell, named at the end of the line:
 *
 *   comet    a process that forks and ends, over and over: none of it lives for a millisecond
 *   swarm    processes that all fork all the time, SWARM_MAX at most
 *   login    another login, without an audit session of its own
 *   audited  the same, with one
 *
 * Each process says `NAME PID` on standard output and lets go of it when it is what it is to be,
 * so at the end of the file the whole tree stands. All live until standard input ends. Descriptor 9,
 * if it is open, is the master of TTY, which leader and relay hold as sshd's do. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what) {
    perror(what);
    _exit(1);
}

/* Where the tree reports itself; it closes with the image. */
static int report;
/* What stands before the names of a login within a login. */
static const char *prefix = "";

static void say(const char *name, const char *value) {
    char line[64];
    int size = snprintf(line, sizeof line, "%s%s %s\n", prefix, name, value);
    if (write(report, line, (size_t)size) != size) fail("write");
}

static void say_pid(const char *name) {
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    say(name, pid);
}

static pid_t forked(void) {
    pid_t pid = fork();
    if (pid < 0) fail("fork");
    return pid;
}

/* Lives on as this program. */
static void stay(const char *name) {
    say_pid(name);
    close(report);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) {}
    while (wait(NULL) > 0) {}
    _exit(0);
}

/* Lives on as another program, with another image. */
static void become_cat(const char *name) {
    say_pid(name);
    execl("/bin/cat", name, (char *)NULL);
    fail("execl");
}

static pthread_barrier_t forked_in_thread;

static void *fork_in_thread(void *unused) {
    if (forked() == 0) stay("child");
    pthread_barrier_wait(&forked_in_thread);
    /* The children of a thread that is gone belong to another thread of the process. */
    while (1) pause();
    return unused;
}

static void threads(void) {
    pthread_t thread;
    pthread_barrier_init(&forked_in_thread, NULL, 2);
    if (pthread_create(&thread, NULL, fork_in_thread, NULL) != 0) fail("pthread_create");
    pthread_barrier_wait(&forked_in_thread);
    if (forked() == 0) stay("sibling");
    stay("leader");
}

/* Below the shell: a job on the terminal, one that left the terminal but not its parent, and one
 * that left both (tmux, a daemon). */
static void children_of_shell(void) {
    if (forked() == 0) become_cat("job");
    if (forked() == 0) {
        setsid();
        become_cat("quiet");
    }
    pid_t between = forked();
    if (between == 0) {
        setsid();
        pid_t parent = getpid();
        if (forked() == 0) {
            while (getppid() == parent) usleep(1000);
            become_cat("detached");
        }
        _exit(0);
    }
    waitpid(between, NULL, 0);
}

#define SWARM_MAX 40

/* Whether the test has let go of the tree. */
static int is_over(void) {
    struct pollfd input = {.fd = STDIN_FILENO};
    return poll(&input, 1, 0) != 0;
}

/* On its way out of the terminal's reach, deaf to all but SIGKILL. */
static int departs(const char *name) {
    if (forked() != 0) return 0;
    setsid();
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    say_pid(name);
    close(report);
    return 1;
}

static void comet(void) {
    if (!departs("comet")) return;
    while (!is_over()) {
        if (fork() != 0) _exit(0);
    }
    _exit(0);
}

/* The limit counts all processes of the user, who has few others. */
static void swarm(void) {
    if (!departs("swarm")) return;
    struct rlimit limit = {.rlim_cur = SWARM_MAX, .rlim_max = SWARM_MAX};
    setrlimit(RLIMIT_NPROC, &limit);
    while (!is_over()) {
        if (fork() < 0) sched_yield();
    }
    _exit(0);
}

static void shell(const char *tty, const char *more) {
    if (strcmp(more, "comet") == 0) comet();
    if (strcmp(more, "swarm") == 0) swarm();
    setsid();
    int terminal = open(tty, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0) fail(tty);
    /* A login within a login has no terminal of its own here. */
    if (prefix[0] == 0 && ioctl(terminal, TIOCSCTTY, 0) != 0) fail("TIOCSCTTY");
    children_of_shell();
    become_cat("shell");
}

/* pam_loginuid(8): a new audit session for this process and all that it starts. */
static void begin_audit_session(const char *uid) {
    int file = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
    int fresh = file >= 0 && write(file, uid, strlen(uid)) > 0;
    if (file >= 0) close(file);
    say("audit", fresh ? "1" : "0");
}

static void login(const char *tty, const char *uid, int audited, const char *more) {
    if (audited) begin_audit_session(uid);
    int holds_login = strcmp(more, "login") == 0 || strcmp(more, "audited") == 0;
    if (holds_login && forked() == 0) {
        prefix = "inner-";
        login(tty, uid, strcmp(more, "audited") == 0, "");
    }
    /* sshd's relay: without a terminal, the image of the leader, the user's. */
    if (forked() == 0) {
        if (setuid((uid_t)atoi(uid)) != 0) fail("setuid");
        if (forked() == 0) shell(tty, more);
        stay("relay");
    }
    stay("leader");
}

static void elsewhere(void) {
    if (unshare(CLONE_NEWNET) != 0) fail("unshare");
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct ifreq loopback = {.ifr_name = "lo"};
    if (ioctl(listener, SIOCGIFFLAGS, &loopback) != 0) fail("SIOCGIFFLAGS");
    loopback.ifr_flags |= IFF_UP;
    if (ioctl(listener, SIOCSIFFLAGS, &loopback) != 0) fail("SIOCSIFFLAGS");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        fail("listen");
    pid_t client = forked();
    if (client == 0) {
        int far = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(far, (struct sockaddr *)&address, size) != 0) fail("connect");
        if (write(far, "hello", 5) != 5) fail("write");
        close(listener);
        stay("client");
    }
    int near = accept(listener, NULL, NULL);
    char bytes[5];
    if (near < 0 || recv(near, bytes, 5, MSG_WAITALL) != 5) fail("accept");
    close(listener);
    stay("leader");
}

/* A kernel session of its own, with this terminal. */
static int lead_session(const char *tty) {
    setsid();
    int on_terminal = strcmp(tty, "-") != 0;
    int stream = open(on_terminal ? tty : "/dev/null", O_RDWR | O_CLOEXEC);
    if (stream < 0) fail(tty);
    if (on_terminal && ioctl(stream, TIOCSCTTY, 0) != 0) fail("TIOCSCTTY");
    return stream;
}

/* Becomes the shell; `words` is the program and its arguments. */
static void become_shell(int stream, char **words) {
    say_pid("shell");
    for (int number = 0; number < 3; number++)
        if (dup2(stream, number) < 0) fail("dup2");
    execv(words[0], words);
    fail(words[0]);
}

/* Lives until standard input ends, and takes all that is below with it then. */
static void stay_and_clean(const char *name, pid_t child) {
    say_pid(name);
    close(report);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) {}
    /* What loses its parent now comes here, one generation after the other. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    while (child > 0) {
        kill(child, SIGKILL);
        while (waitpid(child, NULL, 0) > 0) {}
        FILE *children = fopen("/proc/thread-self/children", "r");
        if (children == NULL || fscanf(children, "%d", &child) != 1) child = 0;
        if (children != NULL) fclose(children);
    }
    _exit(0);
}

static void run(const char *tty, const char *uid, char **words) {
    pid_t relay = forked();
    if (relay == 0) {
        if (setuid((uid_t)atoi(uid)) != 0) fail("setuid");
        pid_t child = forked();
        if (child == 0) become_shell(lead_session(tty), words);
        stay_and_clean("relay", child);
    }
    stay("leader");
}

static void console(const char *tty, const char *uid, char **words) {
    int stream = lead_session(tty);
    pid_t child = forked();
    if (child == 0) {
        if (setuid((uid_t)atoi(uid)) != 0) fail("setuid");
        become_shell(stream, words);
    }
    /* The shell takes the terminal, and the hang-up at the end is for the others. */
    signal(SIGHUP, SIG_IGN);
    stay_and_clean("leader", child);
}

int main(int count, char **words) {
    report = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (report < 0 || dup2(nowhere, STDOUT_FILENO) < 0) fail("dup");
    fcntl(9, F_SETFD, FD_CLOEXEC);
    const char *scene = count > 1 ? words[1] : "";
    if (strcmp(scene, "alone") == 0) stay("leader");
    if (strcmp(scene, "threads") == 0) threads();
    if (strcmp(scene, "elsewhere") == 0) elsewhere();
    const char *more = count == 5 ? words[4] : "";
    int is_login = count == 4 || count == 5;
    if (strcmp(scene, "login") == 0 && is_login) login(words[2], words[3], 0, more);
    if (strcmp(scene, "audited-login") == 0 && is_login) login(words[2], words[3], 1, more);
    if (strcmp(scene, "run") == 0 && count > 4) run(words[2], words[3], words + 4);
    if (strcmp(scene, "console") == 0 && count > 4) console(words[2], words[3], words + 4);
    fprintf(stderr, "usage: process-family alone|threads|elsewhere|[audited-]login TTY UID [MORE]|"
                    "run|console TTY UID PROGRAM...\n");
    return 64;
}
