import Testing

@testable import LapsePolicy

/// What counts as activity, from the file to the allowance.
struct ActivityTests {
    @Test func `without a word input and work count, work for four hours`() throws {
        let allowance = try load("").defaults
        #expect(allowance.activity == [.input, .work])
        #expect(allowance.workMax == .after(.seconds(14_400)))
        #expect(allowance.keepWhile == [])
        #expect(allowance.traffic == .both)
        #expect(allowance.text(of: .activity) == "[\"input\", \"work\"]")
        #expect(allowance.text(of: .workMax) == "\"4h\"")
        #expect(allowance.text(of: .keepWhile) == "[]")
        #expect(allowance.text(of: .traffic) == "\"both\"")
    }

    @Test(
        arguments: [
            ("\"input\"", [.input], "[\"input\"]"),
            ("[\"input\"]", [.input], "[\"input\"]"),
            ("[\"work\", \"input\", \"work\"]", [.input, .work], "[\"input\", \"work\"]"),
            ("[\"output\", \"input\"]", [.input, .output], "[\"input\", \"output\"]"),
            (
                "[\"work\", \"network\", \"output\", \"input\"]",
                [.input, .output, .network, .work],
                "[\"input\", \"output\", \"network\", \"work\"]"
            ),
        ] as [(String, Set<ActivityKind>, String)]
    )
    func `kinds are taken once, and printed in an order of their own`(
        _ value: String,
        _ kinds: Set<ActivityKind>,
        _ text: String
    ) throws {
        let defaults = try load("[defaults]\nactivity = \(value)").defaults
        #expect(defaults.activity == kinds)
        #expect(defaults.text(of: .activity) == text)
    }

    @Test(arguments: [
        ("\"5s\"", Limit.after(.seconds(5))), ("\"30d\"", .after(.seconds(2_592_000))),
        ("\"never\"", .never),
    ])
    func `work keeps a session for a time, or without end`(_ value: String, _ limit: Limit) throws {
        let defaults = try load("[defaults]\nwork-max = \(value)").defaults
        #expect(defaults.workMax == limit)
        #expect(defaults.text(of: .workMax) == value)
    }

    @Test func `programs are taken once and in the order of their bytes`() throws {
        let value =
            "[\"rsync\", \"/usr/bin/make\", \"gr\u{F6}\u{DF}e\", \"gro\u{308}\u{DF}e\", \"rsync\"]"
        let defaults = try load("[defaults]\nkeep-while = \(value)").defaults
        let wanted = ["/usr/bin/make", "gro\u{308}\u{DF}e", "gr\u{F6}\u{DF}e", "rsync"]
        // Swift's own comparison would take two of them for one.
        #expect(defaults.keepWhile.map { Array($0.utf8) } == wanted.map { Array($0.utf8) })
        let text = "[\"" + wanted.joined(separator: "\", \"") + "\"]"
        #expect(defaults.text(of: .keepWhile).utf8.elementsEqual(text.utf8))
    }

    @Test(arguments: TrafficDirection.allCases)
    func `each direction of traffic is taken and printed`(_ direction: TrafficDirection) throws {
        let defaults = try load("[defaults]\ntraffic = \"\(direction.rawValue)\"").defaults
        #expect(defaults.traffic == direction)
        #expect(defaults.text(of: .traffic) == "\"\(direction.rawValue)\"")
    }

    @Test func `the first rule that gives a setting decides it, and lists are not added up`() throws
    {
        let policy = try load(
            """
            [defaults]
            keep-while = ["restic"]
            traffic = "sent"
            [[rule]]
            name = "night"
            when = { services = "sshd" }
            activity = ["input", "network"]
            [[rule]]
            name = "alice"
            when = { users = "alice" }
            activity = ["input", "output", "work"]
            work-max = "never"
            keep-while = ["make"]
            """
        )
        let subject = Subject(
            user: "alice",
            uid: 1_000,
            groups: [],
            service: "sshd",
            source: .local,
            terminal: .pty,
            auth: []
        )
        let now = WallMoment(WallInstant(seconds: RandomPolicy.now), in: FixedZone.utc)
        let decision = policy.allowance(for: subject, at: now)
        #expect(decision.allowance.activity == [.input, .network])
        #expect(decision.allowance.workMax == .never)
        #expect(decision.allowance.keepWhile == ["make"])
        #expect(decision.allowance.traffic == .sent)
        let origins = [Setting.activity, .workMax, .keepWhile, .traffic].map {
            policy.describe(decision.origin(of: $0))
        }
        #expect(
            origins == [
                "rule `night`, f.toml:7", "rule `alice`, f.toml:12", "rule `alice`, f.toml:13",
                "f.toml:3",
            ]
        )
    }

    @Test func `policies that differ in one program or kind alone are not the same`() throws {
        let texts = [
            "activity = [\"input\"]", "activity = [\"input\", \"network\"]", "work-max = \"never\"",
            "keep-while = [\"gr\u{F6}\u{DF}e\"]", "keep-while = [\"gro\u{308}\u{DF}e\"]",
            "keep-while = []", "traffic = \"sent\"",
        ]
        let policies = try texts.map { try load("[defaults]\n\($0)") }
        for (place, policy) in policies.enumerated() {
            #expect(policies.firstIndex(of: policy) == place)
        }
        #expect(try load("[defaults]\nactivity = [\"network\", \"input\"]") == policies[1])
    }
}

private func load(_ text: String) throws -> Policy {
    let source = PolicySource(name: "f.toml", bytes: Array(text.utf8))
    let (policy, diagnostics) = Policy.load([source])
    return try #require(policy, "\(diagnostics)")
}
