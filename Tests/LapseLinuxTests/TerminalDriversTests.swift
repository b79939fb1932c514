import LapseLinux
import Testing

@Suite struct TerminalDriversTests {
    /// Lines as kernels print them, a device, and whether a person can sit there.
    private static let lines: [(String, UInt64, UInt64, Bool)] = [
        ("pty_slave            /dev/pts      136 0-1048575 pty:slave", 136, 1_048_575, true),
        ("pty_slave            /dev/pts      136 0-1048575 pty:slave", 136, 1_048_576, false),
        ("pty_slave            /dev/pts      136 0-1048575 pty:slave", 137, 0, false),
        ("pty_master           /dev/ptm      128 0-1048575 pty:master", 128, 0, false),
        ("unknown              /dev/tty        4 1-63 console", 4, 1, true),
        ("unknown              /dev/tty        4 1-63 console", 4, 64, false),
        ("serial               /dev/ttyS       4      64 serial", 4, 64, true),
        ("serial               /dev/ttyS       4 64-95 serial", 4, 95, true),
        ("a driver with blanks /dev/ttyX     240 0-7 serial", 240, 7, true),
        ("/dev/console         /dev/console    5       1 system:console", 5, 1, true),
        ("/dev/tty             /dev/tty        5       0 system:/dev/tty", 5, 0, false),
        ("/dev/ptmx            /dev/ptmx       5       2 system", 5, 2, false),
        ("/dev/vc/0            /dev/vc/0       4       0 system:vtmaster", 4, 0, false),
        ("", 0, 0, false), ("serial", 4, 64, false), ("a b c x-y d", 0, 0, false),
        ("a b 1 99999999999999999999 serial", 1, 9, false),
    ]

    @Test(arguments: lines)
    func `a line covers its devices alone`(
        line: String,
        major: UInt64,
        minor: UInt64,
        covered: Bool
    ) {
        #expect(TerminalDrivers.line(Array(line.utf8)[...], covers: major, minor) == covered)
    }

    @Test(arguments: ["/dev/null", "/dev/zero", "/dev/tty", "/dev/ptmx", "/dev/pts/ptmx"])
    func `a device that is no terminal is none`(path: String) {
        #expect(Terminal(path: path) == nil)
    }
}
