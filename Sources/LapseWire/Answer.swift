/// What the daemon answers to a `Report`: a verdict, and a text for the person who logs in.
public struct Answer: Equatable, Sendable {
    /// The daemon's decision, with what belongs to it.
    public enum Verdict: Equatable, Sendable {
        /// The session may open; the module keeps id and token for the close.
        ///
        /// For a nested one the id is that of the session around it, the token its own.
        case allowed(session: UInt64, token: CloseToken)
        /// The session may not open; the text says why.
        case refused
        /// A close is in the record, now or since earlier.
        case noted
        /// A nested session belongs to no session that the daemon watches (a job of cron's): it
        /// opens, and there is nothing to keep and nothing to report at its close.
        case outside
        /// The daemon could not decide: a malformed report, a fault of its own. The module acts as
        /// if there were no daemon and logs the text; it is never taken for a refusal.
        case unable
    }

    /// The decision.
    public let verdict: Verdict
    /// Shown at the login (`allowed`, `refused`) or logged (`unable`); UTF-8, may have several
    /// lines, empty where there is nothing to say.
    public let text: [UInt8]

    /// Makes an answer; a text longer than `WireLimits.textMax` is cut between two characters, and
    /// ends before its first NUL.
    public init(_ verdict: Verdict, text: [UInt8] = []) {
        self.verdict = verdict
        self.text = Answer.clipped(text)
    }

    /// Reads a packet as it came from the socket.
    ///
    /// No input traps, whatever its bytes and length.
    /// - Parameter frame: The packet, header included.
    /// - Returns: The answer, complete and within every limit.
    /// - Throws: `WireError` with what is wrong and where.
    public static func decode(_ frame: [UInt8]) throws(WireError) -> Answer {
        var reader = try FrameReader(frame)
        guard FrameKind(rawValue: reader.kind) == .answer else { throw .kind(reader.kind) }
        var session: UInt64?
        var token: CloseToken?
        var decision: (Decision, offset: Int)?
        var text: [UInt8] = []
        while let (field, raw) = try reader.next() {
            switch field {
            case .session: session = reader.number(raw)
            case .token: token = reader.token(raw)
            case .decision:
                let byte = UInt8(truncatingIfNeeded: reader.number(raw))
                guard let known = Decision(rawValue: byte) else {
                    throw .value(.decision, at: raw.offset)
                }
                decision = (known, raw.offset)
            case .text: text = reader.bytes(raw)
            default: throw .unknownField(tag: raw.tag, at: raw.offset)
            }
        }
        guard let decision else { throw .missing(.decision) }
        return Answer(try verdict(decision, session, token), text: text)
    }

    /// The packet to send, at most `WireLimits.frameMax` bytes.
    public func encode() -> [UInt8] {
        var writer = FrameWriter(kind: .answer)
        if case .allowed(let session, let token) = verdict {
            writer.put(.session, session)
            writer.put(.token, token)
        }
        writer.put(.decision, decision.rawValue)
        writer.putIfAny(.text, text)
        return writer.finished()
    }

    /// The byte of `WireField.decision`.
    private enum Decision: UInt8 {
        case allowed = 1
        case refused = 2
        case noted = 3
        case unable = 4
        case outside = 5
    }

    private var decision: Decision {
        switch verdict {
        case .allowed: .allowed
        case .refused: .refused
        case .noted: .noted
        case .unable: .unable
        case .outside: .outside
        }
    }

    /// Session and token come with `allowed`, and with nothing else.
    private static func verdict(
        _ decision: (Decision, offset: Int),
        _ session: UInt64?,
        _ token: CloseToken?
    ) throws(WireError) -> Verdict {
        switch (decision.0, session, token) {
        case (.allowed, nil, _): throw .missing(.session)
        case (.allowed, _, nil): throw .missing(.token)
        case (.allowed, let session?, let token?): .allowed(session: session, token: token)
        case (.refused, nil, nil): .refused
        case (.noted, nil, nil): .noted
        case (.unable, nil, nil): .unable
        case (.outside, nil, nil): .outside
        default: throw .value(.decision, at: decision.offset)
        }
    }

    private static func clipped(_ text: [UInt8]) -> [UInt8] {
        var end = text.firstIndex(of: 0) ?? text.count
        guard end > WireLimits.textMax else { return [UInt8](text[..<end]) }
        end = WireLimits.textMax
        // A UTF-8 character has at most three bytes after its first, all 10xxxxxx.
        for _ in 0..<3 where text[end] & 0xC0 == 0x80 { end -= 1 }
        return [UInt8](text[..<end])
    }
}
