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

    /// Logs in by ssh and waits for the first prompt.
    init(
        _ user: StageUser,
        on stage: Stage,
        name: String,
        options: [String] = []
    ) async throws {
        self.user = user
        self.stage = stage
        emulator = try await Emulator(
            ["ssh"] + options + ["\(user)@stage"],
            on: stage,
            name: name
        )
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

    /// Answers at the lock screen, and does not wait for what comes of it.
    func answer(_ text: String) async throws {
        try await emulator.type("\r")
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
        let script = """
            ls -d /sys/fs/cgroup/unified/lapse-* 2>/dev/null
            ps -eo pid,stat,args | grep -E 'lapse-lock|^ *[0-9]+ T' | grep -v grep
            """
        return try await run(["sh", "-c", script]).output
    }

    /// How many descriptors the daemon has open.
    func daemonDescriptors() async throws -> Int {
        let script = "ls /proc/$(pidof lapsed)/fd | wc -l"
        let output = try await run(["sh", "-c", script]).output
        return try #require(Int(output.split(separator: "\n").first ?? ""))
    }
}
