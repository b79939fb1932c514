import CModuleLibc
import LapseWireE

/// The module's arguments, as the service file gives them.
///
/// An argument that is unknown or has no valid value is logged and passed over: a typing error in a
/// PAM file must neither lock everybody out nor change what the other arguments say.
struct Settings {
    /// Where the daemon listens.
    static let socketDefault: StaticString = "/run/lapse/report"
    /// The longest path of a socket in bytes: `sun_path` has 108, one of them for the NUL (unix(7)).
    static let socketMax = 107
    /// One deadline over connect, send and answer, in milliseconds.
    static let timeoutDefault: Int64 = 500
    /// Below 10 ms a scheduler's delay would pass for a dead daemon; above 10 s nobody waits.
    static let timeoutRange: ClosedRange<Int64> = 10...10_000

    private(set) var socket = bytes(of: Settings.socketDefault)
    /// In milliseconds, within `timeoutRange`.
    private(set) var timeout = Settings.timeoutDefault
    private(set) var isRequired = false
    private(set) var isDebug = false

    init(_ argc: CInt, _ argv: UnsafePointer<UnsafePointer<CChar>?>?, pam: PamHandle) {
        guard let argv, argc > 0 else { return }
        for index in 0..<Int(argc) {
            // SAFETY: libpam gives argc C strings that live as long as the handle (pam(3)).
            guard let start = argv[index] else { return }
            take(bytes(at: start, limit: Settings.argumentMax), pam: pam)
        }
    }

    /// More of an argument than any valid one needs is not looked at.
    private static let argumentMax = 256

    private mutating func take(_ argument: [UInt8], pam: PamHandle) {
        if matches(argument, "required") {
            isRequired = true
        } else if matches(argument, "debug") {
            isDebug = true
        } else if let value = Settings.value(argument, after: "socket=") {
            if value.first == UInt8(ascii: "/"), value.count <= Settings.socketMax {
                socket = value
            } else {
                pam.log(
                    LOG_ERR,
                    Line(
                        "socket= wants an absolute path of at most 107 bytes, got ",
                        quoted: value,
                        ", ignoring"
                    )
                )
            }
        } else if let value = Settings.value(argument, after: "timeout=") {
            if let milliseconds = Settings.duration(value) {
                timeout = milliseconds
            } else {
                pam.log(
                    LOG_ERR,
                    Line(
                        "timeout= wants 10ms to 10s, such as 500ms or 2s, got ",
                        quoted: value,
                        ", ignoring"
                    )
                )
            }
        } else {
            pam.log(LOG_ERR, Line("unknown argument ", quoted: argument, ", ignoring"))
        }
    }

    private static func value(_ argument: [UInt8], after name: StaticString) -> [UInt8]? {
        let count = name.utf8CodeUnitCount
        guard argument.count >= count, matches([UInt8](argument[..<count]), name) else {
            return nil
        }
        return [UInt8](argument[count...])
    }

    /// Milliseconds out of `500ms` or `2s`, nil if it is neither or out of range.
    private static func duration(_ text: [UInt8]) -> Int64? {
        var number: Int64 = 0
        var rest = text[...]
        while let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            // Beyond the range the exact value no longer matters; so it cannot overflow.
            number = min(number * 10 + Int64(byte - UInt8(ascii: "0")), timeoutRange.upperBound + 1)
            rest = rest.dropFirst()
        }
        guard rest.count < text.count else { return nil }
        let unit = [UInt8](rest)
        if matches(unit, "s") {
            number *= 1000
        } else if !matches(unit, "ms") {
            return nil
        }
        return timeoutRange.contains(number) ? number : nil
    }
}
