import LapseCore
import Testing

/// The time that a user's sessions are open on one day.
@Suite struct QuotaLedgerTests {
    private let alice = UserID(value: 1000)
    private let bob = UserID(value: 1001)
    private let first = SessionID(value: 1)
    private let second = SessionID(value: 2)

    private func at(_ seconds: Double) -> BootInstant { OneSession.at(seconds) }

    @Test func `nobody has used anything before a session opens`() {
        let ledger = QuotaLedger()
        #expect(ledger.used(by: alice, at: at(100)) == .zero)
        #expect(ledger.all(at: at(100)).isEmpty)
    }

    @Test func `sessions that overlap count once, pauses do not count`() {
        var ledger = QuotaLedger()
        ledger.opened(first, of: alice, at: at(10))
        ledger.opened(second, of: alice, at: at(20))
        ledger.closed(first, of: alice, at: at(30))
        #expect(ledger.used(by: alice, at: at(40)) == .seconds(30))
        ledger.closed(second, of: alice, at: at(50))
        #expect(ledger.used(by: alice, at: at(100)) == .seconds(40))
        ledger.opened(first, of: alice, at: at(200))
        #expect(ledger.used(by: alice, at: at(205)) == .seconds(45))
    }

    @Test func `a session closed twice or never opened changes nothing`() {
        var ledger = QuotaLedger()
        ledger.opened(first, of: alice, at: at(10))
        ledger.closed(second, of: alice, at: at(15))
        ledger.closed(first, of: alice, at: at(20))
        ledger.closed(first, of: alice, at: at(30))
        ledger.closed(first, of: bob, at: at(30))
        #expect(ledger.used(by: alice, at: at(40)) == .seconds(10))
        #expect(ledger.used(by: bob, at: at(40)) == .zero)
    }

    @Test func `each user has an account of his own`() {
        var ledger = QuotaLedger()
        ledger.opened(first, of: alice, at: at(10))
        ledger.opened(second, of: bob, at: at(20))
        let all = ledger.all(at: at(30)).sorted { $0.user.value < $1.user.value }
        #expect(all.map(\.user) == [alice, bob])
        #expect(all.map(\.used) == [.seconds(20), .seconds(10)])
    }

    @Test func `the moment of exhaustion stands, however often it is asked for`() {
        var ledger = QuotaLedger()
        ledger.restore(.seconds(50), of: alice, at: at(0))
        ledger.opened(first, of: alice, at: at(10))
        for now in [10.0, 40, 60, 61, 500] {
            #expect(ledger.exhausted(.seconds(100), by: alice, at: at(now)) == at(60))
        }
    }

    @Test func `at midnight what was used is forgotten, and what is open counts on`() {
        var ledger = QuotaLedger()
        ledger.opened(first, of: alice, at: at(10))
        ledger.opened(second, of: bob, at: at(10))
        ledger.closed(second, of: bob, at: at(20))
        ledger.beginDay(at: at(100))
        #expect(ledger.used(by: alice, at: at(100)) == .zero)
        #expect(ledger.used(by: alice, at: at(130)) == .seconds(30))
        #expect(ledger.used(by: bob, at: at(130)) == .zero)
        #expect(ledger.exhausted(.seconds(60), by: alice, at: at(130)) == at(160))
        ledger.closed(first, of: alice, at: at(140))
        #expect(ledger.used(by: alice, at: at(150)) == .seconds(40))
    }

    @Test(arguments: [true, false])
    func `what a former daemon knew counts, whenever it is restored`(restoredFirst: Bool) {
        var ledger = QuotaLedger()
        if restoredFirst { ledger.restore(.seconds(50), of: alice, at: at(5)) }
        ledger.opened(first, of: alice, at: at(10))
        if !restoredFirst { ledger.restore(.seconds(50), of: alice, at: at(15)) }
        #expect(ledger.used(by: alice, at: at(20)) == .seconds(60))
        ledger.closed(first, of: alice, at: at(30))
        #expect(ledger.all(at: at(90)).map(\.used) == [.seconds(70)])
    }
}
