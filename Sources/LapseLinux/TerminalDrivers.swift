/// /proc/tty/drivers (proc(5)): which device numbers are terminals at all.
package enum TerminalDrivers {
    /// Whether a person can sit at this device: not /dev/tty, which is everybody's own terminal,
    /// nor the master side of a pty.
    package static func drive(_ device: UInt64) -> Bool {
        let major = (device >> 8) & 0xfff
        let minor = (device & 0xff) | ((device >> 12) & 0xfff00)
        guard let bytes = SmallFile.read("/proc/tty/drivers") else { return false }
        return bytes.split(separator: UInt8(ascii: "\n")).contains {
            line($0, covers: major, minor)
        }
    }

    /// `NAME NODE MAJOR MINORS TYPE`, where minors are `64` or `0-1048575`; names may have blanks,
    /// so the fields are counted from the end.
    package static func line(_ line: ArraySlice<UInt8>, covers major: UInt64, _ minor: UInt64)
        -> Bool
    {
        let fields = line.split(separator: UInt8(ascii: " ")).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard fields.count >= 5, UInt64(fields[fields.count - 3]) == major,
            !otherTypes.contains(fields[fields.count - 1])
        else { return false }
        let minors = fields[fields.count - 2].split(separator: "-").compactMap { UInt64($0) }
        guard let first = minors.first, let last = minors.last else { return false }
        return first <= minor && minor <= last
    }

    private static let otherTypes: Set<String> = [
        "system:/dev/tty", "system:vtmaster", "system", "pty:master",
    ]
}
