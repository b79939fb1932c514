import Glibc

/// A login whose shell is a program of the test's choice, on a terminal of its own.
package final class TerminalLogin {
    /// bash without its start files, as a user gets it, but for the editing of lines.
    package static let shell = ["/bin/bash", "--norc", "--noprofile", "--noediting", "-i"]
    package let pty = PtyPair()
    package let family: ProcessFamily
    private var seen = ""

    package init(_ program: [String] = shell, uid: UInt32 = 0) {
        chown(pty.path, uid, 5)
        family = ProcessFamily(["run", pty.path, "\(uid)"] + program)
    }

    /// Types a line.
    package func type(_ line: String) {
        let bytes = Array((line + "\n").utf8)
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
