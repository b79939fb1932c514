import Testing

@testable import LapsePolicy

struct MembershipTests {
    @Test(arguments: [nil, [], ["ops"]] as [Set<String>?])
    func `anyone is admitted, whatever is known of the groups`(_ groups: Set<String>?) {
        #expect(Membership.anyone.admits(groups) == true)
    }

    @Test(
        arguments: [
            (["ops"], true), (["staff", "users"], true), (["ops", "staff"], true), ([], false),
            (["users"], false), (["opsx", "op", "Ops"], false), (nil, nil),
        ] as [(Set<String>?, Bool?)]
    )
    func `one of the groups is enough, none is not, and not to know is neither`(
        _ groups: Set<String>?,
        _ isAdmitted: Bool?
    ) {
        let membership = Membership.anyOf([ExactName("ops"), ExactName("staff")])
        #expect(membership.admits(groups) == isAdmitted)
    }

    @Test func `groups are compared by their bytes`() {
        let membership = Membership.anyOf([ExactName("gr\u{F6}\u{DF}e")])
        #expect(membership.admits(["gr\u{F6}\u{DF}e"]) == true)
        #expect(membership.admits(["gro\u{308}\u{DF}e"]) == false)
    }

    @Test(arguments: [
        ("\"ops\"", [ExactName("ops")], "\"ops\""),
        ("[\"ops\"]", [ExactName("ops")], "\"ops\""),
        (
            "[\"staff\", \"ops\", \"staff\"]", [ExactName("ops"), ExactName("staff")],
            "[\"ops\", \"staff\"]"
        ),
        // Canonically equivalent, and two groups all the same.
        (
            "[\"gr\u{F6}\u{DF}e\", \"gro\u{308}\u{DF}e\"]",
            [ExactName("gro\u{308}\u{DF}e"), ExactName("gr\u{F6}\u{DF}e")],
            "[\"gro\u{308}\u{DF}e\", \"gr\u{F6}\u{DF}e\"]"
        ),
    ])
    func `groups are taken once and in the order of their bytes`(
        _ value: String,
        _ groups: [ExactName],
        _ text: String
    ) throws {
        let defaults = try load("[defaults]\nmember-of = \(value)").defaults
        #expect(defaults.memberOf == .anyOf(groups))
        #expect(defaults.text(of: .memberOf).utf8.elementsEqual(text.utf8))
    }

    @Test func `the order in which groups are written is no part of what a policy means`() throws {
        let policy = try load("[defaults]\nmember-of = [\"ops\", \"staff\"]")
        #expect(try load("[defaults]\nmember-of = [\"staff\", \"ops\"]") == policy)
        #expect(try load("[defaults]\nmember-of = \"staff\"") != policy)
        #expect(try load("[defaults]\nmember-of = \"anyone\"") != policy)
    }

    @Test func `a rule lets somebody off what the defaults ask for, and says so`() throws {
        let policy = try load(
            """
            [defaults]
            member-of = "staff"
            [[rule]]
            name = "root stays"
            when = { users = "root" }
            member-of = "anyone"
            """
        )
        let root = policy.allowance(for: subject("root"), at: noon)
        #expect(root.allowance.memberOf == .anyone)
        #expect(policy.describe(root.origin(of: .memberOf)) == "rule `root stays`, lapse.toml:6")
        let alice = policy.allowance(for: subject("alice"), at: noon)
        #expect(alice.allowance.memberOf == .anyOf([ExactName("staff")]))
        #expect(policy.describe(alice.origin(of: .memberOf)) == "lapse.toml:2")
        let nobodyAsks = try load("").allowance(for: subject("alice"), at: noon)
        #expect(nobodyAsks.allowance.memberOf == .anyone)
        #expect(nobodyAsks.origin(of: .memberOf) == .builtIn)
    }

    @Test func `a rule for a group does not hold for who has left it`() throws {
        let policy = try load(
            "[[rule]]\nname = \"r\"\nwhen = { groups = \"ops\" }\nmember-of = \"ops\""
        )
        var user = subject("alice")
        user.groups = ["ops"]
        #expect(policy.allowance(for: user, at: noon).allowance.memberOf != .anyone)
        user.groups = []
        #expect(policy.allowance(for: user, at: noon).allowance.memberOf == .anyone)
    }
}

private let noon = WallMoment(WallInstant(seconds: RandomPolicy.now), in: FixedZone.utc)

private func subject(_ user: String) -> Subject {
    Subject(
        user: user,
        uid: 1_000,
        groups: [],
        service: "sshd",
        source: .local,
        terminal: .pty,
        auth: []
    )
}

private func load(_ text: String) throws -> Policy {
    let source = PolicySource(name: "lapse.toml", bytes: Array(text.utf8))
    let (policy, diagnostics) = Policy.load([source])
    return try #require(policy, "\(diagnostics)")
}
