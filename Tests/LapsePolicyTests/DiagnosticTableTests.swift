import Testing

@testable import LapsePolicy

/// Every message that the policy can give, whole, with its place and its help.
struct DiagnosticTableTests {
    @Test(arguments: try DiagnosticCase.table("settings"))
    func `faults and doubts about settings are told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("durations"))
    func `a text that is no duration is told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("end"))
    func `faulty steps of an end are told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("syntax"))
    func `text that is no TOML is told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("rules"))
    func `faulty rules are told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("conditions"))
    func `faults and doubts about conditions are told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("more-settings"))
    func `faults and doubts about limits of every kind are told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("locks"))
    func `faults and doubts about locks are told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("members"))
    func `faults and doubts about memberships are told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("activity"))
    func `faults and doubts about what counts as activity are told exactly`(
        _ given: DiagnosticCase
    ) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("programs"))
    func `faults and doubts about programs to wait for are told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("exceptions"))
    func `faults and doubts about exceptions are told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("doubts"))
    func `doubts about rules seen together are told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test(arguments: try DiagnosticCase.table("baselines"))
    func `limits weaker than a baseline are told exactly`(_ given: DiagnosticCase) {
        expect(given)
    }

    @Test func `the tables hold all their cases, each with a name of its own`() throws {
        let tables = [
            "settings", "durations", "end", "syntax", "rules", "conditions", "more-settings",
            "locks", "members", "activity", "programs", "exceptions", "doubts", "baselines",
        ]
        let counts = try tables.map {
            let cases = try DiagnosticCase.table($0)
            #expect(Set(cases.map(\.name)).count == cases.count)
            return cases.count
        }
        #expect(counts == [53, 23, 25, 31, 32, 67, 60, 22, 40, 42, 30, 19, 29, 42])
    }
}

private func expect(_ given: DiagnosticCase) {
    let (policy, diagnostics) = Policy.load(given.sources, host: .test)
    let rendered = diagnostics.map { $0.render(sources: given.sources) }.joined()
    let isExact = rendered.utf8.elementsEqual(given.rendered.utf8)
    #expect(isExact, "\(rendered)")
    #expect((policy != nil) == given.isAccepted)
    #expect(diagnostics.contains { $0.severity == .error } == !given.isAccepted)
}
