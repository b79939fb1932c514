import CLinux
import Glibc

/// Where lines of the log go: the journal's own protocol, syslog's datagram, or standard error.
package final class SystemLog {
    /// One line: a sentence-like message and the same facts as fields.
    package struct Line {
        package let priority: Priority
        package let message: String
        /// Upper-case names (systemd.journal-fields(7)) and their values.
        package let fields: [(name: String, value: String)]

        package init(
            _ priority: Priority,
            _ message: String,
            fields: [(name: String, value: String)] = []
        ) {
            self.priority = priority
            self.message = message
            self.fields = fields
        }
    }

    /// syslog(3) levels that Lapse uses.
    package enum Priority: Int32, Sendable {
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
    }

    /// Which way is taken.
    package enum Target: String, Sendable, CaseIterable {
        /// The journal where its socket is, else syslog, else standard error.
        case auto
        case journal
        case syslog
        case stderr
    }

    /// Where the two logs listen.
    package struct Sockets: Sendable {
        package let journal: String
        package let syslog: String

        package init(journal: String, syslog: String) {
            self.journal = journal
            self.syslog = syslog
        }

        /// Those of every host: systemd-journald.socket(8), syslog(3).
        package static let host = Sockets(
            journal: "/run/systemd/journal/socket",
            syslog: "/dev/log"
        )
    }

    /// LOG_AUTHPRIV (RFC 5424 facility 10): who was logged in from where is not for everyone.
    private static let facility: Int32 = 10
    private let target: Target
    private let name: String
    private let sockets: Sockets
    private let socket: Descriptor?

    package init(_ target: Target, name: String, sockets: Sockets = .host) {
        self.target = target
        self.name = name
        self.sockets = sockets
        // Without a socket every line goes to standard error.
        socket = try? Descriptor(lapse_unix_socket_datagram(), from: "socket", on: "datagram")
    }

    /// Writes one line.
    ///
    /// It never waits and never fails: a line that no log takes goes to standard error.
    package func write(_ line: Line) {
        switch target {
        case .stderr: toStandardError(line)
        case .journal: if !toJournal(line) { toStandardError(line) }
        case .syslog: if !toSyslog(line) { toStandardError(line) }
        case .auto: if !toJournal(line), !toSyslog(line) { toStandardError(line) }
        }
    }

    /// `NAME=value` lines (systemd's native protocol, journald.conf family of pages).
    ///
    /// A value with a newline would need the length form; ours are escaped before and have none.
    private func toJournal(_ line: Line) -> Bool {
        var text = "PRIORITY=\(line.priority.rawValue)\nSYSLOG_FACILITY=\(Self.facility)\n"
        text += "SYSLOG_IDENTIFIER=\(name)\nMESSAGE=\(line.message)\n"
        for field in line.fields { text += "LAPSE_\(field.name)=\(field.value)\n" }
        return send(text, to: sockets.journal)
    }

    /// RFC 3164 as the local daemons read it: `<PRI>TAG[PID]: MESSAGE`.
    private func toSyslog(_ line: Line) -> Bool {
        let priority = Self.facility * 8 + line.priority.rawValue
        return send("<\(priority)>\(name)[\(getpid())]: \(line.message)", to: sockets.syslog)
    }

    private func toStandardError(_ line: Line) {
        let bytes = Array("\(name): \(line.message)\n".utf8)
        // The last place there is: if it is closed, the line is lost and nothing else is.
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }

    private func send(_ text: String, to path: String) -> Bool {
        guard let socket else { return false }
        return UnixSocket.sendDatagram(Array(text.utf8), from: socket, to: path)
    }
}
