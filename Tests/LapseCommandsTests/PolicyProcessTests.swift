import ControlFixture
import FoundationEssentials
import LapseControl
import LapsePolicy
import LinuxFixture
import Testing

/// `lapsectl policy` as a process; none of it needs a daemon.
@Suite struct PolicyProcessTests {
    private static let program = ProgramRun.built("lapsectl")
    private let directory = TemporaryDirectory()

    private func run(_ arguments: [String]) -> ProgramRun {
        ProgramRun("/usr/bin/env", ["TZ=UTC", Self.program, "policy"] + arguments)
    }

    private func policy(_ text: String) -> String { directory.write("p.toml", text) }

    @Test func `a policy in order is told so on standard output`() {
        let run = run(["check", policy("[defaults]\nidle = \"5m\"\non-idle = \"end\"\n")])
        #expect(run.status == 0)
        #expect(run.output == "1 file: 0 errors, 0 warnings\n")
        #expect(run.errors.isEmpty)
    }

    @Test func `a policy that is refused is told so on standard error`() {
        let path = policy("[defaults]\nidel = \"5m\"\n")
        let run = run(["check", path])
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("error: unknown setting `idel`\n --> \(path):2:1\n"))
        #expect(
            run.errors.hasSuffix("1 file: 1 error, 0 warnings; the policy is refused as a whole\n")
        )
    }

    @Test func `users and groups are looked up on this host`() {
        let path = policy(
            """
            [[rule]]
            name = "a"
            when = { users = ["root", "no-such-user"], not-groups = ["root", "no-such-group"] }
            idle = "5m"

            """
        )
        let run = run(["check", path])
        #expect(run.status == 0)
        #expect(run.output.contains("there is no user `no-such-user` on this host"))
        #expect(run.output.contains("there is no group `no-such-group` on this host"))
        #expect(!run.output.contains("`root`"))
        #expect(run.output.hasSuffix("1 file: 0 errors, 2 warnings\n"))
    }

    @Test func `JSON is one document, refused or not`() throws {
        struct Document: Decodable {
            struct Problem: Decodable {
                struct Place: Decodable {
                    let line: Int
                }
                let message: String
                let place: Place
            }
            struct Comparison: Decodable {
                let id: String
            }
            let isRefused: Bool
            let files: [String]
            let problems: [Problem]
            let against: [Comparison]
        }
        let path = policy("mode = 1\n")
        let refused = run(["check", path, "--json"])
        #expect(refused.status == 1 && refused.errors.isEmpty)
        let document = try JSONDecoder().decode(Document.self, from: Data(refused.output.utf8))
        #expect(document.isRefused && document.files == [path])
        #expect(document.problems.map(\.place.line) == [1])
        let fine = run(["check", policy(""), "--against", "cis", "--against", "hipaa", "--json"])
        #expect(fine.status == 0)
        let other = try JSONDecoder().decode(Document.self, from: Data(fine.output.utf8))
        #expect(!other.isRefused && other.against.map(\.id) == ["cis", "hipaa"])
    }

    private static let statuses: [(arguments: [String], status: Int32)] = [
        (["check", "/none.toml"], 1), (["check", "--against", "nothing"], 64),
        (["check", "--against", "list"], 0), (["check", "--against", "list", "--json"], 0),
        (["check", "--against", "list", "--against", "cis"], 64),
        (["check", "--against", "list", "/x.toml"], 64),
        (["explain", "root", "/none.toml"], 1), (["explain"], 64),
        (["explain", "root", "/dev/null", "--from", "10.0.0.0/8"], 64),
        (["explain", "root", "/dev/null", "--terminal", "tty"], 64),
        (["explain", "root", "/dev/null", "--at", "soon"], 64),
        (["explain", "root", "/dev/null", "--from", "::1", "--terminal", "none"], 0),
        (["show", "/none.toml"], 1), (["show", "/dev/null"], 0),
        (["show", "--socket", "/none"], 5),
        ([], 0), (["nothing"], 64),
    ]

    @Test(arguments: statuses)
    func `the exit status says what came of it`(arguments: [String], status: Int32) {
        let run = run(arguments)
        #expect(run.status == status, "\(run.errors)")
        #expect(run.output.isEmpty == (status != 0))
        #expect(run.errors.isEmpty == (status == 0))
    }

    @Test func `drop-ins of a directory are read after the files`() {
        let main = policy("[defaults]\nidle = \"5m\"\n")
        let drop = directory.write("20.toml", "[defaults]\nidle = \"7m\"\n")
        let run = run(["show", main, "--policy-dir", directory.path])
        // The main file lies in the same directory, and is read there again.
        #expect(
            run.output.hasPrefix(
                """
                # Not asked whether it is in force.
                # From \(main)
                # From \(drop)
                # From \(main)

                [defaults]
                idle = "5m"

                # Built in, where nothing above says otherwise:
                # lifetime = "12h"

                """
            )
        )
    }

    @Test func `what is shown is a policy that means the same`() throws {
        let text = """
            mode = "observe"
            baseline = ["hipaa"]
            [defaults]
            idle = "5m"
            [[rule]]
            name = "a"
            when = { from = ["local", "10.0.0.0/8"], not-users = [0, "größe"] }
            sessions-max = 3

            """
        let shown = run(["show", "--file", policy(text)])
        #expect(shown.status == 0)
        func load(_ text: String) throws -> Policy {
            try #require(Policy.load([PolicySource(name: "", bytes: Array(text.utf8))]).policy)
        }
        #expect(try load(shown.output) == load(text))
    }

    @Test func `a session is explained by its circumstances`() throws {
        let path = policy(
            """
            [[rule]]
            name = "office"
            when = { from = "10.0.0.0/8", terminal = "pty", auth = "publickey", groups = "ops" }
            idle = "1h"
            [[rule]]
            name = "desk"
            when = { services = "login", from = "local" }
            idle = "2h"

            """
        )
        func idle(_ arguments: [String]) -> Substring? {
            self.run(["explain", "root", path] + arguments).output.split(separator: "\n")
                .first { $0.hasPrefix("idle ") }
        }
        let office = [
            "--from", "10.1.2.3", "--terminal", "pty", "--auth", "publickey", "--group", "ops",
        ]
        // Root's own limit holds in the end; so another user is asked about.
        let run = self.run(["explain", "no-such-user", path] + office)
        #expect(run.status == 0)
        #expect(run.output.contains("rule office, \(path):4"))
        #expect(run.output.contains("this host has no such user"))
        #expect(!run.output.contains("Unknown"))
        let desk = self.run(["explain", "no-such-user", path, "--service", "login"])
        #expect(desk.output.contains("rule desk, \(path):8"))
        #expect(desk.output.contains("\nAuth       none\n"))
        #expect(idle(office)?.contains("\"10m\"") == true)
        let later = self.run(
            ["explain", "root", path, "--privileged", "--at", "2030-01-01T10:00", "--json"]
        )
        #expect(later.output.contains("\"atUs\" : 1893492000000000"))
        #expect(later.output.contains("\"privileged\" : true"))
    }
}
