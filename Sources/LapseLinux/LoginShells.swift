/// The programs of shells(5): what a terminal shows between two commands.
package struct LoginShells {
    private static let path = "/etc/shells"
    /// Lines that are read; a host has a dozen.
    package static let shellsMax = 256
    private var file: FileFacts?
    /// Where they lie, links followed: /bin/sh may be dash.
    private var programs: Set<String> = []

    package init() {}

    /// Whether a process runs one of them; false for one that is gone.
    ///
    /// The list is read again when another file has taken its place. A shell that is not in it is
    /// taken for a job: it then decides by what it does.
    package mutating func are(runBy pid: Int32) -> Bool {
        let current = FileFacts(Self.path, follows: true)
        if current != file || file == nil {
            file = current
            programs = Self.programs(in: SmallFile.read(Self.path) ?? [])
        }
        return ExecutablePath(pid: pid).map { programs.contains($0.path) } ?? false
    }

    /// The programs of a list, where they lie and where their links lead.
    ///
    /// Debian lists `tmux` and `screen` there: those are no shells for this purpose, since they
    /// show others.
    package static func programs(in list: [UInt8]) -> Set<String> {
        let lines = list.split(separator: UInt8(ascii: "\n")).prefix(shellsMax)
            .filter { $0.first == UInt8(ascii: "/") }
            .map { String(decoding: $0, as: UTF8.self) }
        return Set(lines + lines.compactMap { Link.end(of: $0) })
            .filter { path in !multiplexers.contains { path.hasSuffix("/\($0)") } }
    }

    private static let multiplexers = ["screen", "tmux"]
}
