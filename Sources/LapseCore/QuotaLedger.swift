/// How long each user's sessions were open on the present day, all together: two at a time count
/// once.
///
/// The day is the calendar's of the host; who knows the calendar says when a new one begins.
package struct QuotaLedger: Equatable, Sendable {
    private struct Account: Equatable, Sendable {
        var used = Duration.zero
        var openSessions: Set<SessionID> = []
        /// Since when at least one is open; meaningless while none is.
        var since: BootInstant
    }

    private var accounts: [UserID: Account] = [:]

    package init() {}

    package mutating func opened(_ id: SessionID, of user: UserID, at now: BootInstant) {
        var account = accounts[user] ?? Account(since: now)
        if account.openSessions.isEmpty { account.since = now }
        account.openSessions.insert(id)
        accounts[user] = account
    }

    package mutating func closed(_ id: SessionID, of user: UserID, at now: BootInstant) {
        guard var account = accounts[user], account.openSessions.remove(id) != nil else { return }
        if account.openSessions.isEmpty { account.used += now.since(account.since) }
        accounts[user] = account
    }

    /// What was used today, to `now`.
    package func used(by user: UserID, at now: BootInstant) -> Duration {
        guard let account = accounts[user] else { return .zero }
        let running = account.openSessions.isEmpty ? .zero : now.since(account.since)
        return account.used + running
    }

    /// When a quota is used up if the user's sessions stay open; the moment at which it was, if it
    /// was while one is open.
    package func exhausted(_ quota: Duration, by user: UserID, at now: BootInstant) -> BootInstant {
        now + (quota - used(by: user, at: now))
    }

    /// A new day begins: what was used is forgotten, what is open counts from now.
    package mutating func beginDay(at now: BootInstant) {
        accounts = accounts.filter { !$0.value.openSessions.isEmpty }
        for user in accounts.keys {
            accounts[user]?.used = .zero
            accounts[user]?.since = now
        }
    }

    /// What a former daemon knew was used today.
    package mutating func restore(_ used: Duration, of user: UserID, at now: BootInstant) {
        accounts[user, default: Account(since: now)].used += used
    }

    /// All that was used today, for the next daemon; users with nothing are left out.
    package func all(at now: BootInstant) -> [(user: UserID, used: Duration)] {
        accounts.keys.map { ($0, used(by: $0, at: now)) }.filter { $0.1 > .zero }
    }
}
