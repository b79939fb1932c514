/// What /proc/PID/stat says of a process (proc(5)); only what Lapse needs.
package struct ProcessStat: Equatable, Sendable {
    package let pid: Int32
    /// The command's name, at most 15 bytes, chosen by the process itself: for people only.
    package let name: String
    /// The state letter of proc(5): `R`, `S`, `D`, `T` (stopped), `t`, `Z` and others.
    package let state: UInt8
    package let parent: Int32
    package let sessionLeader: Int32
    /// The controlling terminal's device number as the kernel encodes it here, 0 for none.
    package let terminal: UInt32
    /// Clock ticks after boot.
    package let startTicks: UInt64

    /// Reads it; nil if the process is gone.
    package static func read(pid: Int32) -> ProcessStat? {
        SmallFile.read("/proc/\(pid)/stat").flatMap { parse($0) }
    }

    /// The name stands in parentheses and may itself hold any byte, so the fields after it begin
    /// at the last `)`.
    package static func parse(_ bytes: [UInt8]) -> ProcessStat? {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")),
            let close = bytes.lastIndex(of: UInt8(ascii: ")")), open < close,
            let pid = number(bytes[..<open].dropLast(1))
        else { return nil }
        let fields = bytes[(close + 1)...].split(separator: UInt8(ascii: " "))
        // Fields 3 (state), 4 (ppid), 6 (session), 7 (tty_nr) and 22 (starttime) of proc(5).
        guard fields.count > 19, let state = fields[0].first,
            let parent = number(fields[1]), let leader = number(fields[3]),
            let terminal = number(fields[4]), let start = number(fields[19])
        else { return nil }
        return ProcessStat(
            pid: Int32(truncatingIfNeeded: pid),
            name: String(decoding: bytes[(open + 1)..<close], as: UTF8.self),
            state: state,
            parent: Int32(truncatingIfNeeded: parent),
            sessionLeader: Int32(truncatingIfNeeded: leader),
            terminal: UInt32(truncatingIfNeeded: terminal),
            startTicks: UInt64(bitPattern: start)
        )
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        Int64(String(decoding: digits, as: UTF8.self))
    }
}
