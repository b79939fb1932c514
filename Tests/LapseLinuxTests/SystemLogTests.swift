import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite struct SystemLogTests {
    private let directory = TemporaryDirectory()
    private var sockets: SystemLog.Sockets {
        SystemLog.Sockets(journal: directory.path("journal"), syslog: directory.path("syslog"))
    }

    private static let line = SystemLog.Line(
        .warning,
        "event=fault what=\"a b\"",
        fields: [(name: "EVENT", value: "fault"), (name: "WHAT", value: "a b")]
    )

    private static let journalForm = """
        PRIORITY=4
        SYSLOG_FACILITY=10
        SYSLOG_IDENTIFIER=lapsed
        MESSAGE=event=fault what="a b"
        LAPSE_EVENT=fault
        LAPSE_WHAT=a b

        """

    private static var syslogForm: String {
        // authpriv (10) * 8 + warning (4), RFC 3164, section 4.1.1.
        "<84>lapsed[\(getpid())]: event=fault what=\"a b\""
    }

    private func write(_ target: SystemLog.Target) {
        SystemLog(target, name: "lapsed", sockets: sockets).write(Self.line)
    }

    @Test func `the journal gets the line and its fields`() {
        let journal = LocalSocket(.datagram, boundTo: sockets.journal)
        write(.journal)
        #expect(journal.text() == Self.journalForm)
    }

    @Test func `syslog gets priority, tag, pid and the line`() {
        let syslog = LocalSocket(.datagram, boundTo: sockets.syslog)
        write(.syslog)
        #expect(syslog.text() == Self.syslogForm)
    }

    @Test func `the journal comes first where both are, syslog where it is alone`() {
        let syslog = LocalSocket(.datagram, boundTo: sockets.syslog)
        do {
            let journal = LocalSocket(.datagram, boundTo: sockets.journal)
            write(.auto)
            #expect(journal.text() == Self.journalForm)
        }
        // The journal's socket is still a name, and nobody is behind it.
        write(.auto)
        #expect(syslog.text() == Self.syslogForm)
    }

    @Test(arguments: SystemLog.Target.allCases)
    func `a line that no log takes goes to standard error`(target: SystemLog.Target) async throws {
        let result = await #expect(
            processExitsWith: .success,
            observing: [\.standardErrorContent]
        ) { [target = target.rawValue as String, path = directory.path as String] in
            let sockets = SystemLog.Sockets(journal: path + "/none", syslog: path + "/nobody")
            let target = try #require(SystemLog.Target(rawValue: target))
            SystemLog(target, name: "lapsed", sockets: sockets).write(SystemLog.Line(.error, "x=y"))
        }
        let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(errors == "lapsed: x=y\n")
    }

    @Test func `a log that does not read is not waited for`() async throws {
        let syslog = LocalSocket(.datagram, boundTo: sockets.syslog)
        let result = await #expect(
            processExitsWith: .success,
            observing: [\.standardErrorContent]
        ) { [path = sockets.syslog as String] in
            let log = SystemLog(
                .syslog,
                name: "lapsed",
                sockets: SystemLog.Sockets(journal: path, syslog: path)
            )
            // More than the queue of a datagram socket takes (net.unix.max_dgram_qlen).
            for number in 0..<2000 { log.write(SystemLog.Line(.info, "number=\(number)")) }
        }
        let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(syslog.text()?.hasSuffix("]: number=0") == true)
        // What did not fit is not lost.
        #expect(errors.hasSuffix("lapsed: number=1999\n"))
    }
}

@Suite struct ServiceManagerTests {
    private let directory = TemporaryDirectory()

    private func notify(_ state: String, socket: String) async {
        await #expect(processExitsWith: .success) {
            [state = state as String, socket = socket as String] in
            setenv("NOTIFY_SOCKET", socket, 1)
            ServiceManager.notify(state)
        }
    }

    @Test func `the service manager is told in one datagram`() async {
        let manager = LocalSocket(.datagram, boundTo: directory.path("notify"))
        await notify("READY=1", socket: directory.path("notify"))
        #expect(manager.text() == "READY=1")
    }

    @Test func `an address that begins with @ is an abstract one`() async {
        let name = "lapse-test-\(getpid())-\(RandomBytes.word())"
        let manager = LocalSocket(.datagram, boundTo: "\0\(name)")
        await notify("STOPPING=1", socket: "@\(name)")
        #expect(manager.text() == "STOPPING=1")
    }

    private static let nowhere = ["", "/nowhere/notify", "@lapse-nobody", "vsock:2:1234", "@"]

    @Test(arguments: nowhere + [String(repeating: "x", count: 200)])
    func `without a manager nothing is told and nothing fails`(socket: String) async {
        await notify("READY=1", socket: socket)
    }
}
