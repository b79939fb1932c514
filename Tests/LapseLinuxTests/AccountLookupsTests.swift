import Glibc
import LapseLinux
import LinuxFixture
import Synchronization
import Testing

/// Look-ups that hang until the test lets them go, one at a time or all.
private final class Gate: Sendable {
    private struct State {
        var begun: [String] = []
        var released: [String: Int] = [:]
        var isOpen = false
    }

    private let state = Mutex(State())

    /// Users whose look-up has begun, in that order.
    var begun: [String] { state.withLock { $0.begun } }

    func pass(_ user: String) -> Account {
        state.withLock { $0.begun.append(user) }
        while !isReleased(user) { sched_yield() }
        return .exists(AccountFacts(uid: UInt32(user.utf8.count), groups: nil))
    }

    func release(_ user: String) {
        state.withLock { $0.released[user, default: 0] += 1 }
    }

    func open() {
        state.withLock { $0.isOpen = true }
    }

    func waitUntilBegun(_ count: Int) {
        while begun.count < count { sched_yield() }
    }

    private func isReleased(_ user: String) -> Bool {
        state.withLock { state in
            guard let count = state.released[user], count > 0 else { return state.isOpen }
            state.released[user] = count - 1
            return true
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct AccountLookupsTests {
    private let gate = Gate()
    private let loop: EventLoop
    private let lookups: AccountLookups

    init() throws {
        loop = try EventLoop()
        lookups = try AccountLookups(on: loop) { [gate] in gate.pass($0) }
    }

    /// Turns the loop until `count` answers have come; each says its name.
    private final class Answers {
        var names: [String] = []
        var accounts: [Account] = []
    }

    private func ask(_ user: String, as name: String? = nil, _ answers: Answers, stopAt: Int) {
        lookups.look(up: user) { [loop] account in
            answers.names.append(name ?? user)
            answers.accounts.append(account)
            if answers.names.count == stopAt { loop.stop() }
        }
    }

    @Test func `an answer comes in a later turn, on the loop's thread`() throws {
        let answers = Answers()
        gate.open()
        ask("alice", answers, stopAt: 1)
        #expect(answers.names.isEmpty)
        try loop.run()
        #expect(answers.accounts == [.exists(AccountFacts(uid: 5, groups: nil))])
    }

    @Test func `four hang, and a fifth user waits for one of them`() throws {
        let answers = Answers()
        for user in ["a", "b", "c", "d", "fifth"] { ask(user, answers, stopAt: 2) }
        gate.waitUntilBegun(AccountLookups.workersMax)
        #expect(Set(gate.begun) == ["a", "b", "c", "d"])
        gate.release("b")
        gate.release("fifth")
        try loop.run()
        #expect(answers.names == ["b", "fifth"])
        gate.open()
    }

    @Test func `one user occupies one worker, however often he is asked for`() throws {
        let answers = Answers()
        for number in 1...100 { ask("slow", as: "slow \(number)", answers, stopAt: .max) }
        gate.waitUntilBegun(1)
        for number in 101...200 { ask("slow", as: "slow \(number)", answers, stopAt: .max) }
        for user in ["a", "b", "c"] { ask(user, answers, stopAt: 3) }
        for user in ["a", "b", "c"] { gate.release(user) }
        try loop.run()
        #expect(Set(answers.names) == ["a", "b", "c"])
        #expect(gate.begun.count { $0 == "slow" } == 1)
        gate.open()
    }

    @Test func `who asks while a look-up is under way gets the answer of the next one`() throws {
        let answers = Answers()
        ask("alice", as: "early", answers, stopAt: .max)
        gate.waitUntilBegun(1)
        ask("alice", as: "late", answers, stopAt: 3)
        ask("alice", as: "late too", answers, stopAt: 3)
        gate.open()
        try loop.run()
        #expect(answers.names == ["early", "late", "late too"])
        #expect(gate.begun == ["alice", "alice"])
    }

    @Test func `who asks before a look-up has begun shares it`() throws {
        let answers = Answers()
        for user in ["a", "b", "c", "d"] { ask(user, answers, stopAt: 7) }
        gate.waitUntilBegun(AccountLookups.workersMax)
        for number in 1...3 { ask("waiting", as: "waiting \(number)", answers, stopAt: 7) }
        gate.open()
        try loop.run()
        #expect(gate.begun.count { $0 == "waiting" } == 1)
        let shared = answers.names.filter { $0.hasPrefix("waiting") }
        #expect(shared == ["waiting 1", "waiting 2", "waiting 3"])
    }

    @Test func `a full queue turns away at once, and says so once until all is answered`() throws {
        let answers = Answers()
        let turned = Answers()
        var overloads = 0
        lookups.whenOverloaded = { overloads += 1 }
        let all = AccountLookups.usersWaitingMax + 4
        for user in ["a", "b", "c", "d"] { ask(user, answers, stopAt: all) }
        gate.waitUntilBegun(AccountLookups.workersMax)
        for number in 1...AccountLookups.usersWaitingMax { ask("u\(number)", answers, stopAt: all) }
        #expect(overloads == 0)
        ask("one more", turned, stopAt: .max)
        ask("and another", turned, stopAt: .max)
        #expect(turned.accounts == [.failed(.busy), .failed(.busy)])
        #expect(overloads == 1)
        // One who is waited for already can be asked for again.
        ask("u1", turned, stopAt: .max)
        #expect(turned.names.count == 2)

        gate.open()
        try loop.run()
        #expect(answers.names.count == all)
    }

    @Test func `requests for one user have their limit too`() {
        let answers = Answers()
        for _ in 1...AccountLookups.requestsPerUserMax { ask("alice", answers, stopAt: .max) }
        #expect(answers.names.isEmpty)
        ask("alice", answers, stopAt: .max)
        #expect(answers.accounts == [.failed(.busy)])
        gate.open()
    }

    @Test func `who asks again in the answer is answered, whether the worker has ended or not`()
        throws
    {
        gate.open()
        var count = 0
        func again(_ account: Account) {
            count += 1
            if count == 1000 { loop.stop() } else { lookups.look(up: "alice", then: again) }
        }
        lookups.look(up: "alice", then: again)
        try loop.run()
        #expect(gate.begun.count == 1000)
    }
}

@Suite(.needsRoot, .timeLimit(.minutes(1))) struct HangingDirectoryTests {
    private func figures(_ lines: [String]) -> [String: String] {
        Dictionary(
            lines.map { line in
                let words = line.split(separator: " ", maxSplits: 1).map(String.init)
                return (words[0], words.count > 1 ? words[1] : "")
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    @Test func `a directory that hangs for three users holds up neither the loop nor a fourth`()
        throws
    {
        let lines = try AccountHost().probe("pool", "3", "dora", "nobody-here")
        let figures = figures(lines)
        #expect(figures["dora"]?.hasPrefix("uid=3001 ") == true)
        #expect(figures["nobody-here"] == "no-such-user")
        #expect(figures["hang"] == nil)
        #expect(figures["turns"] == "200")
        #expect(figures["threads"] == "4")
        print(
            "beside three look-ups that hang the loop was late by \(figures["latest-us"] ?? "") µs"
        )
    }

    @Test func `a directory that hangs for everybody holds up the workers and nothing else`() throws
    {
        let lines = try AccountHost(server: .hang).probe("pool", "4", "dora")
        let figures = figures(lines)
        #expect(figures["dora"] == nil)
        #expect(figures["turns"] == "200")
        #expect(figures["threads"] == "5")
        #expect(figures["threads-at-the-limit"] == "5")
        // dora waits, so one place fewer is left.
        #expect(lines.filter { $0.hasPrefix("busy ") } == ["busy 1024"])
        #expect(figures["overloads"] == "1")
        print(
            "beside four look-ups that hang the loop was late by \(figures["latest-us"] ?? "") µs"
        )
    }
}
