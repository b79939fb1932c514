internal import LapseWire

/// What the fake daemon does with a report.
struct Behaviour {
    enum Kind: String {
        /// Lets in, with the text.
        case allow
        /// Refuses, with the text.
        case refuse
        /// Says that it cannot decide, with the text.
        case unable
        /// Knows of no session around a nested one.
        case outside
        /// Answers an `opened` as if it were a `closed`.
        case noted
        /// Takes the report and never answers.
        case hang
        /// Its queue of connections is full and stays so.
        case full
        /// Lets the first in and is gone, its socket left behind.
        case once
        /// Takes the connection and closes it at once.
        case close
        /// Takes the report and closes without an answer.
        case mute
        /// Answers with random bytes.
        case random
        /// Answers with the first bytes of an answer.
        case short
        /// Answers in version 9.
        case version
        /// Answers with more than a frame may have.
        case oversized
        /// Prints nothing and lets in: for benchmarks.
        case quiet
    }

    let path: String
    let kind: Kind
    let text: [UInt8]
    let uid: UInt32

    init?(_ arguments: [String]) {
        guard arguments.count >= 3, let kind = Kind(rawValue: arguments[2]) else { return nil }
        var rest = arguments[3...]
        var uid: UInt32 = 0
        if let option = rest.firstIndex(of: "--uid") {
            guard option + 1 < rest.endIndex, let number = UInt32(rest[option + 1]) else {
                return nil
            }
            uid = number
            rest.removeSubrange(option...option + 1)
        }
        path = arguments[1]
        self.kind = kind
        self.uid = uid
        text = [UInt8]((rest.first ?? "").utf8)
    }

    /// The packet to answer with, nil for none.
    func answer(to report: Report, session: UInt64) -> [UInt8]? {
        let token = CloseToken(low: session &* 0x9E37_79B9_7F4A_7C15, high: ~session)
        let permission: Answer.Verdict =
            if case .closed = report { .noted } else { .allowed(session: session, token: token) }
        let regular = Answer(permission, text: text).encode()
        switch kind {
        case .allow, .quiet, .once: return regular
        case .refuse: return Answer(.refused, text: text).encode()
        case .unable: return Answer(.unable, text: text).encode()
        case .noted: return Answer(.noted).encode()
        case .outside: return Answer(.outside).encode()
        case .random: return (0..<200).map { UInt8(truncatingIfNeeded: ($0 + 1) &* 73) }
        case .short: return [UInt8](regular.prefix(11))
        case .version: return [UInt8](regular[..<4]) + [9] + [UInt8](regular[5...])
        case .oversized:
            return regular + [UInt8](repeating: 0, count: WireLimits.frameMax + 1 - regular.count)
        case .hang, .full, .close, .mute: return nil
        }
    }
}
