import Testing

@testable import LapseCore

/// What one look says by itself, before any session is asked.
@Suite struct EvidenceTests {
    private static func at(_ seconds: Double) -> BootInstant { OneSession.at(seconds) }

    @Test(
        arguments: [
            // input read, last byte, counts as, none since
            (10.0, 10.0, 10.0, nil), (11.0, 10.0, 11.0, nil), (11.1, 10.0, 10.0, 10.0),
            (500.0, 10.0, 10.0, 10.0), (5.0, 10.0, 5.0, nil),
        ] as [(Double, Double, Double, Double?)]
    )
    func `input counts as of the last byte where no byte can have been for it`(
        read: Double,
        last: Double,
        counted: Double,
        none: Double?
    ) {
        let bounded = Evidence.terminal(input: read).bounded(byLastByte: Self.at(last))
        #expect(bounded == .terminal(input: counted, noInputSince: none))
    }

    @Test func `what was found out by a rhythm is not forgotten where the bytes allow more`() {
        let evidence = Evidence.terminal(input: 100, noInputSince: 20)
        #expect(evidence.bounded(byLastByte: Self.at(50)).noInputSince == Self.at(20))
        #expect(evidence.bounded(byLastByte: Self.at(10)).noInputSince == Self.at(10))
        #expect(evidence.bounded(byLastByte: Self.at(100)) == evidence)
    }

    @Test func `where no input was seen there is none to bound`() {
        let evidence = Evidence.terminal(output: 5)
        #expect(evidence.bounded(byLastByte: Self.at(1)) == evidence)
    }

    @Test func `the short forms say whether there is a terminal`() {
        #expect(Evidence.measured(lastInput: Self.at(3)) == .terminal(input: 3))
        let forms: [(Unmeasurable, Bool)] = [
            (.noTerminal, false), (.noConnection("a pipe"), false), (.unreadable("gone"), true),
        ]
        for (reason, hasTerminal) in forms {
            let evidence = Evidence.unmeasurable(reason)
            #expect(evidence == Evidence(hasTerminal: hasTerminal, unmeasurable: reason))
        }
    }
}
