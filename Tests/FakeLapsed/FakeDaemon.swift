internal import Glibc
internal import LapseWire

/// One thread, one connection after the other; it ends the process when a call fails.
struct FakeDaemon {
    private let behaviour: Behaviour
    private let listener: Int32
    private let seen: Int32
    private var session: UInt64 = 0x1234
    /// Connections that are kept open without an answer, the oldest first.
    private var held: [Int32] = []

    /// More than the most that a test leaves hanging at one time.
    private static let heldMax = 512

    init(_ behaviour: Behaviour) {
        self.behaviour = behaviour
        if behaviour.uid != 0 {
            check(setuid(behaviour.uid), "setuid")
        }
        seen = creat(behaviour.path + ".seen", 0o644)
        check(seen, "creat")
        listener = seqpacket()
        unlink(behaviour.path)
        check(FakeDaemon.call(bind, listener, behaviour.path), "bind")
        check(listen(listener, behaviour.kind == .full ? 0 : 512), "listen")
        if behaviour.kind == .full { fillQueue() }
    }

    mutating func run() {
        print("ready")
        fflush(nil)
        while true {
            var entries = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
            ]
            let isListening = behaviour.kind != .full
            check(poll(&entries, isListening ? 2 : 1, -1), "poll")
            if entries[0].revents != 0 { exit(0) }
            guard isListening, entries[1].revents != 0 else { continue }
            let connection = accept(listener, nil, nil)
            check(connection, "accept")
            serve(connection)
        }
    }

    private mutating func serve(_ connection: Int32) {
        guard behaviour.kind != .close else {
            say("connection")
            close(connection)
            return
        }
        var frame = [UInt8](repeating: 0, count: WireLimits.frameMax)
        let length = recv(connection, &frame, frame.count, 0)
        guard length > 0 else {
            say("left")
            close(connection)
            return
        }
        do {
            let report = try Report.decode([UInt8](frame[..<length]))
            describe(report)
            session += 1
            // Gone before the answer, so that the next connection finds nobody for certain.
            if behaviour.kind == .once { close(listener) }
            if let answer = behaviour.answer(to: report, session: session) {
                send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
            }
        } catch {
            say("malformed \(error)")
        }
        if behaviour.kind == .once { exit(0) }
        guard behaviour.kind == .hang else {
            close(connection)
            return
        }
        held.append(connection)
        if held.count > FakeDaemon.heldMax { close(held.removeFirst()) }
    }

    private func describe(_ report: Report) {
        switch report {
        case .opened(let opened), .nested(let opened):
            let isNested = if case .nested = report { true } else { false }
            say(
                "\(isNested ? "nested" : "opened") uid=\(opened.uid) user=\(text(opened.user)) service=\(text(opened.service))"
                    + " tty=\(text(opened.tty)) rhost=\(text(opened.rhost))"
                    + " ruser=\(text(opened.ruser)) auth=\(text(opened.authInfo))"
                    + " cut=\(opened.cut.rawValue)"
            )
        case .closed(let closed):
            say("closed \(text(SessionName.encode(closed.session))) token=\(closed.token.bytes)")
        }
    }

    private func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).replacing("\n", with: "|")
    }

    private func say(_ line: String) {
        guard behaviour.kind != .quiet else { return }
        let record = line + "\n"
        check(Int32(truncatingIfNeeded: write(seen, record, record.utf8.count)), "write")
    }

    /// Connects to itself until nobody else can.
    private func fillQueue() {
        while true {
            let client = seqpacket()
            check(fcntl(client, F_SETFL, O_NONBLOCK), "fcntl")
            guard FakeDaemon.call(connect, client, behaviour.path) != 0 else { continue }
            guard errno == EAGAIN else { fail("connect") }
            return
        }
    }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32,
        _ descriptor: Int32,
        _ path: String
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the copy stops at the end of the field and leaves its last byte zero.
        withUnsafeMutableBytes(of: &address.sun_path) { field in
            field.copyBytes(from: path.utf8.prefix(field.count - 1))
        }
        // SAFETY: sockaddr_un begins as sockaddr does; the size given is its own.
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

private func seqpacket() -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0)
    check(descriptor, "socket")
    return descriptor
}

private func check(_ result: Int32, _ call: String) {
    if result < 0 && errno != EINTR { fail(call) }
}

private func fail(_ call: String) -> Never {
    perror("fake-lapsed: \(call)")
    exit(1)
}
