import LapseCore

/// Evidence in seconds since the opening.
extension Evidence {
    /// Of a session at a terminal.
    static func terminal(
        input: Double? = nil,
        work: Double? = nil,
        output: Double? = nil,
        received: Double? = nil,
        sent: Double? = nil,
        alone: Bool = false,
        noInputSince: Double? = nil,
        suspicions: [Suspicion] = []
    ) -> Evidence {
        Evidence(
            input: input.map(OneSession.at),
            received: received.map(OneSession.at),
            sent: sent.map(OneSession.at),
            output: output.map(OneSession.at),
            work: work.map { Work(at: OneSession.at($0), what: "make[123]") },
            hasTerminal: true,
            mayActAlone: alone,
            noInputSince: noInputSince.map(OneSession.at),
            suspicions: suspicions
        )
    }

    /// A job was at work in the foreground, and goes on by itself.
    static func working(_ seconds: Double, input: Double? = 0) -> Evidence {
        terminal(input: input, work: seconds, alone: true)
    }

    /// Of a session without a terminal.
    ///
    /// `meter` is when that began which tells it.
    static func connection(
        received: Double? = nil,
        sent: Double? = nil,
        meter: Double? = nil
    ) -> Evidence {
        Evidence(
            received: received.map(OneSession.at),
            sent: sent.map(OneSession.at),
            meterBegan: meter.map(OneSession.at),
            mayActAlone: true
        )
    }
}
