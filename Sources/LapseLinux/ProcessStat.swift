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
    ///
    /// A line that breaks off or holds a number beyond its type is no process: a start time that
    /// lost digits would name another one.
    package static func parse(_ bytes: [UInt8]) -> ProcessStat? {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")),
            let close = bytes.lastIndex(of: UInt8(ascii: ")")), open < close,
            bytes[..<open].last == UInt8(ascii: " "),
            let pid: Int32 = number(bytes[..<open].dropLast(1))
        else { return nil }
        let fields = bytes[(close + 1)...].split(separator: UInt8(ascii: " "))
        // Fields 3 (state), 4 (ppid), 6 (session), 7 (tty_nr, printed signed) and 22 (starttime) of
        // proc(5); more follow, so that the last of these is whole.
        guard fields.count > 20, let state = fields[0].first,
            let parent: Int32 = number(fields[1]), let leader: Int32 = number(fields[3]),
            let terminal: Int32 = number(fields[4]), let start: UInt64 = number(fields[19])
        else { return nil }
        return ProcessStat(
            pid: pid,
            name: String(decoding: bytes[(open + 1)..<close], as: UTF8.self),
            state: state,
            parent: parent,
            sessionLeader: leader,
            terminal: UInt32(bitPattern: terminal),
            startTicks: start
        )
    }

    private static func number<Number: FixedWidthInteger>(_ digits: ArraySlice<UInt8>) -> Number? {
        Number(String(decoding: digits, as: UTF8.self))
    }
}
