import LapseCore
import LapsePolicy
import Testing

/// What let the user in does not hold any more.
@Suite struct RevocationTests {
    private static let all: [Revocation] = [
        .account(.expired), .account(.locked), .account(.deleted), .account(.notMember),
        .displaced(max: 3),
    ]

    private static func reason(_ revocation: Revocation) -> EndReason {
        switch revocation {
        case .account(let fault): .account(fault)
        case .displaced(let max): .sessions(max: max)
        }
    }

    @Test(arguments: all)
    func `a revoked session is ended at once, and told so`(revocation: Revocation) {
        var one = OneSession(idle: .never, warn: [.seconds(40)])
        let end = OneSession.end(Self.reason(revocation), idle: 3)
        #expect(one.revoke(revocation, at: 3) == end)
        #expect(one.revoke(revocation, at: 3) == [])
    }

    @Test func `a hold does not keep from it`() {
        var one = OneSession()
        _ = one.hold(until: 1000, at: 1)
        #expect(one.revoke(.account(.locked), at: 3) == OneSession.end(.account(.locked), idle: 3))
    }

    @Test func `in observe mode each fault is recorded once`() {
        var one = OneSession(idle: .never, mode: .observe)
        for fault in [AccountFault.locked, .notMember] {
            let overdue = OneSession.record(.overdue(.account(fault), idle: .seconds(3)))
            #expect(one.revoke(.account(fault), at: 3) == [overdue])
            #expect(one.revoke(.account(fault), at: 4) == [])
        }
        #expect(one.session?.stage == .active)
    }

    @Test func `in observe mode nobody is displaced`() {
        var one = OneSession(idle: .never, mode: .observe)
        #expect(one.revoke(.displaced(max: 3), at: 3) == [])
        #expect(one.session?.stage == .active)
    }

    @Test func `a fault that was only recorded ends the session once the mode enforces`() {
        var one = OneSession(idle: .never, mode: .observe)
        _ = one.revoke(.account(.notMember), at: 3)
        _ = one.allow(at: 10, mode: .enforce)
        let end = OneSession.end(.account(.notMember), idle: 10)
        #expect(one.revoke(.account(.notMember), at: 10) == end)
    }

    @Test func `the kinds of ends have their names in the log and on the socket`() {
        let request = EndReason.request(EndRequest(by: UserID(value: 0), why: "x"))
        let reasons: [(EndReason, String)] = [
            (.idle(limit: .zero), "idle"), (.lifetime(limit: .zero), "lifetime"),
            (.hours, "hours"), (.quota(limit: .zero), "quota"), (.certificate, "certificate"),
            (.account(.locked), "account"), (.sessions(max: 1), "sessions"),
            (.locked(limit: .zero), "locked"), (request, "admin"),
        ]
        for (reason, name) in reasons { #expect(reason.kind.rawValue == name) }
        #expect(reasons.map(\.0.kind) == EndReason.Kind.allCases)
    }
}
