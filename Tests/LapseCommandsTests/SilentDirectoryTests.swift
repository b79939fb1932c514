import ControlFixture
import LinuxFixture
import Testing

extension Trait where Self == ConditionTrait {
    /// Leaves a test out, with the reason, where it is not run by root.
    static var needsRoot: Self {
        .enabled(if: Host.rootObstacle == nil, Comment(rawValue: Host.rootObstacle ?? ""))
    }
}

/// `lapsectl policy` on a host whose directory server does not answer: the NSS module of TestNames,
/// with an nsswitch.conf of the test's own in a private mount namespace.
@Suite(.timeLimit(.minutes(1))) struct SilentDirectoryTests {
    private let directory = TemporaryDirectory()

    init() {
        directory.write("nsswitch.conf", "passwd: files lapsetest\ngroup: files lapsetest\n")
        directory.link("libnss_lapsetest.so.2", to: ProgramRun.built("libnss_lapsetest.so"))
    }

    private func run(_ words: [String], server: String) -> ProgramRun {
        directory.write("server", server)
        let bind = """
            mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf || exit 9
            export LD_LIBRARY_PATH="$1" LAPSE_TEST_NAMES="$1/server"
            shift
            exec "$@"
            """
        return ProgramRun(
            "/usr/bin/unshare",
            ["--mount", "--propagation", "private", "/bin/sh", "-c", bind, "sh", directory.path]
                + [ProgramRun.built("lapsectl"), "policy"] + words
        )
    }

    private func policy() -> String {
        directory.write(
            "p.toml",
            """
            defaults.on-idle = "end"
            [[rule]]
            name = "a"
            when = { users = ["dora", "eve"], groups = ["root", "remote"] }
            idle = "5m"

            """
        )
    }

    @Test(.needsRoot) func `a directory that hangs is said, and waited for no longer than it may`()
    {
        let began = ContinuousClock.now
        let run = run(["check", policy()], server: "hang")
        let time = ContinuousClock.now - began
        #expect(run.status == 0, "\(run.errors)")
        // Two users and a group, a second each; root stands in the files.
        #expect(
            run.output == """
                warning: no answer in time from where this host looks up users and groups; \
                not checked: user `dora`, user `eve`, group `remote`

                1 file: 0 errors, 0 warnings

                """
        )
        #expect(time >= .seconds(3))
        #expect(time < .seconds(30))
    }

    @Test(.needsRoot) func `a directory that is down is no word on who is there`() {
        let run = run(["check", policy()], server: "down")
        #expect(run.output.contains("not checked: user `dora`, user `eve`, group `remote`\n"))
        #expect(run.output.hasSuffix("\n1 file: 0 errors, 0 warnings\n"))
    }

    @Test(.needsRoot) func `a directory that answers is believed`() {
        let run = run(["check", policy()], server: "answer")
        #expect(run.output.contains("there is no user `eve` on this host"))
        #expect(!run.output.contains("`dora` on"))
        #expect(!run.output.contains("not checked"))
        let dora = self.run(["explain", "dora", policy()], server: "answer")
        #expect(dora.output.hasPrefix("User       dora (uid 3001)\nGroups     remote\n"))
    }
}
