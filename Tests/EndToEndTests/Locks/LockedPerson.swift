import LapseStage
import Testing

/// Locked after 5 s without a key; nothing else counts.
let lockPolicy = """
    [defaults]
    idle = "5s"
    lifetime = "never"
    warn = []
    on-idle = "lock"
    activity = ["input"]

    """

/// What opens every account of these tests.
let password = "open sesame"

/// A person in front of a terminal emulator, with a session that gets locked.
struct LockedPerson: Sendable {
    let user: StageUser
    let emulator: Emulator
    private let stage: Stage

    /// Logs in by ssh, or by another program that starts it, and waits for the first prompt.
    init(
        _ user: StageUser,
        on stage: Stage,
        name: String,
        options: [String] = [],
        inside program: [String]? = nil
    ) async throws {
        self.user = user
        self.stage = stage
        let words = program ?? ["ssh"] + options + ["\(user)@stage"]
        emulator = try await Emulator(words, on: stage, name: name)
        try await emulator.wait(for: "a prompt", within: .seconds(30)) { $0.shows("}") }
    }

    /// Types, and waits until the screen is at rest after each part.
    func type(_ parts: [String]) async throws {
        for part in parts {
            try await emulator.type(part)
            _ = try await emulator.rest()
        }
    }

    /// Waits until the terminal is locked and asks for Enter.
    @discardableResult
    func waitForLock(within limit: Duration = .seconds(20)) async throws -> Emulator.Screen {
        try await emulator.wait(for: "the lock screen", within: limit) {
            $0.shows("is locked") && $0.shows("Press Enter")
        }
    }

    /// Waits until it is clear that the terminal is locked, whatever the locker asks.
    func expectLocked() async throws {
        try await emulator.wait(for: "a lock screen") { $0.shows("is locked") }
    }

    /// Answers at the lock screen, and does not wait for what comes of it.
    func answer(_ text: String) async throws {
        // After a try that failed the prompt is there already, and Enter alone would be another.
        if try await !emulator.screen().shows("Password:") { try await emulator.type("\r") }
        try await emulator.wait(for: "the prompt for a password") { $0.shows("Password:") }
        try await emulator.type(text + "\r")
    }

    /// Unlocks and waits until the lock screen is gone.
    func unlock() async throws {
        try await answer(password)
        try await waitForOpening()
    }

    func waitForOpening() async throws {
        try await emulator.wait(for: "the unlocked screen") {
            !$0.shows("is locked") && !$0.shows("Password:")
        }
    }
}

extension Stage {
    /// Everybody but root can unlock his session.
    func setPasswords() async throws {
        for user in StageUser.allCases where user != .root {
            try await setPassword(password, of: user)
        }
    }

    /// What locks have left behind: control groups, lockers, stopped or frozen processes.
    func remainsOfLocks() async throws -> String {
        // All stages and this machine share the control groups.
        let sessions = Set(log("opened").compactMap { $0.fields["session"] })
        let groups = sessions.map { "/sys/fs/cgroup/unified/lapse-\($0)" }.joined(separator: " ")
        let script = """
            ls -d \(groups) 2>/dev/null
            ps -eo pid,stat,args | grep -E 'lapse-lock|^ *[0-9]+ T' | grep -v grep
            """
        return try await run(["sh", "-c", script]).output
    }

    /// A group goes when the last that died in it has been reaped.
    func expectNothingLeftOfLocks() async throws {
        var left = ""
        for _ in 0..<100 {
            left = try await remainsOfLocks()
            if left.isEmpty { return }
            try await Task.sleep(for: .milliseconds(30))
        }
        Issue.record("a lock has left this behind: \(left)")
    }

    /// How many descriptors the daemon has open.
    func daemonDescriptors() async throws -> Int {
        let script = "ls /proc/$(pidof lapsed)/fd | wc -l"
        let output = try await run(["sh", "-c", script]).output
        return try #require(Int(output.split(separator: "\n").first ?? ""))
    }
}

extension Stage {
    /// Waits until a text stands in the daemon's log so often.
    func wait(forLog text: String, count: Int) async throws {
        try await wait(for: "\(count) times \(text)") {
            daemonLog.text.split(separator: "\n").count { $0.contains(text) } >= count
        }
    }

    /// Waits until a locker runs.
    func waitForLocker() async throws {
        try await wait(for: "a locker") { try await run(["pidof", "lapse-lock"]).exit.succeeded }
    }

    /// Waits until something is so, for ten seconds.
    func wait(for what: String, until isSo: () async throws -> Bool) async throws {
        for _ in 0..<500 {
            if try await isSo() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("waited in vain for \(what)")
    }

    /// The only line that a shell command of root's on the stage says.
    func line(of command: String) async throws -> String {
        let output = try await run(["sh", "-c", command]).output
        return String(output.split(separator: "\n").first ?? "")
    }
}
