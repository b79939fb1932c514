import Testing

@testable import LapsePolicy

struct BaselineTests {
    @Test func `every baseline has a name of its own, and text for each of its clauses`() {
        #expect(Set(Baseline.all.map(\.id)).count == 13)
        for baseline in Baseline.all {
            #expect(Baseline.named(baseline.id) == baseline)
            #expect(!baseline.requirements.isEmpty)
            for requirement in baseline.requirements {
                #expect(!requirement.clause.isEmpty && !requirement.text.isEmpty)
                #expect(requirement.text.last != ".", "\(requirement.text)")
            }
        }
        #expect(Baseline.named("PCI-DSS") == nil)
    }

    @Test func `a strict policy keeps every baseline`() throws {
        let policy = try load(
            """
            [defaults]
            idle = "10m"
            lifetime = "12h"
            privileged.idle = "10m"
            sessions-max = 10
            """
        )
        #expect(policy.check(against: Baseline.all) == [])
    }

    @Test func `a policy without limits breaks every clause`() throws {
        let policy = try load(
            """
            [defaults]
            idle = "never"
            lifetime = "never"
            privileged.idle = "never"
            sessions-max = "unlimited"
            """
        )
        let broken = policy.check(against: Baseline.all).map { "\($0.baseline.id) \($0.text)" }
        let clauses = Baseline.all.flatMap(\.requirements).count
        #expect(broken.count == clauses)
        #expect(broken.allSatisfy { $0.contains("weaker") })
    }

    @Test func `what keeps a session without a hand and without end is told of every baseline`()
        throws
    {
        let policy = try load(
            """
            [defaults]
            idle = "10m"
            sessions-max = 10
            work-max = "never"
            [[rule]]
            name = "watched"
            when = { groups = "ops" }
            activity = ["input", "output"]
            """
        )
        let findings = policy.check(against: Baseline.all)
        #expect(findings.count == 2 * Baseline.all.count)
        for baseline in Baseline.all {
            let own = findings.filter { $0.baseline == baseline }
            #expect(own.map(\.setting) == [.workMax, .activity], "\(baseline.id)")
            #expect(own.allSatisfy { $0.severity == .warning && $0.text.contains("without end") })
        }
        let least = try load("[defaults]\nidle = \"10m\"\nwork-max = \"30d\"\nsessions-max = 1")
        #expect(least.check(against: Baseline.all) == [])
    }

    @Test func `a finding names the value, the rule and its line`() throws {
        let policy = try load(
            """
            [[rule]]
            name = "backup"
            when = { users = "backup" }
            reason = "nightly copies"
            until = 2026-12-31
            idle = "never"
            """
        )
        let srg = try #require(Baseline.named("disa-srg"))
        let findings = policy.check(against: [srg])
        #expect(findings.map(\.setting) == [.idle])
        #expect(findings.map(\.value) == ["\"never\""])
        #expect(findings.map { policy.describe($0.origin) } == ["rule `backup`, f.toml:6"])
        #expect(findings.map(\.excuse) == ["nightly copies"])
        #expect(findings.map { $0.requirement?.clause } == ["SRG-OS-000163-GPOS-00072"])
        let pci = try #require(Baseline.named("pci-dss"))
        #expect(policy.check(against: [pci]).map(\.excuse) == [nil])
    }

    @Test func `what nobody could compare with its source says so`() {
        let fromMemory = Baseline.all.flatMap(\.requirements).filter(\.isFromMemory).map(\.clause)
        #expect(fromMemory == ["AC-2(5), AC-12", "IA-11", "RHEL-09-412040"])
    }
}

private func load(_ text: String) throws -> Policy {
    try #require(Policy.load([PolicySource(name: "f.toml", bytes: Array(text.utf8))]).policy)
}
