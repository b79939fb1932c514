import CStage
import ControlFixture
import Glibc
import LapseLockWire
import LinuxFixture
import LockFixture
import Testing

/// A locked terminal: the real program on a real pty, and this test in the place of the daemon.
///
/// /etc/pam.d, /etc/passwd and /etc/shadow are private ones, in a mount namespace of the program's
/// own; those of this machine stay as they are.
final class LockedTerminal {
    /// The user's, in /etc/shadow.
    static let password = "open sesame"
    static let unix = "auth required pam_unix.so nodelay\naccount required pam_unix.so\n"

    let program: RunningProgram
    private(set) var screen: TextScreen
    /// All that was written to the terminal.
    private(set) var output: [UInt8] = []
    /// All that the locker has said.
    private(set) var messages: [LockMessage] = []
    /// The daemon's end of the socket has nothing more to give.
    private(set) var isEnded = false
    let path: String

    private let directory = TemporaryDirectory()
    private var pty: PtyPair?
    private var daemon: Int32

    /// Locks a terminal, with this file for the PAM service; `MODULE` in it is the tests' own module,
    /// `DIRECTORY` a private directory.
    init(
        _ stack: String = unix,
        rows: Int = 24,
        columns: Int = 80,
        isUTF8: Bool = true,
        isAgain: Bool = false,
        screen known: LockMessage.Screen = .unknown,
        isReady: Bool = true,
        user: String = "ada",
        lines: [String] = ["This terminal is locked.", "ada on host, since 14:03."],
        moduleSeconds: Int? = nil
    ) throws {
        let pty = PtyPair()
        path = pty.path
        screen = TextScreen(rows: rows, columns: columns)
        Self.prepare(pty.slave, isUTF8: isUTF8)
        var ends: [Int32] = [0, 0]
        // SOCK_SEQPACKET and SOCK_CLOEXEC of <bits/socket_type.h>.
        precondition(socketpair(AF_UNIX, 5 | 0o2000000, 0, &ends) == 0, "There are sockets.")
        daemon = ends[0]
        Self.write(stack, to: directory)
        program = RunningProgram(
            try Self.words(directory.path, moduleSeconds: moduleSeconds),
            environment: ["SECRET=environment"],
            streams: [0: ends[1]]
        )
        close(ends[1])
        self.pty = pty
        resize(rows: rows, columns: columns)
        send(
            .lock(
                LockMessage.Lock(
                    service: Array("lapse-unlock".utf8),
                    user: Array(user.utf8),
                    tty: Array(pty.path.utf8),
                    rhost: Array("client.example".utf8),
                    isAgain: isAgain,
                    screen: known,
                    lines: lines.map { Array($0.utf8) }
                )
            ),
            descriptor: pty.slave
        )
        if isReady { #expect(wait(for: .ready), "the locker is ready") }
    }

    deinit {
        program.signal(SIGKILL)
        program.wait()
        if daemon >= 0 { close(daemon) }
    }

    /// As the daemon does it: no echo, no lines, no signals.
    private static func prepare(_ terminal: Int32, isUTF8: Bool) {
        var modes = termios()
        tcgetattr(terminal, &modes)
        cfmakeraw(&modes)
        // IUTF8 of <bits/termios-c_iflag.h>.
        modes.c_iflag = isUTF8 ? modes.c_iflag | 0o40000 : modes.c_iflag & ~0o40000
        tcsetattr(terminal, TCSANOW, &modes)
    }

    private static func write(_ stack: String, to directory: TemporaryDirectory) {
        mkdir(directory.path("pam.d"), 0o755)
        mkdir(directory.path("tally"), 0o755)
        let module = ProgramRun.built("libpam_locktest.so")
        let text = stack.replacing("MODULE", with: module)
            .replacing("DIRECTORY", with: directory.path)
        directory.write("pam.d/lapse-unlock", text)
        directory.write("pam.d/other", "auth required pam_deny.so\naccount required pam_deny.so\n")
        directory.write("text", "Beware of the leopard.\n", mode: 0o644)
        let users = ["root:x:0:0::/:/bin/sh", "ada:x:20001:20001::/:/bin/sh"]
        directory.write("passwd", users.joined(separator: "\n") + "\n", mode: 0o644)
        // crypt(3): SHA-512, 1000 rounds, of `password`.
        let hash =
            "$6$rounds=1000$lapse$HUdlmwahEwOAl9ovXRYIQix0J8XrQRZrdNNhOxxCNL3PB5zd2L/R3"
            + ".xP3nZYdfu5jM/6CzIduAfpl1BayS.f1/"
        directory.write("shadow", "root:*:19000::::::\nada:\(hash):19000::::::\n")
        directory.write(
            "nsswitch.conf",
            "passwd: files\ngroup: files\nshadow: files\n",
            mode: 0o644
        )
    }

    /// The release build, as `scripts/build-lock.sh` leaves it, and never a skip without one.
    private static func words(_ directory: String, moduleSeconds: Int?) throws -> [String] {
        let set = getenv("LAPSE_LOCK").map { String(cString: $0) } ?? ""
        try #require(
            access(set, X_OK) == 0,
            "run 'scripts/build-lock.sh OUT', and give LAPSE_LOCK=OUT/lapse-lock, as make test does"
        )
        let mounts = """
            for name in pam.d passwd shadow nsswitch.conf; do
                mount --bind "$1/$name" "/etc/$name"
            done
            shift
            exec "$@"
            """
        let limit = moduleSeconds.map { ["--module-seconds", String($0)] } ?? []
        return ["/usr/bin/unshare", "--mount", "--propagation", "private"]
            + ["/bin/sh", "-ec", mounts, "sh", directory, set] + limit
    }
}

