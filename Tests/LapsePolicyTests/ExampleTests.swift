import Foundation
import Testing

@testable import LapsePolicy

/// Examples and the manual page are of this version, and complete.
///
/// The policies that texts show are checked by the command itself: `DocumentedPolicyTests`.
struct ExampleTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static let examples = [
        "activity.toml", "lapse.toml", "observe.toml", "rules.toml", "strict.toml",
    ]

    @Test(arguments: examples)
    func `an example loads without a word of complaint`(name: String) throws {
        try check(Self.text("examples/\(name)"), name)
    }

    @Test func `every example is among those that are loaded`() throws {
        let folder = Self.root.appending(path: "examples")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.sorted() == Self.examples)
    }

    @Test func `the commented example gives every setting its built-in value`() throws {
        let policy = try check(Self.text("examples/lapse.toml"), "lapse.toml")
        #expect(policy.defaults == Allowance.builtIn)
        #expect(policy.mode == Policy.load([]).policy?.mode)
        #expect(policy.modeOrigin != .builtIn)
        for setting in Setting.allCases {
            #expect(policy.origin(of: setting) != .builtIn, "\(setting.rawValue)")
        }
    }

    @Test func `the manual page names every setting, word, unit and limit`() throws {
        let page = try Self.text("man/lapse.toml.5").replacing("\\-", with: "-")
        for setting in Setting.allCases.map(\.rawValue) + ["mode"] {
            let isNamed = ["TP", "TQ"].contains { page.contains("\n.\($0)\n.BR \(setting) ") }
            #expect(isNamed, "\(setting)")
        }
        for key in ["name", "when", "reason", "until"] {
            #expect(page.contains(".BR \(key) "), "\(key)")
        }
        for fact in Fact.words { #expect(page.contains("\n.TP\n.B \(fact)\n"), "\(fact)") }
        for fact in Fact.words { #expect(page.contains("not-\(fact)"), "\(fact)") }
        for baseline in Baseline.all { #expect(page.contains(baseline.id), "\(baseline.id)") }
        let words =
            Mode.words + IdleAction.words + EndSignal.words + EndTarget.words
            + LifetimeAction.words + FreezeScope.words + UnlockWay.words
            + OverMaxAction.words + UnmeasurableAction.words
            + TerminalKind.words + ActivityKind.words + TrafficDirection.words
            + ["always", "never", "unlimited", "spare", "anyone", "local"]
        for word in words { #expect(page.contains("\\(dq\(word)\\(dq"), "\(word)") }
        for unit in ["ms", "s", "m", "h", "d", "w"] {
            #expect(page.contains("\n.B \(unit)\n"), "\(unit)")
        }
        let durations = [
            PolicyRanges.idle.lowerBound, PolicyRanges.idle.upperBound,
            PolicyRanges.lifetime.lowerBound, PolicyRanges.lifetime.upperBound,
            PolicyRanges.endStep.upperBound, PolicyRanges.endTotalMax,
            PolicyRanges.quota.lowerBound, PolicyRanges.hold.lowerBound,
            PolicyRanges.detached.lowerBound, PolicyRanges.detached.upperBound,
            PolicyRanges.lock.lowerBound, PolicyRanges.lock.upperBound,
            PolicyRanges.work.lowerBound, PolicyRanges.work.upperBound,
        ]
        for text in durations.map(PolicyDuration.text) + ["24h"] {
            #expect(page.contains("\\(dq\(text)\\(dq"), "\(text)")
        }
        let counts = [
            "\(PolicyLimits.warningsMax) entries", "\(PolicyLimits.endStepsMax) steps",
            "\(PolicyLimits.filesMax) files", "\(PolicyLimits.fileBytesMax >> 20) MiB",
            "\(PolicyLimits.totalBytesMax >> 20) MiB", "\(PolicyLimits.diagnosticsMax) errors",
            "\(PolicyLimits.rulesMax) rules", "\(PolicyLimits.windowsMax) windows",
            "at most \(PolicyLimits.ruleNameBytesMax) bytes",
            "at most \(PolicyLimits.reasonBytesMax) bytes",
            "at most \(PolicyLimits.memberGroupsMax) groups",
            "at most \(PolicyLimits.programsMax) programs",
            "at most \(PolicyLimits.programNameBytesMax) bytes",
            "at most \(PolicyLimits.programPathBytesMax) bytes",
            "from \(PolicyRanges.sessions.lowerBound) to \(PolicyRanges.sessions.upperBound)",
        ]
        for count in counts { #expect(page.contains(count), "\(count)") }
    }

    @Test func `the diagnostic that the manual page shows is the one that is given`() throws {
        let page = Self.plain(try Self.text("man/lapse.toml.5"))
        let name = "/etc/lapse/lapse.d/20-shop.toml"
        let source = PolicySource(name: name, bytes: Array("[defaults]\nidel = \"5m\"\n".utf8))
        let (policy, diagnostics) = Policy.load([source])
        #expect(policy == nil)
        let rendered = try #require(diagnostics.first).render(sources: [source])
        #expect(page.contains(rendered), "\(rendered)")
    }

    @discardableResult
    private func check(_ text: String, _ name: String) throws -> Policy {
        let source = PolicySource(name: name, bytes: Array(text.utf8))
        let (policy, diagnostics) = Policy.load([source])
        let rendered = diagnostics.map { $0.render(sources: [source]) }.joined()
        return try #require(diagnostics.isEmpty ? policy : nil, "\(rendered)")
    }
}

// MARK: - Texts

extension ExampleTests {
    fileprivate static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// What a reader sees of roff text: the escapes that these pages use undone.
    fileprivate static func plain(_ roff: String) -> String {
        [("\\(dq", "\""), ("\\-", "-"), ("\\(ga", "`"), ("\\(ha", "^"), ("\\&", ""), ("\\e", "\\")]
            .reduce(roff) { $0.replacing($1.0, with: $1.1) }
    }
}
