import TestRandom
import Testing

@testable import LapsePolicy

/// A round answers as the policy does that is asked of each session on its own.
struct DecisionRoundTests {
    private let now = WallMoment(WallInstant(seconds: RandomPolicy.now), in: FixedZone.utc)

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `sessions that have much in common are not taken for each other`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<25 {
            let count = Int.random(in: 0...70, using: &random)
            let made = RandomPolicy(rules: count, using: &random)
            let policy = try #require(made.load(), "\(made.text)")
            var round = DecisionRound(policy, at: now)
            let first = RandomSubject(using: &random)
            for _ in 0..<40 {
                let subject = first.varied(using: &random).subject(using: &random)
                let alone = policy.allowance(for: subject, at: now)
                #expect(round.allowance(for: subject) == alone, "seed \(seed): \(made.text)")
            }
        }
    }

    @Test(arguments: ["users", "services", "groups", "auth"])
    func `names are told apart by their bytes`(_ fact: String) throws {
        // Of the same length, and equal as a String has it.
        let (sign, letter) = ("\u{212B}", "A\u{30A}")
        let policy = try load("[[rule]]\nname = \"r\"\nwhen.\(fact) = \"\(sign)\"\nidle = \"5m\"")
        var round = DecisionRound(policy, at: now)
        for name in [letter, sign, letter] {
            let subject = Subject(
                user: fact == "users" ? name : "alice",
                uid: 1_000,
                groups: [fact == "groups" ? name : "staff"],
                service: fact == "services" ? name : "sshd",
                source: .local,
                terminal: .pty,
                auth: [fact == "auth" ? name : "publickey"]
            )
            let isMeant = name.utf8.elementsEqual(sign.utf8)
            let idle = round.allowance(for: subject).allowance.idle
            #expect(idle == .after(.seconds(isMeant ? 300 : 900)), "\(Array(name.utf8))")
        }
    }

    @Test func `two addresses are one only to rules that name neither alone`() throws {
        let policy = try load(
            """
            [[rule]]
            name = "one"
            when.from = "10.0.0.1"
            idle = "5m"
            [[rule]]
            name = "net"
            when.from = "10.0.0.0/8"
            idle = "6m"
            """
        )
        var round = DecisionRound(policy, at: now)
        let wanted: [(Subject.Source, Int64)] = [
            (address("10.0.0.2"), 360), (address("10.0.0.1"), 300), (address("10.9.9.9"), 360),
            (address("192.0.2.1"), 900), (.local, 900), (.unknown, 900),
        ]
        for (source, seconds) in wanted {
            let subject = Subject(
                user: "alice",
                uid: 1_000,
                groups: [],
                service: "sshd",
                source: source,
                terminal: .pty,
                auth: []
            )
            let decision = round.allowance(for: subject)
            #expect(decision.allowance.idle == .after(.seconds(seconds)), "\(source)")
            #expect(decision.unknown == (source == .unknown ? [.from] : []), "\(source)")
        }
    }

    private func address(_ text: String) -> Subject.Source {
        IPAddress(text).map { .address($0) } ?? .unknown
    }
}

extension RandomSubject {
    /// Another session that has one fact of its own.
    fileprivate func varied(using random: inout SeededRandom) -> RandomSubject {
        let other = RandomSubject(using: &random)
        var varied = self
        switch Int.random(in: 0...8, using: &random) {
        case 0: varied.user = other.user
        case 1: varied.uid = other.uid
        case 2: varied.groups = other.groups
        case 3: varied.service = other.service
        case 4: varied.address = other.address
        case 5: varied.isAddressKnown = other.isAddressKnown
        case 6: varied.terminal = other.terminal
        case 7: varied.methods = other.methods
        default: varied.isPrivileged = other.isPrivileged
        }
        return varied
    }
}

private func load(_ text: String) throws -> Policy {
    let source = PolicySource(name: "lapse.toml", bytes: Array(text.utf8))
    let (policy, diagnostics) = Policy.load([source])
    return try #require(policy, "\(diagnostics)")
}
