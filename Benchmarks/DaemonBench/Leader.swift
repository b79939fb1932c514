import ControlFixture
import Glibc
import LapseWire
import LinuxFixture

/// A process that leads a session, in an audit session of its own where the kernel gives it one,
/// with a child that ignores HUP and TERM.
final class Leader {
    private let program: RunningProgram
    private let said: PipeEnds

    init(_ host: BusyHost) {
        said = PipeEnds()
        program = RunningProgram(
            [ProgramRun.built("daemon-bench"), "leader", host.reports],
            streams: [STDOUT_FILENO: said.write]
        )
    }

    func untilOpen() {
        var byte: UInt8 = 0
        guard read(said.read, &byte, 1) == 1 else { BusyHost.stop("a leader could not log in") }
    }

    func clean() {
        program.signal(SIGKILL)
        program.wait()
    }

    /// What the process does.
    static func run(_ reports: String) -> Never {
        let file = open("/proc/self/loginuid", O_WRONLY)
        // Where it cannot be set the daemon goes by the tree below the leader.
        _ = write(file, "\(BusyHost.firstUID)", 5)
        close(file)
        let child = RunningProgram(["/bin/sh", "-c", "trap '' HUP TERM; exec sleep 120"])
        let desk = Desk(path: reports)
        _ = desk.session(desk.answer(on: desk.ask(.opened(desk.opened(0)))))
        _ = write(STDOUT_FILENO, "x", 1)
        child.wait()
        exit(0)
    }
}
