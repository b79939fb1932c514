import Glibc

/// A login whose shell is a program of the test's choice, on a terminal of its own.
package final class TerminalLogin {
    /// bash without its start files, as a user gets it, but for the editing of lines.
    package static let shell = ["/bin/bash", "--norc", "--noprofile", "--noediting", "-i"]
    package let pty = PtyPair()
    package let family: ProcessFamily
    private var seen = ""

    /// How it came about.
    package enum Way: String, Sendable {
        /// sshd's: the shell leads the kernel session of the terminal.
        case run
        /// login(1)'s of Debian: the leader does, and the shell is in it.
        case console
    }

    package init(
        _ program: [String] = shell,
        uid: UInt32 = 0,
        by way: Way = .run,
        descriptors: [Int32: Int32] = [:]
    ) {
        chown(pty.path, uid, 5)
        let scene = [way.rawValue, pty.path, "\(uid)"] + program
        family = ProcessFamily(scene, descriptors: descriptors)
    }

    /// Types a line.
    package func type(_ line: String) {
        press(line + "\n")
    }

    /// Types keys.
    package func press(_ keys: String) {
        let bytes = Array(keys.utf8)
        precondition(write(pty.master, bytes, bytes.count) == bytes.count, "A pty takes keys.")
    }

    /// Waits until a text is shown, after what was waited for before; false if it does not come
    /// within ten seconds.
    package func shows(_ text: String) -> Bool {
        for _ in 0..<100 {
            seen += pty.shown(patience: 100)
            let words = Array(seen.utf8)
            let wanted = Array(text.utf8)
            for start in words.indices where words[start...].starts(with: wanted) {
                seen = String(decoding: words[(start + wanted.count)...], as: UTF8.self)
                return true
            }
        }
        return false
    }
}
