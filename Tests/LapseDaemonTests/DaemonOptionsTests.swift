import LapseDaemon
import LapseLinux
import Testing

@Suite struct DaemonOptionsTests {
    @Test func `without arguments the daemon runs on the host's own places`() throws {
        let options = try DaemonOptions([])
        #expect(options == DaemonOptions())
        #expect(options.action == .run)
        #expect(options.policyFile == "/etc/lapse/lapse.toml")
        #expect(options.policyDirectory == "/etc/lapse/lapse.d")
        #expect(options.runDirectory == "/run/lapse")
        #expect(options.log == .auto)
    }

    @Test func `every option is taken, the last of a kind counts`() throws {
        let options = try DaemonOptions([
            "--policy", "/a", "--policy-dir", "/b", "--run-dir", "/c", "--log", "journal",
            "--log", "syslog", "--run-dir", "--odd",
        ])
        #expect(options.policyFile == "/a")
        #expect(options.policyDirectory == "/b")
        #expect(options.runDirectory == "--odd")
        #expect(options.log == .syslog)
    }

    private static let actions: [(words: [String], action: DaemonOptions.Action)] = [
        (["--help"], .help), (["-h"], .help), (["--version"], .version),
        (["--log", "stderr", "--help"], .help),
    ]

    @Test(arguments: actions)
    func `help and version are asked for`(words: [String], action: DaemonOptions.Action) throws {
        #expect(try DaemonOptions(words).action == action)
    }

    private static let faults: [(words: [String], text: String)] = [
        (["--policy"], "--policy needs a value"),
        (["--policy-dir"], "--policy-dir needs a value"),
        (["--run-dir", ""], "--run-dir needs a value"),
        (["--log"], "--log needs a value"),
        (["--log", "Journal"], "--log takes auto, journal, syslog or stderr"),
        (["--log", "\u{1b}[2J"], "--log takes auto, journal, syslog or stderr"),
        (["--policy=/a"], "unknown argument; lapsed --help lists them"),
        (["run"], "unknown argument; lapsed --help lists them"),
        ([""], "unknown argument; lapsed --help lists them"),
        (["--help", "\u{1b}[2J"], "unknown argument; lapsed --help lists them"),
    ]

    @Test(arguments: faults)
    func `what is not understood is refused, and is not repeated`(words: [String], text: String) {
        let fault = #expect(throws: DaemonOptions.Fault.self) { try DaemonOptions(words) }
        #expect(fault?.description == text)
    }
}
