import Glibc
import LapseDaemon
import LinuxFixture

/// A program and what it is to be taken for.
struct Program {
    let name: String
    let command: String
    let isWork: Bool
}

private let slowServer = """
    use Socket; socket(S,PF_INET,SOCK_STREAM,0); setsockopt(S,SOL_SOCKET,SO_REUSEADDR,1); \
    bind(S,sockaddr_in(18767,INADDR_LOOPBACK)) or die; listen(S,5); accept(C,S); \
    sysread(C,$_,4096); syswrite(C,qq(HTTP/1.0 200 OK\\r\\n\\r\\n)); \
    while (syswrite(C,q(x) x 10240)) { select(undef,undef,undef,0.1) }
    """
private let slowWriter = """
    $|=1; while (1) { print q(x) x 10240; select(undef,undef,undef,0.1) }
    """
private let build = """
    d=$(mktemp -d); cd $d; printf 'int f(int a){return a*N;}\\n%.0s' 1 >one.c; \
    printf 'all: $(shell seq 9999)\\n%%:\\n\\t@gcc -O2 -DN=$@ -c one.c -o one.o\\n' >Makefile; make
    """

let programs: [Program] = [
    Program(name: "sleep 800h", command: "sleep 800h", isWork: false),
    Program(name: "cat", command: "cat", isWork: false),
    Program(name: "vim, untouched", command: "TERM=xterm vim /etc/services", isWork: false),
    Program(name: "less", command: "TERM=xterm less /etc/services", isWork: false),
    Program(name: "top", command: "TERM=xterm top", isWork: false),
    Program(name: "top -d 1", command: "TERM=xterm top -d 1", isWork: false),
    Program(name: "watch date", command: "TERM=xterm watch date", isWork: false),
    Program(
        name: "watch -n 1 ls -l /etc",
        command: "TERM=xterm watch -n 1 ls -l /etc",
        isWork: false
    ),
    Program(
        name: "tail -f of a line a second",
        command: "(while :; do date; sleep 1; done) | tail -f",
        isWork: false
    ),
    Program(name: "python3", command: "/usr/bin/python3 -q", isWork: false),
    Program(name: "ping", command: "ping 127.0.0.1", isWork: false),
    Program(name: "bash in bash", command: "bash --norc", isWork: false),
    Program(
        name: "sudo, asking for a password",
        command: "setpriv --reuid 65534 --clear-groups sudo -S -p '' true",
        isWork: false
    ),
    Program(name: "yes in the background", command: "yes >/dev/null & true", isWork: false),
    Program(name: "make (gcc, one file after the other)", command: build, isWork: true),
    Program(name: "yes >/dev/null", command: "yes >/dev/null", isWork: true),
    Program(
        name: "the same in script(1)",
        command: "script -qc 'yes >/dev/null' /dev/null",
        isWork: true
    ),
    Program(
        name: "the same in tmux",
        command: "TERM=xterm tmux -f /dev/null -L lapse-bench new-session 'yes >/dev/null'",
        isWork: true
    ),
    Program(name: "the same in sudo", command: "sudo -n yes >/dev/null", isWork: true),
    Program(name: "tar | gzip", command: "tar -c /usr 2>/dev/null | gzip >/dev/null", isWork: true),
    Program(
        name: "find / again and again",
        command: "while :; do find / -xdev >/dev/null; done",
        isWork: true
    ),
    Program(name: "dpkg --verify", command: "while :; do dpkg --verify; done", isWork: true),
    Program(name: "a loop of short programs", command: "while :; do /bin/true; done", isWork: true),
    Program(
        name: "curl from a server at 100 KB/s",
        command:
            "perl -e '\(slowServer)' & sleep 0.5; curl -s -o /dev/null http://127.0.0.1:18767/",
        isWork: true
    ),
    Program(
        name: "dd of 100 KB/s",
        command: "perl -e '\(slowWriter)' | dd of=/dev/null bs=4k",
        isWork: true
    ),
]

/// Runs a program, looks at it every three seconds and prints what it was taken for; false if that
/// is wrong.
func judge(_ program: Program) -> Bool {
    let scene = Scene(shells, typing: program.command)
    // Start-up is work for a moment.
    scene.rest(3)
    _ = scene.look()
    var samples = ""
    for _ in 0..<4 {
        scene.rest(3)
        samples += scene.look().work == nil ? "-" : "W"
    }
    RunningProgram(["/bin/sh", "-c", "tmux -L lapse-bench kill-server 2>/dev/null; true"]).wait()
    let isRight = samples.allSatisfy { $0 == (program.isWork ? "W" : "-") }
    let padding = String(repeating: " ", count: max(1, 37 - program.name.count))
    let verdict = program.isWork ? "work" : "idle"
    print("\(program.name)\(padding)\(verdict)     \(samples)   \(isRight ? "ok" : "WRONG")")
    return isRight
}
