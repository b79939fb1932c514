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
            on-idle = "end"
            lifetime = "12h"
            privileged.idle = "10m"
            sessions-max = 10
            """
        )
        #expect(policy.check(against: Baseline.all) == [])
    }

    @Test func `a lock keeps every baseline that asks for no more than a new authentication`()
        throws
    {
        let long = try load(
            """
            [defaults]
            idle = "10m"
            lock-for = "never"
            on-lifetime = "reauth"
            sessions-max = 10
            """
        )
        let broken = long.check(against: Baseline.all)
        let unharmed = Baseline.all.filter { baseline in
            !broken.contains { $0.baseline == baseline }
        }
        #expect(unharmed.map(\.id) == ["pci-dss", "nist-800-63b-aal2", "nist-800-63b-aal3"])
        #expect(broken.allSatisfy { $0.setting == .lockFor && $0.severity == .error })
        #expect(Set(broken.map(\.onTopOf)) == ["idle = \"10m\""])
    }

    @Test func `a lock that ends in time keeps the baselines that ask for an end`() throws {
        let short = try load(
            """
            [defaults]
            idle = "5m"
            lock-for = "5m"
            sessions-max = 10
            """
        )
        #expect(short.check(against: Baseline.all) == [])
    }

    @Test func `of four thousand rules that lock, none costs more than a look`() throws {
        let rules = (0..<2_000).map { number in
            """
            [[rule]]
            name = "idle \(number)"
            when = { users = "u\(number)" }
            idle = "\(number % 10 + 1)m"
            [[rule]]
            name = "lock \(number)"
            when = { groups = "g\(number)" }
            lock-for = "6m"

            """
        }
        let policy = try load(rules.joined())
        let cis = try #require(Baseline.named("cis"))
        let took = ContinuousClock().measure {
            let findings = policy.check(against: [cis])
            #expect(findings.count == 2_001)
        }
        #expect(took < .seconds(5))
    }

    @Test func `a policy without limits breaks every clause`() throws {
        let policy = try load(
            """
            [defaults]
            idle = "never"
            lifetime = "never"
            privileged.idle = "never"
            sessions-max = "unlimited"
            on-idle = "end"
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
            on-idle = "end"
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
        let least = try load(
            """
            [defaults]
            idle = "10m"
            on-idle = "end"
            sessions-max = 1
            work-max = "30d"
            """
        )
        #expect(least.check(against: Baseline.all) == [])
    }

    @Test func `a finding names the value, the rule and its line`() throws {
        let policy = try load(
            """
            defaults.on-idle = "end"
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
        #expect(findings.map { policy.describe($0.origin) } == ["rule `backup`, f.toml:7"])
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
