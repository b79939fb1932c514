/// A program as `keep-while` names it.
struct ProgramName {
    let text: String
    /// It begins at the root.
    let isPath: Bool
    /// What stands between the slashes, without what is empty before the first.
    ///
    /// A slash is a byte: with a combining mark behind it, Swift would take it for another sign.
    let parts: [Substring.UTF8View]

    init(_ text: String) {
        self.text = text
        isPath = text.utf8.first == UInt8(ascii: "/")
        parts = Array(
            text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .dropFirst(isPath ? 1 : 0)
        )
    }

    /// The name of the file.
    var last: String { parts.last.map { String(Substring($0)) } ?? "" }

    /// What to do where no executable can have this name; `nil` if one can.
    ///
    /// It is compared with what /proc/PID/exe says: a path from the root, without detours.
    func fault(in key: String) -> String? {
        if text.isEmpty {
            return "for no program, write `\(key) = []`"
        }
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return "a name has no control characters"
        }
        if text.utf8.contains(UInt8(ascii: "*")) {
            return "names are whole names"
        }
        if !isPath && parts.count > 1 {
            return "a name has no slash, and a path begins with one, as in \"/usr/bin/make\""
        }
        if last.isEmpty {
            return "that is a folder"
        }
        let detours: (Substring.UTF8View) -> Bool = {
            $0.isEmpty || $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8)
        }
        if parts.contains(where: detours) {
            return "write the path without detours, as in \"/usr/bin/make\""
        }
        return nil
    }
}

extension Allowance {
    /// Whether `keepWhile` names a program.
    ///
    /// By its bytes, never by what only looks the same.
    ///
    /// - Parameter executable: its path from the root, as /proc/PID/exe (proc(5)) has it.
    /// - Returns: whether one of the names is its file's, or one of the paths its own.
    package func keepsWhileRunning(_ executable: String) -> Bool {
        let name = ProgramName(executable)
        return keepWhile.contains { wanted in
            wanted.isExactly(ProgramName(wanted).isPath ? executable : name.last)
        }
    }
}
