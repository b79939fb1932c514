// What libFuzzer runs: any bytes as the files of a policy. `scripts/fuzz-policy.sh` builds it
// together with the sources of LapsePolicy, as one module.

/// A zero byte parts the files, so that drop-ins are met too.
@_cdecl("LLVMFuzzerTestOneInput")
public func policyFuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer lends `count` bytes at `start` for the time of this call; they are copied.
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let files = bytes.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
    let sources = files.map { PolicySource(name: "fuzz.toml", bytes: Array($0)) }
    let now = WallMoment(WallInstant(seconds: 1_781_524_800), in: TwoOffsets())
    let host = HostFacts(now: now, isUser: { $0 != "mallory" }, isGroup: { $0 != "whell" })
    let (policy, diagnostics) = Policy.load(sources, host: host)
    let hasError = diagnostics.contains { $0.severity == .error }
    precondition(hasError == (policy == nil), "Refused without an error, or accepted with one.")
    for diagnostic in diagnostics {
        precondition(!diagnostic.render(sources: sources).isEmpty)
    }
    if let policy {
        judge(policy, at: now)
    }
    return 0
}

private func judge(_ policy: Policy, at now: WallMoment) {
    let printed = PolicySource(name: "printed.toml", bytes: Array(policy.text.utf8))
    let again = Policy.load([printed]).policy
    precondition(again == policy, "What is printed is read back as another policy.")
    for subject in subjects {
        let decision = policy.allowance(for: subject, at: now)
        let second = again?.allowance(for: subject, at: now)
        precondition(decision.allowance == second?.allowance, "Printing changed an answer.")
        precondition(decision.unknown == second?.unknown, "Printing changed what is unknown.")
        for setting in Setting.allCases {
            precondition(!policy.describe(decision.origin(of: setting)).isEmpty)
        }
        if case .closed(let opens) = decision.allowance.hours.state(at: now) {
            precondition(opens.map { $0 > now.instant } ?? true, "It opened in the past.")
        }
    }
    for finding in policy.check(against: Baseline.all) {
        precondition(!finding.text.isEmpty)
    }
    precondition(policy.nextExpiry(after: now).map { $0 > now.instant } ?? true)
}

private struct TwoOffsets: TimeZoneRules {
    func secondsEast(at instant: WallInstant) -> Int {
        instant.seconds < 1_792_890_000 ? 7_200 : 3_600
    }
}

private let subjects = [
    Subject(
        user: "alice",
        uid: 1_000,
        groups: ["staff", "wheel"],
        service: "sshd",
        source: IPAddress("10.1.2.3").map { .address($0) } ?? .unknown,
        terminal: .pty,
        auth: ["publickey", "keyboard-interactive/pam"]
    ),
    Subject(
        user: "root",
        uid: 0,
        groups: nil,
        service: "login",
        source: .local,
        terminal: .console,
        auth: []
    ),
    Subject(
        user: "backup",
        uid: 34,
        groups: [],
        service: "sshd",
        source: IPAddress("fd00::1").map { .address($0) } ?? .unknown,
        terminal: .absent,
        auth: nil
    ),
    Subject(
        user: "",
        uid: .max,
        groups: nil,
        service: "",
        source: .unknown,
        terminal: nil,
        auth: nil
    ),
]