// MARK: - The daemon

extension LockedTerminal {
    func send(_ message: LockMessage, descriptor: Int32? = nil) {
        let packet = message.encode() ?? []
        send(packet, descriptor: descriptor)
    }

    func send(_ packet: [UInt8], descriptor: Int32? = nil) {
        var packet = packet
        // One descriptor in a control message: cmsghdr of cmsg(3), whose macros Swift has not.
        var control: [UInt64] = [20, UInt64(SOL_SOCKET) | UInt64(1) << 32, UInt64(descriptor ?? 0)]
        let sent = packet.withUnsafeMutableBytes { bytes in
            control.withUnsafeMutableBytes { room in
                var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    var header = msghdr()
                    header.msg_iov = part
                    header.msg_iovlen = 1
                    if descriptor != nil {
                        header.msg_control = room.baseAddress
                        header.msg_controllen = room.count
                    }
                    // SAFETY: all that the header points to outlives the call.
                    return sendmsg(daemon, &header, Int32(MSG_NOSIGNAL))
                }
            }
        }
        #expect(sent == packet.count, "the locker takes a packet")
    }

    /// The daemon dies.
    func hangUpDaemon() {
        close(daemon)
        daemon = -1
    }

    var failures: Int { messages.count { if case .failed = $0 { true } else { false } } }
    var isVerified: Bool { messages.contains(.verified) }
}

// MARK: - The terminal

extension LockedTerminal {
    /// Types, and looks at what comes of it, however much it is.
    func type(_ bytes: some Sequence<UInt8>) {
        guard let pty else { return }
        var rest = Array(bytes)[...]
        _ = fcntl(pty.master, F_SETFL, O_RDWR | O_NONBLOCK)
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(pty.master, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) }
            if count < 0 { waitForRoom(pty.master) }
            look(milliseconds: 0)
        }
    }

    /// Until the terminal takes keys or has something to show.
    private func waitForRoom(_ master: Int32) {
        var entry = pollfd(fd: master, events: Int16(POLLIN | POLLOUT), revents: 0)
        poll(&entry, 1, 100)
    }

    func type(_ text: String) { type(Array(text.utf8)) }

    /// Writes a part, and does not wait for anything that comes of it.
    func typeAtOnce(_ text: String) {
        guard let pty else { return }
        let count = Glibc.write(pty.master, text, text.utf8.count)
        #expect(count == text.utf8.count)
    }

    /// The window gets another size.
    func resize(rows: Int, columns: Int) {
        guard let pty else { return }
        var size = winsize()
        size.ws_row = UInt16(rows)
        size.ws_col = UInt16(columns)
        // TIOCSWINSZ of <asm-generic/ioctls.h>.
        precondition(ioctl(pty.master, 0x5414, &size) == 0, "A pty takes a size.")
        screen.resize(rows: rows, columns: columns)
    }

    /// The connection is lost.
    func hangUp() { pty = nil }

    func fill() { pty?.fill() }

    /// A program had drawn this.
    func put(_ text: String, row: Int) { screen.put(text, row: row) }

    func allowLineEnds() { screen.mayEndLines = true }
}

// MARK: - Time

extension LockedTerminal {
    /// Takes what the locker writes and says.
    func look(milliseconds: Int32) {
        var entries = [
            pollfd(fd: isEnded ? -1 : daemon, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pty?.master ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&entries, 2, milliseconds) > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 65536)
        if entries[1].revents != 0, let pty {
            let count = read(pty.master, &bytes, bytes.count)
            if count > 0 {
                output += bytes[..<count]
                screen.feed(bytes[..<count])
            }
        }
        guard entries[0].revents != 0 else { return }
        let count = recv(daemon, &bytes, bytes.count, 0)
        if count > 0, let message = LockMessage.decode(Array(bytes[..<count])) {
            messages.append(message)
        } else {
            isEnded = true
        }
    }

    /// Lets time pass.
    func pass(milliseconds: Int) {
        let end = Self.now + milliseconds
        while Self.now < end { look(milliseconds: Int32(max(1, end - Self.now))) }
    }

    /// Waits for something, ten seconds at most.
    @discardableResult
    func wait(until isThere: () -> Bool) -> Bool {
        let end = Self.now + 10_000
        while !isThere(), Self.now < end { look(milliseconds: 20) }
        return isThere()
    }

    func wait(for message: LockMessage) -> Bool { wait { messages.contains(message) } }

    /// The same with a terminal that nobody reads.
    func waitWithoutReading(for message: LockMessage) -> Bool {
        let kept = pty
        pty = nil
        defer { pty = kept }
        return wait(for: message)
    }

    /// Waits for a text where the cursor is.
    func waitAsked(_ prompt: String) -> Bool {
        wait { screen.cursorText.hasSuffix(prompt) }
    }

    func waitShown(_ text: String) -> Bool { wait { screen.shows(text) } }

    /// Its end: the exit status, or 128 + the signal; nil if it does not come.
    func status() -> Int32? {
        wait { program.hasEnded } ? program.wait() : nil
    }

    /// Milliseconds of CLOCK_MONOTONIC.
    static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
