import Glibc
import LapseLinux
import LapseSources
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct HostDirectoryTests {
    private static let alice = Account.exists(AccountFacts(uid: 1001, groups: ["staff"]))

    private func directory(
        limit: Duration = .seconds(30),
        limitOfOne: Duration = .seconds(30),
        user: @escaping @Sendable (String) -> Account = { _ in alice },
        group: @escaping @Sendable (String) -> Bool? = { _ in true }
    ) -> HostDirectory {
        HostDirectory(
            limit: limit,
            limitOfOne: limitOfOne,
            lookUpUser: user,
            lookUpGroup: group
        )
    }

    @Test(
        arguments: [
            (alice, true), (.noSuchUser, false), (.failed(.silent(["sss"])), nil),
        ] as [(Account, Bool?)]
    )
    func `a user is there, is not there, or nobody can say`(account: Account, answer: Bool?) {
        let directory = directory(user: { _ in account })
        #expect(directory.isUser("alice") == answer)
        #expect(directory.account(of: "alice") == account)
        #expect(directory.unansweredUsers == (answer == nil ? ["alice"] : []))
    }

    @Test(arguments: [true, false, nil] as [Bool?])
    func `a group is there, is not there, or nobody can say`(answer: Bool?) {
        let directory = directory(group: { _ in answer })
        #expect(directory.isGroup("staff") == answer)
        #expect(directory.unansweredGroups == (answer == nil ? ["staff"] : []))
    }

    @Test func `nobody is looked up twice`() {
        let asked = Mutex<[String]>([])
        let directory = directory(
            user: { name in
                asked.withLock { $0.append(name) }
                return .failed(.busy)
            },
            group: { name in
                asked.withLock { $0.append(name) }
                return nil
            }
        )
        for _ in 0..<3 {
            _ = directory.isUser("a")
            _ = directory.isGroup("b")
        }
        #expect(asked.withLock(\.self) == ["a", "b"])
    }

    @Test func `one look-up that hangs takes the time of all, and no more`() {
        let release = Gate()
        defer { release.open() }
        let asked = Mutex<[String]>([])
        let directory = directory(
            limit: .milliseconds(50),
            user: { name in
                asked.withLock { $0.append(name) }
                release.wait()
                return Self.alice
            }
        )
        let began = ContinuousClock.now
        for name in ["c", "a", "b"] { #expect(directory.isUser(name) == nil) }
        #expect(directory.isGroup("staff") == nil)
        #expect(ContinuousClock.now - began >= .milliseconds(50))
        #expect(directory.unansweredUsers == ["a", "b", "c"])
        #expect(directory.unansweredGroups == ["staff"])
        // After the time, none is even begun.
        #expect(asked.withLock(\.self) == ["c"])
    }

    @Test func `one look-up that hangs leaves time for those that do not`() {
        let release = Gate()
        defer { release.open() }
        let directory = directory(
            limitOfOne: .milliseconds(50),
            user: { name in
                if name == "slow" { release.wait() }
                return Self.alice
            }
        )
        #expect(directory.isUser("slow") == nil)
        #expect(directory.isUser("alice") == true)
        #expect(directory.isGroup("staff") == true)
        #expect(directory.unansweredUsers == ["slow"])
    }

    @Test func `this host has root, and no user or group of an impossible name`() {
        let directory = HostDirectory()
        #expect(directory.isUser("root") == true)
        #expect(directory.isGroup("root") == true)
        #expect(directory.isUser("no:such") != true)
        #expect(directory.isGroup("no:such") != true)
    }

    @Test func `many look-ups leave no descriptor behind`() {
        let directory = directory()
        for number in 0..<2_000 { #expect(directory.isUser("u\(number)") == true) }
        // Other tests run meanwhile and hold a few of their own.
        #expect((Int32(0)..<10_000).count { fcntl($0, F_GETFD) >= 0 } < 1_000)
    }
}

/// Something to wait for that a test opens at its end.
private final class Gate: Sendable {
    private let ends: (reading: Int32, writing: Int32)

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "A pipe can be made.")
        self.ends = (ends[0], ends[1])
    }

    func open() { close(ends.writing) }

    func wait() {
        var byte: UInt8 = 0
        // SAFETY: the kernel writes at most one byte, during the call alone.
        _ = read(ends.reading, &byte, 1)
    }
}
