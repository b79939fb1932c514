/// A program as `keep-while` names it.
struct ProgramName {
    let text: String
    /// It begins at the root.
    let isPath: Bool
    /// The name of the file: what stands behind the last slash.
    let last: Substring
    /// Bytes of the longest part between slashes.
    let partBytesMax: Int
    /// A part of it is empty, `.` or `..`.
    private let hasDetour: Bool

    /// One pass over the bytes: a slash is a byte, and with a combining mark behind it Swift would
    /// take it for another sign.
    init(_ text: String) {
        self.text = text
        isPath = text.utf8.first == Self.slash
        var lastStart = text.utf8.startIndex
        var (bytes, dots, longest) = (0, 0, 0)
        var hasDetour = false
        for place in text.utf8.indices.dropFirst(isPath ? 1 : 0) {
            let byte = text.utf8[place]
            guard byte == Self.slash else {
                bytes += 1
                dots += byte == UInt8(ascii: ".") ? 1 : 0
                continue
            }
            hasDetour = hasDetour || Self.isDetour(bytes, dots)
            longest = max(longest, bytes)
            (bytes, dots) = (0, 0)
            lastStart = text.utf8.index(after: place)
        }
        if isPath && lastStart == text.utf8.startIndex {
            lastStart = text.utf8.index(after: lastStart)
        }
        last = text[lastStart...]
        partBytesMax = max(longest, bytes)
        self.hasDetour = hasDetour || Self.isDetour(bytes, dots)
    }

    private static let slash = UInt8(ascii: "/")

    private static func isDetour(_ bytes: Int, _ dots: Int) -> Bool { bytes <= 2 && dots == bytes }

    private var hasSlash: Bool { last.startIndex != text.startIndex }

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
        if !isPath && hasSlash {
            return "a name has no slash, and a path begins with one, as in \"/usr/bin/make\""
        }
        if last.isEmpty {
            return "that is a folder"
        }
        if hasDetour {
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
            let own = wanted.utf8.first == UInt8(ascii: "/") ? executable[...] : name.last
            return wanted.utf8.elementsEqual(own.utf8)
        }
    }
}
