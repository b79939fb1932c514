import Glibc
import LapseLinux
import LapsePolicy
import LapseSources
import LinuxFixture
import Testing

@testable import LapseDaemon

@Suite(.timeLimit(.minutes(1))) struct LoadedPolicyTests {
    private let directory = TemporaryDirectory()
    private var main: String { directory.path("lapse.toml") }
    private var dropIns: String { directory.path("lapse.d") }

    init() {
        mkdir(dropIns, 0o755)
    }

    private func load() throws -> (LoadedPolicy, warnings: String) {
        var options = DaemonOptions()
        options.policyFile = main
        options.policyDirectory = dropIns
        return try LoadedPolicy.load(options)
    }

    private func refusal() throws -> String {
        try #require(#expect(throws: PolicyFault.self) { try load() }).description
    }

    private func idle(_ text: String) -> String { "[defaults]\nidle = \"\(text)\"\n" }

    @Test func `drop-ins are read after the main file, in the order of their names`() throws {
        directory.write("lapse.toml", idle("11m") + "lifetime = \"2h\"\n")
        directory.write("lapse.d/9.toml", idle("9m"))
        directory.write("lapse.d/10.toml", idle("10m"))
        let (policy, warnings) = try load()
        #expect(policy.files == [main, dropIns + "/10.toml", dropIns + "/9.toml"])
        #expect(policy.policy.defaults.idle == .after(.seconds(9 * 60)))
        #expect(policy.policy.defaults.lifetime == .after(.seconds(2 * 3600)))
        #expect(policy.mode == .enforce)
        #expect(warnings.isEmpty)
    }

    @Test func `only names that end with .toml and are not hidden are drop-ins`() throws {
        directory.write("lapse.toml", idle("11m"))
        for name in [".a.toml", "a.toml~", "a.toml.bak", "a.TOML", "README", ".toml"] {
            directory.write("lapse.d/\(name)", "broken")
        }
        #expect(try load().0.files == [main])
    }

    @Test func `drop-ins alone are a policy`() throws {
        directory.write("lapse.d/a.toml", idle("5m"))
        #expect(try load().0.files == [dropIns + "/a.toml"])
    }

    @Test func `without any file there is no policy, and it is said where they belong`() throws {
        let expected =
            "no policy: there is no \(main) and no *.toml in \(dropIns); copy the example from the"
            + " documentation"
        #expect(try refusal() == expected)
        rmdir(dropIns)
        #expect(try refusal() == expected)
    }

    @Test func `a directory of drop-ins that is not there is none`() throws {
        directory.write("lapse.toml", "")
        rmdir(dropIns)
        #expect(try load().0.files == [main])
    }

    @Test func `a mistake in any file refuses all of them, with its place`() throws {
        directory.write("lapse.toml", idle("5m"))
        directory.write("lapse.d/a.toml", "[defaults]\nidel = \"5m\"\n")
        directory.write("lapse.d/b.toml", "mode = \"enfroce\"\n")
        let text = try refusal()
        #expect(text.contains("\(dropIns)/a.toml:2:1"))
        #expect(text.contains("\(dropIns)/b.toml:1:8"))
    }

    @Test func `a doubt is told and the policy holds`() throws {
        directory.write("lapse.toml", idle("20s") + "warn = [\"30s\"]\n")
        let (policy, warnings) = try load()
        #expect(policy.policy.defaults.idle == .after(.seconds(20)))
        #expect(warnings.contains("\(main):3:"))
    }

    // MARK: What cannot be read is never passed over

    @Test func `a directory in a file's place is refused`() throws {
        mkdir(main, 0o755)
        #expect(try refusal() == "\(main) cannot be read: Is a directory")
        rmdir(main)
        directory.write("lapse.toml", "")
        mkdir(dropIns + "/a.toml", 0o755)
        #expect(try refusal() == "\(dropIns)/a.toml cannot be read: Is a directory")
    }

    @Test func `a link that leads nowhere is refused`() throws {
        directory.write("lapse.d/a.toml", "")
        symlink("nowhere", main)
        #expect(try refusal() == "\(main) cannot be read: No such file or directory")
    }

    @Test func `a link to a file is read, one to /dev/null switches a drop-in off`() throws {
        directory.write("shared", idle("7m"))
        symlink("shared", main)
        symlink("/dev/null", dropIns + "/a.toml")
        let (policy, _) = try load()
        #expect(policy.policy.defaults.idle == .after(.seconds(7 * 60)))
        #expect(policy.files.count == 2)
    }

    @Test func `a pipe in a file's place is refused, and nobody waits for it`() throws {
        mkfifo(main, 0o600)
        #expect(try refusal() == "\(main) cannot be read: Invalid argument")
    }

    @Test func `a file in the directory's place is refused`() throws {
        directory.write("lapse.toml", "")
        rmdir(dropIns)
        directory.write("lapse.d", idle("7m"))
        #expect(try refusal() == "\(dropIns) cannot be read: Not a directory")
    }

    @Test func `a name in a message moves no cursor`() throws {
        mkdir(dropIns + "/\u{1b}[2J.toml", 0o755)
        #expect(try refusal() == "\(dropIns)/\\u{1B}[2J.toml cannot be read: Is a directory")
    }

    @Test(.needsRoot, arguments: ["lapse.toml", "lapse.d", "lapse.d/a.toml"])
    func `what its owner alone may read is refused to others`(name: String) async {
        directory.write("lapse.toml", "", mode: 0o644)
        directory.write("lapse.d/a.toml", "", mode: 0o644)
        chmod(directory.path, 0o755)
        chmod(directory.path(name), 0o700)
        await #expect(processExitsWith: .success) {
            [path = directory.path as String, name = name as String] in
            #expect(setuid(54_321) == 0)
            var options = DaemonOptions()
            options.policyFile = path + "/lapse.toml"
            options.policyDirectory = path + "/lapse.d"
            let fault = #expect(throws: PolicyFault.self) { try LoadedPolicy.load(options) }
            #expect(fault?.description == "\(path)/\(name) cannot be read: Permission denied")
        }
    }

    // MARK: Limits

    @Test func `a file may have a MiB, and no byte more`() throws {
        let size = PolicyLimits.fileBytesMax
        directory.write("lapse.toml", "#" + String(repeating: "x", count: size - 2) + "\n")
        #expect(try load().0.files.count == 1)
        directory.write("lapse.toml", "#" + String(repeating: "x", count: size - 1) + "\n")
        #expect(try refusal().contains("\(size) bytes"))
    }

    @Test func `a policy may have so many files, and no more`() throws {
        for number in 1...PolicyLimits.filesMax {
            directory.write("lapse.d/\(number).toml", "")
        }
        #expect(try load().0.files.count == PolicyLimits.filesMax)
        directory.write("lapse.toml", "")
        #expect(try refusal().contains("more than \(PolicyLimits.filesMax) files"))
    }
}
