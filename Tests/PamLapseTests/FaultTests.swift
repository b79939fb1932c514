import Testing

/// Every way in which the daemon can fail: the user gets in and the log says why, or, with
/// `required`, he does not and is told.
@Suite struct FaultTests {
    struct Fault: CustomTestStringConvertible, Sendable {
        /// What `fake-lapsed` does; nil for no daemon at all.
        let behaviour: String?
        /// What the log must say.
        let words: String
        var arguments: [String] = []
        var isFrozen = false
        /// In milliseconds, where the module has to wait it out.
        var waits = 0

        var testDescription: String { isFrozen ? "stopped" : behaviour ?? "absent" }
    }

    static let faults: [Fault] = [
        Fault(behaviour: nil, words: "cannot be reached at"),
        Fault(behaviour: "hang", words: "did not answer within 200 ms", waits: 200),
        Fault(
            behaviour: "allow",
            words: "did not answer within 200 ms",
            isFrozen: true,
            waits: 200
        ),
        Fault(behaviour: "full", words: "took no connection within 200 ms", waits: 200),
        Fault(behaviour: "close", words: "closed the connection without an answer"),
        Fault(behaviour: "mute", words: "closed the connection without an answer"),
        Fault(
            behaviour: "random",
            words: "answer cannot be read: it does not begin as a Lapse frame"
        ),
        Fault(behaviour: "short", words: "the header announces 34 bytes, there are 3"),
        Fault(behaviour: "version", words: "the frame is of version 9, understood is 1"),
        Fault(behaviour: "oversized", words: "the frame has 8193 bytes, at most 8192 are allowed"),
        Fault(behaviour: "noted", words: "answered another question"),
        Fault(
            behaviour: "unable",
            words: "could not decide: 'the table is full'",
            arguments: ["the table is full"]
        ),
        Fault(
            behaviour: "allow",
            words: "is served by uid 65534, not by root",
            arguments: ["--uid", "65534"]
        ),
    ]

    private static func run(_ fault: Fault, _ arguments: String) throws -> (PamHost, [String]) {
        let directory = try ServiceDirectory(arguments: "timeout=200ms " + arguments)
        guard let behaviour = fault.behaviour else { return (try PamHost(directory), []) }
        let daemon = try FakeDaemonProcess(at: directory.socket, behaviour, fault.arguments)
        if fault.isFrozen { daemon.freeze() }
        let host = try PamHost(directory)
        return (host, try daemon.seen())
    }

    private static func expectWait(_ host: PamHost, _ fault: Fault) throws {
        let milliseconds = try host.number("longest-open-us") / 1000
        #expect(milliseconds >= fault.waits)
        // Far from the deadline of a wait that was forgotten, near enough for a busy machine.
        #expect(milliseconds < fault.waits + 1500)
    }

    @Test(arguments: faults)
    func `a fault lets the user in and is logged in one line`(fault: Fault) throws {
        let (host, seen) = try Self.run(fault, "")
        #expect(host.opened == ["PAM_PERM_DENIED 1"], "the lone module ignored the call")
        #expect(host.closed == ["PAM_PERM_DENIED 1"])
        #expect(host.log.count == 1)
        let line = host.log.first ?? ""
        #expect(line.hasPrefix("4 pam_lapse(sshd:session): user 'nobody' is let in unwatched: "))
        #expect(line.contains(fault.words))
        #expect(host.errors.isEmpty && host.infos.isEmpty && host.session.isEmpty)
        #expect(try host.traces().isEmpty)
        try Self.expectWait(host, fault)
        if fault.arguments.contains("--uid") {
            #expect(!seen.contains { $0.hasPrefix("opened") }, "a stranger was told of the login")
        }
    }

    @Test(arguments: faults)
    func `the same fault with required refuses the user with a clear word`(fault: Fault) throws {
        let (host, _) = try Self.run(fault, "required")
        #expect(host.opened == ["PAM_SESSION_ERR 1"])
        #expect(host.errors.count == 1)
        #expect(host.errors.first?.hasPrefix("This session cannot be opened: ") == true)
        #expect(host.log.count == 1)
        let line = host.log.first ?? ""
        #expect(line.hasPrefix("3 pam_lapse(sshd:session): user 'nobody' is refused: "))
        #expect(line.contains(fault.words))
        #expect(host.session.isEmpty)
        #expect(try host.traces().isEmpty)
        try Self.expectWait(host, fault)
    }

    @Test(arguments: ["hang", "full", "allow"])
    func `signals that cut every wait short move neither deadline nor result`(
        behaviour: String
    ) throws {
        let directory = try ServiceDirectory(arguments: "timeout=200ms")
        let daemon = try FakeDaemonProcess(at: directory.socket, behaviour)
        let host = try PamHost(directory, "sshd", "--interrupt")
        let isIn = behaviour == "allow"
        #expect(host.opened == [isIn ? "PAM_SUCCESS 1" : "PAM_PERM_DENIED 1"])
        #expect(try host.traces().isEmpty)
        let milliseconds = try host.number("longest-open-us") / 1000
        #expect(isIn || (200..<1700).contains(milliseconds))
        _ = daemon
    }

    @Test func `a socket path that is a directory or a file is a fault like any other`() throws {
        for path in ["/", "/dev/null", "/no/such/folder/report"] {
            let directory = try ServiceDirectory(arguments: "socket=\(path)")
            let host = try PamHost(directory)
            #expect(host.opened == ["PAM_PERM_DENIED 1"])
            #expect(host.log.count == 1)
            #expect(host.log.first?.contains("lapsed cannot be reached at '\(path)': ") == true)
        }
    }
}
