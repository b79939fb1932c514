import ControlFixture
import FoundationEssentials
import Glibc
import LapseControl
import Testing

/// What steers, as a process, against a fixture on a real socket.
@Suite struct SteeringProcessTests {
    private static let program = ProgramRun.built("lapsectl")

    /// With a locked one, which nobody's count is changed by.
    private static let sessions: [SessionInfo] = {
        var locked = FixtureSessions.locked
        locked.user = "dora"
        return FixtureSessions.all + [locked]
    }()

    private func run(
        _ arguments: [String],
        _ backend: FixtureBackend = FixtureBackend(),
        peer: ControlPeer = .root,
        session: String? = nil
    ) -> ProgramRun {
        let server = FixtureServer(backend, peer: peer)
        defer { server.stop() }
        let words = arguments + ["--socket", server.path]
        guard let session else {
            return ProgramRun("/usr/bin/env", ["-u", "LAPSE_SESSION", Self.program] + words)
        }
        return ProgramRun("/usr/bin/env", ["LAPSE_SESSION=\(session)", Self.program] + words)
    }

    @Test(arguments: [
        (["touch", "a1"], CallLog.Order.touch("a1", .root), "a1: active as of now\n"),
        (["release", "a1"], .release("a1", .root), "a1: not held\n"),
        (["lock", "a1"], .lock("a1", .root, nil), "a1: locked\n"),
        (
            ["lock", "a1", "--why", "fire drill"], .lock("a1", .root, "fire drill"),
            "a1: locked\n"
        ),
        (
            ["unlock", "l8", "--why", "the token is lost"],
            .unlock("l8", .root, "the token is lost"), "l8: not locked\n"
        ),
        (
            ["extend", "1h30m", "a1", "--why", "release night"],
            .extend("a1", 5_400_000, .root, "release night"),
            "a1: extended; next: end in 12s (idle)\n"
        ),
        (
            ["extend", "1ms", "--why", "x", "a2"], .extend("a2", 1, .root, "x"),
            "a2: extended; nothing is due\n"
        ),
        (
            ["revoke", "alice", "--why", "left"], .revoke("alice", .root, "left"),
            "alice: 3 sessions are being ended\n"
        ),
        (
            ["revoke", "波布", "--why", "left"], .revoke("波布", .root, "left"),
            "波布: 1 session is being ended\n"
        ),
        (
            ["revoke", "carol", "--why", "left"], .revoke("carol", .root, "left"),
            "carol: no open session that was not being ended already\n"
        ),
        (
            ["reload"], .reload(.root),
            """
            /etc/lapse/lapse.toml
            /etc/lapse/lapse.d/10-site.toml
            The policy is in force.

            """
        ),
    ])
    func `a command has the daemon do one thing and says that it is done`(
        arguments: [String],
        order: CallLog.Order,
        output: String
    ) {
        let backend = FixtureBackend(Self.sessions)
        let run = run(arguments, backend)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == output)
        #expect(backend.log.orders == [order])
    }

    @Test func `a hold is confirmed with its time and its end`() {
        let backend = FixtureBackend()
        let run = run(["hold", "30m", "a1", "--why", "lunch"], backend)
        #expect(run.output.hasPrefix("a1: held for 30m, until 2026-03-01 "))
        #expect(backend.log.orders == [.hold("a1", 1_800_000, .root, "lunch")])
    }

    @Test func `a hold that is too long says what the policy allows`() {
        let run = run(["hold", "3h", "a1", "--why", "lunch"], peer: .alice)
        #expect(run.status == 4)
        #expect(
            run.errors
                == "lapsectl: the policy allows a hold of at most 2h here; "
                + "see hold-max in: lapsectl why\n"
        )
    }

    @Test(arguments: [
        (["touch"], CallLog.Order.touch("a2", .alice)),
        (["release"], .release("a2", .alice)),
        (["hold", "1m", "--why", "x"], .hold("a2", 60_000, .alice, "x")),
        (["lock", "--why", "x"], .lock("a2", .alice, "x")),
    ])
    func `without an id it is the session that the command runs in`(
        arguments: [String],
        order: CallLog.Order
    ) {
        let backend = FixtureBackend()
        #expect(run(arguments, backend, peer: .alice, session: "a2").status == 0)
        #expect(backend.log.orders == [order])
        // What the variable says gives no right.
        let others = FixtureBackend()
        #expect(run(arguments, others, peer: .alice, session: "b5").status == 3)
        #expect(others.log.orders.isEmpty)
    }

    @Test(arguments: [["touch"], ["why"], ["release"], ["lock"], ["hold", "1m", "--why", "x"]])
    func `outside of any session an id is asked for`(arguments: [String]) {
        for session in [nil, ""] {
            let run = run(arguments, session: session)
            #expect(run.status == 64)
            #expect(
                run.errors.hasPrefix(
                    "Error: No session is named, and this shell is in none: LAPSE_SESSION is not "
                        + "set. Give the id; see: lapsectl list\n"
                )
            )
        }
    }

    @Test func `who locks the session that he is in is told nothing on its terminal`() {
        let lock = run(["lock"], peer: .alice, session: "a2")
        #expect(lock.status == 0)
        #expect(lock.output == "")
        #expect(run(["lock", "--json"], peer: .alice, session: "a2").output == "{\n\n}\n")
    }

    @Test func `a session that is locked, or cannot be, is told with the reason`() {
        let backend = FixtureBackend(Self.sessions)
        let touch = run(["touch", "l8"], backend)
        #expect(touch.status == 1)
        #expect(
            touch.errors == "lapsectl: l8: this session is locked; it goes on when its user "
                + "re-authenticates on its terminal\n"
        )
        var other = backend
        other.refusal = .cannotLock(id: "a3", reason: "it has no terminal")
        let lock = run(["lock", "a3"], other)
        #expect(lock.status == 1)
        #expect(
            lock.errors == "lapsectl: a3: this session cannot be locked: it has no terminal\n"
        )
    }

    @Test func `a refused policy is shown as it was written, and obeyed by no terminal`() {
        var backend = FixtureBackend()
        backend.refusal = .policyRefused(text: "error: no key `\u{1B}[1m`\n --> a.toml:3:1\n")
        let run = run(["reload"], backend)
        #expect(run.status == 1)
        #expect(
            run.errors == #"""
                error: no key `\u{1b}[1m`
                 --> a.toml:3:1
                lapsectl: the policy is refused as a whole; the one from before stays in force

                """#
        )
    }

    @Test func `JSON is the daemon's reply`() throws {
        let decoder = JSONDecoder()
        func json(_ arguments: [String]) -> Data { Data(run(arguments + ["--json"]).output.utf8) }
        let why = try decoder.decode([String: Explanation].self, from: json(["why", "a1"]))
        #expect(why == ["why": FixtureSessions.explanation])
        let policy = try decoder.decode(PolicyReport.self, from: json(["policy", "show"]))
        #expect(policy == FixtureSessions.policy)
        let reload = try decoder.decode(ReloadReport.self, from: json(["reload"]))
        #expect(reload == FixtureSessions.reload)
        let hold = json(["hold", "1m", "a1", "--why", "x"])
        let expected = HoldReport(untilUs: FixtureSessions.opened + 60_000_000, inMs: 60_000)
        #expect(try decoder.decode(HoldReport.self, from: hold) == expected)
        let ended = json(["revoke", "alice", "--why", "x"])
        #expect(try decoder.decode([String: Int].self, from: ended) == ["ended": 3])
        let extended = json(["extend", "1m", "a1", "--why", "x"])
        let next = try decoder.decode([String: NextStep].self, from: extended)
        #expect(next["next"] == FixtureSessions.warned.next)
        #expect(json(["touch", "a1"]) == Data("{\n\n}\n".utf8))
    }

    @Test func `the policy in force is a policy file with remarks`() {
        let run = run(["policy", "show"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("# In force since 2026-03-01 "))
        #expect(
            run.output.contains(
                """
                # From /etc/lapse/lapse.toml

                mode = "enforce"

                [defaults]
                idle = "15m"

                # Built in, where nothing above says otherwise:
                # lifetime = "12h"

                """
            )
        )
    }
}
