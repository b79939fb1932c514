import Glibc
import LapseCore
import LapseLinux
import LinuxFixture
import Testing

@testable import LapseDaemon

extension Trait where Self == ConditionTrait {
    /// Leaves a test out, with the reason, where it is not run by root.
    static var needsRoot: Self {
        .enabled(if: Host.rootObstacle == nil, Comment(rawValue: Host.rootObstacle ?? ""))
    }
}

extension SessionFacts {
    /// A session for tests that care for some of its facts.
    static func sample(
        id: UInt64 = 0x12_3456_789A,
        user: String = "alice",
        uid: UInt32 = 1000,
        service: String = "sshd",
        rhost: String = "192.0.2.7",
        tty: String = "ssh",
        leader: ProcessIdentity = ProcessIdentity(pid: 4711, startTicks: 123_456),
        auditSession: UInt32? = nil,
        opened: BootInstant = BootInstant(nanoseconds: 1)
    ) -> SessionFacts {
        SessionFacts(
            id: SessionID(value: id),
            user: user,
            uid: UserID(value: uid),
            service: service,
            rhost: rhost,
            tty: tty,
            leader: leader,
            auditSession: auditSession,
            opened: opened
        )
    }
}

/// The daemon's log with a journal of the test's own at its other end.
final class ReadLog {
    let log: DaemonLog
    private let directory = TemporaryDirectory()
    private let journal: LocalSocket

    init() {
        journal = LocalSocket(.datagram, boundTo: directory.path("journal"))
        let sockets = SystemLog.Sockets(
            journal: directory.path("journal"),
            syslog: directory.path("none")
        )
        log = DaemonLog(SystemLog(.journal, name: "lapsed", sockets: sockets))
    }

    /// The next line's fields in their order, as the journal reads them: one a line of the datagram.
    func fields() throws -> [(name: String, value: String)] {
        let datagram = try #require(journal.receive(max: 1 << 20))
        return datagram.split(separator: 0x0A).map { line in
            let parts = line.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? String(decoding: parts[1], as: UTF8.self) : "?"
            return (String(decoding: parts[0], as: UTF8.self), value)
        }
    }

    /// The next line's message.
    func message() throws -> String {
        try #require(try fields().first { $0.name == "MESSAGE" }).value
    }
}
