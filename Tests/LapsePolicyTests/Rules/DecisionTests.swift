import TestRandom
import Testing

@testable import LapsePolicy

struct DecisionTests {
    @Test func `each setting comes from the first rule that is for the session and gives it`()
        throws
    {
        let policy = try load(
            """
            [defaults]
            idle = "20m"
            quota = "9h"
            [[rule]]
            name = "others"
            when = { users = "bob" }
            idle = "1m"
            [[rule]]
            name = "first"
            when = { users = "alice" }
            idle = "5m"
            [[rule]]
            name = "second"
            when = { services = "sshd" }
            idle = "6m"
            lifetime = "8h"
            """
        )
        let decision = policy.allowance(for: subject(), at: noon)
        #expect(decision.allowance.idle == .after(.seconds(300)))
        #expect(decision.allowance.lifetime == .after(.seconds(28_800)))
        #expect(decision.allowance.quota == .after(.seconds(32_400)))
        #expect(decision.allowance.hours == .always)
        let places = [Setting.idle, .lifetime, .quota, .hours].map {
            policy.describe(decision.origin(of: $0))
        }
        #expect(
            places == [
                "rule `first`, 0.toml:11", "rule `second`, 0.toml:16", "0.toml:3", "built in",
            ]
        )
        #expect(decision.unknown == [])
    }

    @Test func `rules of the main file come before those of a later one`() throws {
        let policy = try load(
            "[[rule]]\nname = \"a\"\nidle = \"5m\"",
            "[defaults]\nidle = \"9m\"\n[[rule]]\nname = \"b\"\nlifetime = \"3h\"",
            "[[rule]]\nname = \"c\"\nlifetime = \"2h\"\nquota = \"1h\""
        )
        let decision = policy.allowance(for: subject(), at: noon)
        #expect(policy.describe(decision.origin(of: .idle)) == "rule `a`, 0.toml:3")
        #expect(policy.describe(decision.origin(of: .lifetime)) == "rule `b`, 1.toml:5")
        #expect(policy.describe(decision.origin(of: .quota)) == "rule `c`, 2.toml:4")
    }

    @Test func `root's limits hold while root works in the session, if they are shorter`() throws {
        let policy = try load(
            """
            [defaults]
            privileged = { idle = "8m", lifetime = "4h" }
            [[rule]]
            name = "short"
            when = { users = "bob" }
            idle = "5m"
            """
        )
        var alice = subject()
        #expect(policy.allowance(for: alice, at: noon).allowance.idle == .after(.seconds(900)))
        alice.isPrivileged = true
        let decision = policy.allowance(for: alice, at: noon)
        #expect(decision.allowance.idle == .after(.seconds(480)))
        #expect(decision.allowance.lifetime == .after(.seconds(14_400)))
        #expect(decision.origin(of: .idle) == decision.origin(of: .privilegedIdle))
        #expect(policy.describe(decision.origin(of: .lifetime)) == "0.toml:2")
        var bob = alice
        bob.user = "bob"
        let short = policy.allowance(for: bob, at: noon)
        #expect(short.allowance.idle == .after(.seconds(300)))
        #expect(policy.describe(short.origin(of: .idle)) == "rule `short`, 0.toml:6")
    }

    @Test func `a login of root is privileged from its start`() throws {
        var root = subject()
        root.uid = 0
        let decision = try load("").allowance(for: root, at: noon)
        #expect(decision.allowance.idle == .after(.seconds(600)))
    }

    @Test func `the first rule with a mode decides about observing`() throws {
        let policy = try load(
            """
            mode = "observe"
            [[rule]]
            name = "trial is over"
            when = { groups = "staff" }
            mode = "enforce"
            """
        )
        let decision = policy.allowance(for: subject(), at: noon)
        #expect(decision.mode == .enforce)
        #expect(policy.describe(decision.modeOrigin) == "rule `trial is over`, 0.toml:5")
        var other = subject()
        other.groups = []
        #expect(policy.allowance(for: other, at: noon).mode == .observe)
    }

    @Test func `a mode is looked for also where all else is given`() throws {
        var random = SeededRandom(seed: 1)
        var all = RandomPolicy.Rule(name: "all")
        all.settings = RandomPolicy.settings(all: true, using: &random).filter { $0.key != "mode" }
        all.settings.append(("end", "[\(RandomPolicy.endSteps)]"))
        let policy = try load(all.text + "[[rule]]\nname = \"late\"\nmode = \"observe\"\n")
        let decision = policy.allowance(for: subject(), at: noon)
        #expect(Setting.allCases.allSatisfy { decision.origin(of: $0) != .builtIn })
        #expect(decision.mode == .observe)
        #expect(policy.describe(decision.modeOrigin).hasPrefix("rule `late`"))
    }

    // MARK: What is not known

    @Test func `a fact that is not known matches neither a rule nor its negation, and is told`()
        throws
    {
        for (condition, fact) in [
            ("groups = \"staff\"", Fact.groups), ("not-groups = \"staff\"", .groups),
            ("from = \"0.0.0.0/0\"", .from), ("not-from = \"local\"", .from),
            ("terminal = [\"pty\", \"console\", \"serial\", \"none\"]", .terminal),
            ("not-terminal = \"none\"", .terminal), ("auth = \"password\"", .auth),
            ("not-auth = \"password\"", .auth),
        ] {
            let policy = try load("[[rule]]\nname = \"r\"\nwhen = { \(condition) }\nidle = \"5m\"")
            var unknown = subject()
            unknown.groups = nil
            unknown.source = .unknown
            unknown.terminal = nil
            unknown.auth = nil
            let decision = policy.allowance(for: unknown, at: noon)
            #expect(decision.origin(of: .idle) == .builtIn, "\(condition)")
            #expect(decision.unknown == [fact], "\(condition)")
        }
    }

    @Test func `a fact that could not change the answer is not missed`() throws {
        let policy = try load(
            """
            [[rule]]
            name = "for others"
            when = { users = "bob", groups = "staff" }
            lifetime = "5h"
            [[rule]]
            name = "first"
            when = { services = "sshd" }
            idle = "5m"
            [[rule]]
            name = "late"
            when = { groups = "staff" }
            idle = "6m"
            """
        )
        var unknown = subject()
        unknown.groups = nil
        #expect(policy.allowance(for: unknown, at: noon).unknown == [])
    }

    @Test func `several unknown facts are told in one order`() throws {
        let policy = try load(
            """
            [[rule]]
            name = "a"
            when = { auth = "password", from = "local" }
            idle = "5m"
            [[rule]]
            name = "b"
            when = { groups = "staff" }
            lifetime = "5h"
            """
        )
        var unknown = subject()
        (unknown.groups, unknown.source, unknown.auth) = (nil, .unknown, nil)
        #expect(policy.allowance(for: unknown, at: noon).unknown == [.groups, .from, .auth])
    }

    @Test func `a login without SSH has no method, which is something to know`() throws {
        let policy = try load("[[rule]]\nname = \"r\"\nwhen.not-auth = \"password\"\nidle = \"5m\"")
        var console = subject()
        console.auth = []
        #expect(policy.allowance(for: console, at: noon).allowance.idle == .after(.seconds(300)))
    }

    @Test func `names are compared by their bytes`() throws {
        let policy = try load(
            "[[rule]]\nname = \"r\"\nwhen.users = \"gr\u{F6}\u{DF}e\"\nidle = \"5m\""
        )
        var composed = subject()
        composed.user = "gr\u{F6}\u{DF}e"
        #expect(policy.allowance(for: composed, at: noon).allowance.idle == .after(.seconds(300)))
        composed.user = "gro\u{308}\u{DF}e"
        #expect(policy.allowance(for: composed, at: noon).origin(of: .idle) == .builtIn)
        // Of the same length, and canonically equivalent.
        #expect(ExactName("\u{212B}") != ExactName("A\u{30A}"))
        #expect("\u{212B}".utf8.count == "A\u{30A}".utf8.count)
    }

    // MARK: Exceptions

    @Test func `an exception holds to its last second and not a second more`() throws {
        let policy = try load(
            """
            [[rule]]
            name = "migration"
            reason = "ticket 17"
            until = 2026-06-15
            idle = "never"
            """
        )
        let end = utc(6, 15, 22)
        let zone = FixedZone(secondsEast: 7_200)
        let before = WallMoment(WallInstant(seconds: end.seconds - 1), in: zone)
        let decision = policy.allowance(for: subject(), at: before)
        #expect(decision.allowance.idle == .never)
        #expect(decision.exceptions.map(\.rule) == ["migration"])
        #expect(decision.exceptions.map(\.reason) == ["ticket 17"])
        let after = WallMoment(end, in: zone)
        #expect(policy.allowance(for: subject(), at: after).allowance.idle == .after(.seconds(900)))
        #expect(policy.allowance(for: subject(), at: after).exceptions == [])
        #expect(policy.nextExpiry(after: before) == end)
        #expect(policy.nextExpiry(after: after) == nil)
        #expect(policy.exceptions.map { $0.until.isOver(at: before) } == [false])
        #expect(policy.exceptions.map { $0.until.isOver(at: after) } == [true])
        #expect(policy.exceptions.map { "\($0.until)" } == ["2026-06-15"])
    }

    @Test(arguments: [
        // In a doubled hour to the second time, in a skipped one to the jump.
        ("2026-10-25T02:30:00", utc(10, 25, 1, 30)), ("2026-03-29T02:30:00", utc(3, 29, 1)),
        ("2026-03-28", utc(3, 28, 23)), ("2026-10-25", utc(10, 25, 23)),
        ("2026-10-25T02:30:00+02:00", utc(10, 25, 0, 30)), ("2026-06-15T10:00:00Z", utc(6, 15, 10)),
        ("2026-06-15 10:00:00.999", utc(6, 15, 8)), ("2026-12-31T23:59:60", utc(12, 31, 23)),
    ])
    func `an exception ends at an instant of the host's clocks`(
        _ until: String,
        _ end: WallInstant
    ) throws {
        let policy = try load(
            "[[rule]]\nname = \"r\"\nreason = \"x\"\nuntil = \(until)\nidle = \"never\""
        )
        for (offset, isOver) in [(-1, false), (0, true)] as [(Int64, Bool)] {
            let instant = WallInstant(seconds: end.seconds + offset)
            let moment = WallMoment(instant, in: TransitionZone.berlin)
            let decision = policy.allowance(for: subject(), at: moment)
            #expect((decision.allowance.idle == .never) == !isOver, "\(offset)")
        }
    }

    @Test func `in a doubled hour an exception that is over does not come back`() throws {
        let policy = try load(
            "[[rule]]\nname = \"r\"\nreason = \"x\"\nuntil = 2026-10-25T02:30:00\nidle = \"never\""
        )
        var wasOver = false
        for minute in stride(from: Int64(-180), to: 180, by: 1) {
            let instant = WallInstant(seconds: utc(10, 25, 1).seconds + minute * 60)
            let moment = WallMoment(instant, in: TransitionZone.berlin)
            let isOver = policy.allowance(for: subject(), at: moment).allowance.idle != .never
            #expect(isOver || !wasOver)
            wasOver = isOver
        }
        #expect(wasOver)
    }
}

private let noon = WallMoment(WallInstant(seconds: RandomPolicy.now), in: FixedZone.utc)

private func subject() -> Subject {
    Subject(
        user: "alice",
        uid: 1_000,
        groups: ["staff"],
        service: "sshd",
        source: .local,
        terminal: .pty,
        auth: ["publickey"]
    )
}

private func load(_ texts: String...) throws -> Policy {
    let sources = texts.enumerated().map {
        PolicySource(name: "\($0.offset).toml", bytes: Array($0.element.utf8))
    }
    let (policy, diagnostics) = Policy.load(sources)
    return try #require(policy, "\(diagnostics)")
}
