import ControlFixture
import Glibc

/// A tree of real processes, see main.c of process-family; it ends when the test lets go of it.
package final class ProcessFamily {
    /// The pid of each member by its name; `leader` is always there.
    package private(set) var pids: [String: Int32] = [:]
    /// Whether the leader got an audit session of its own.
    package private(set) var isAudited = false
    private let leader: RunningProgram
    private var life: Int32

    /// Starts a scene and returns when all of it stands; the leader holds `master`, as sshd does.
    package convenience init(_ scene: String..., master: Int32? = nil) {
        self.init(scene, master: master)
    }

    /// Starts a scene of so many words.
    ///
    /// `descriptors` says which descriptor of the test becomes which one of all its members.
    package init(
        _ scene: [String],
        master: Int32? = nil,
        descriptors: [Int32: Int32] = [:]
    ) {
        let (lives, reports) = (PipeEnds(), PipeEnds())
        life = lives.write
        leader = RunningProgram(
            [ProgramRun.built("process-family")] + scene,
            streams: [STDIN_FILENO: lives.read, STDOUT_FILENO: reports.write]
                .merging(master.map { [Self.masterNumber: $0] } ?? [:]) { first, _ in first }
                .merging(descriptors) { first, _ in first }
        )
        close(lives.read)
        close(reports.write)
        for line in Self.text(reports.read).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words[0].hasSuffix("audit") {
                guard words[0] == "audit" else { continue }
                isAudited = words[1] == "1"
            } else {
                pids[String(words[0])] = Int32(words[1])
            }
        }
        close(reports.read)
    }

    deinit {
        end()
    }

    /// See main.c of process-family.
    private static let masterNumber: Int32 = 9

    /// The pid of a member.
    package subscript(_ name: String) -> Int32 {
        guard let pid = pids[name] else { preconditionFailure("There is a \(name): \(pids).") }
        return pid
    }

    /// Ends all of it, and returns when the leader is gone and no zombie is left of it.
    package func end() {
        guard life >= 0 else { return }
        close(life)
        life = -1
        leader.wait()
    }

    /// Kills the leader alone; the others live on.
    package func killLeader() {
        leader.signal(SIGKILL)
        leader.wait()
    }

    private static func text(_ descriptor: Int32) -> String {
        var all: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &bytes, bytes.count)
            if count > 0 { all += bytes[..<count] }
            if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        return String(decoding: all, as: UTF8.self)
    }
}
