import ControlFixture
import Glibc
import LapseWire
import LinuxFixture

/// A process that leads many sessions, and has nothing else: neither children nor open files.
final class Crowd {
    private let program: RunningProgram
    private let (said, told) = (PipeEnds(), PipeEnds())

    init(_ host: BusyHost, sessions: Int) {
        program = RunningProgram(
            [ProgramRun.built("daemon-bench"), "crowd", host.reports, "\(sessions)"],
            streams: [STDIN_FILENO: told.read, STDOUT_FILENO: said.write]
        )
    }

    deinit {
        program.signal(SIGKILL)
        program.wait()
    }

    /// Waits until all are open, or all are closed.
    func await(_ host: BusyHost) {
        var byte: UInt8 = 0
        guard read(said.read, &byte, 1) == 1, byte == UInt8(ascii: "x") else {
            host.stop("the sessions could not be opened or closed")
        }
    }

    func logOut() {
        _ = write(told.write, "x", 1)
    }

    /// What the process does.
    static func run(_ reports: String, sessions: Int) -> Never {
        let desk = Desk(path: reports)
        var open: [Closed] = []
        var numbers = Array(0..<sessions)[...]
        while !numbers.isEmpty {
            // Logins that are under way at once.
            let batch = numbers.prefix(8)
            numbers = numbers.dropFirst(batch.count)
            let asked = batch.map { desk.ask(.opened(desk.opened($0))) }
            open += asked.map { desk.session(desk.answer(on: $0)) }
        }
        var byte: UInt8 = 0
        guard write(STDOUT_FILENO, "x", 1) == 1, read(STDIN_FILENO, &byte, 1) == 1 else { exit(1) }
        for session in open { _ = desk.answer(on: desk.ask(.closed(session))) }
        _ = write(STDOUT_FILENO, "x", 1)
        // Until who asked for it is gone.
        while read(STDIN_FILENO, &byte, 1) > 0 {}
        exit(0)
    }
}

/// Where sessions are reported.
struct Desk {
    let path: String

    func opened(_ place: Int) -> Opened {
        let user = place % BusyHost.users
        let report = try? Opened(
            uid: UInt32(BusyHost.firstUID + user),
            user: Array("user\(user)".utf8),
            service: Array("sshd".utf8),
            tty: Array("ssh".utf8),
            rhost: Array("10.\(place % 250).1.\(place % 199)".utf8),
            authInfo: Array("publickey ssh-ed25519 AAAA\n".utf8)
        )
        // try?: none of the texts is too long.
        guard let report else { Self.stop("a report has a text that is too long") }
        return report
    }

    func ask(_ report: Report) -> LocalSocket {
        guard let socket = LocalSocket.connected(.packets, to: path) else {
            Self.stop("the daemon does not listen")
        }
        _ = socket.send(report.encode())
        return socket
    }

    func answer(on socket: LocalSocket) -> Answer {
        guard let bytes = socket.receive(), let answer = try? Answer.decode(bytes) else {
            Self.stop("a report was not answered")
        }
        return answer
    }

    func session(_ answer: Answer) -> Closed {
        guard case .allowed(let session, let token) = answer.verdict else {
            Self.stop("a login was not let in: \(String(decoding: answer.text, as: UTF8.self))")
        }
        return Closed(session: session, token: token)
    }

    private static func stop(_ why: String) -> Never { BusyHost.stop(why) }
}
