import FoundationEssentials

// The parameters of each method and of its reply: the wire as Swift types.

struct ListParameters: CallParameters, Encodable {
    static let names: Set = ["ended"]
    var ended: Bool?
}

struct ListReply: Codable {
    var sessions: [SessionInfo]
}

struct ShowParameters: CallParameters, Encodable {
    static let names: Set = ["id"]
    var id: String
}

struct ShowReply: Codable {
    var session: SessionInfo
}

struct EndParameters: CallParameters, Encodable {
    static let names: Set = ["id", "why"]
    var id: String
    var why: String
}

struct WhyParameters: CallParameters, Encodable {
    static let names: Set = ["id"]
    var id: String
}

struct WhyReply: Codable {
    var why: Explanation
}

struct TouchParameters: CallParameters, Encodable {
    static let names: Set = ["id"]
    var id: String
}

struct HoldParameters: CallParameters, Encodable {
    static let names: Set = ["id", "forMs", "why"]
    var id: String
    var forMs: Int64
    var why: String

    enum CodingKeys: CodingKey {
        case id
        case forMs
        case why
    }
}

extension HoldParameters {
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        forMs = try container.wholeNumber(.forMs)
        why = try container.decode(String.self, forKey: .why)
    }
}

/// What a hold brought: the reply of `Hold`.
package struct HoldReport: Codable, Equatable, Sendable {
    /// Until when it holds, in microseconds on CLOCK_REALTIME.
    package var untilUs: Int64
    /// Time until then in milliseconds.
    package var inMs: Int64

    package init(untilUs: Int64, inMs: Int64) {
        self.untilUs = untilUs
        self.inMs = inMs
    }
}

struct ReleaseParameters: CallParameters, Encodable {
    static let names: Set = ["id"]
    var id: String
}

struct ExtendParameters: CallParameters, Encodable {
    static let names: Set = ["id", "byMs", "why"]
    var id: String
    var byMs: Int64
    var why: String

    enum CodingKeys: CodingKey {
        case id
        case byMs
        case why
    }
}

extension ExtendParameters {
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        byMs = try container.wholeNumber(.byMs)
        why = try container.decode(String.self, forKey: .why)
    }
}

extension KeyedDecodingContainer {
    /// A number that is whole and not too large; the decoder's own error for those names no key.
    fileprivate func wholeNumber(_ key: Key) throws -> Int64 {
        do {
            return try decode(Int64.self, forKey: key)
        } catch let error as DecodingError {
            throw error
        } catch {
            // An error that the decoder makes into "no valid JSON" where it is called.
            let what = "no whole number of 64 bits"
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: what)
        }
    }
}

struct ExtendReply: Codable {
    var next: NextStep?
}

struct LockParameters: CallParameters, Encodable {
    static let names: Set = ["id", "why"]
    var id: String
    var why: String?
}

struct UnlockParameters: CallParameters, Encodable {
    static let names: Set = ["id", "why"]
    var id: String
    var why: String
}

struct RevokeParameters: CallParameters, Encodable {
    static let names: Set = ["user", "why"]
    var user: String
    var why: String
}

struct RevokeReply: Codable {
    var ended: Int
}

struct StatusReply: Codable {
    var status: StatusInfo
}

struct InfoReply: Codable {
    var vendor: String
    var product: String
    var version: String
    var url: String
    var interfaces: [String]
}

struct DescriptionParameters: CallParameters, Encodable {
    static let names: Set = ["interface"]
    var interface: String
}

struct DescriptionReply: Codable {
    var description: String
}

struct NoParameters: CallParameters, Encodable {
    static let names: Set<String> = []
}

/// The reason that comes with `End`, `Hold`, `Extend`, `Lock`, `Unlock` and `Revoke`.
package enum ReasonText {
    /// Trims a reason and makes it fit to be stored.
    ///
    /// - Parameter text: The reason as it was given.
    /// - Returns: The reason, escaped; nil when nothing is left of it or it is too long.
    package static func accepted(_ text: String) -> String? {
        let scalars = trimmed(text)
        guard !scalars.isEmpty, scalars.count <= ControlLimits.whyScalarsMax else { return nil }
        return PlainText.escaped(String(scalars))
    }

    /// True for a reason of which nothing is left.
    static func isBlank(_ text: String) -> Bool {
        trimmed(text).isEmpty
    }

    private static func trimmed(_ text: String) -> Substring.UnicodeScalarView {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return scalars
    }
}

/// Puts replies into bytes.
enum ControlReply {
    /// A reply with its NUL.
    ///
    /// JSON writes U+0000 as an escape, so no other NUL can be in it.
    ///
    /// - Parameter parameters: The parameters of the reply.
    /// - Returns: The message.
    /// - Throws: `cannotReply` when JSON has no form for a value.
    static func bytes(of parameters: some Encodable) throws(ControlError) -> [UInt8] {
        do {
            return try encode(SuccessEnvelope(parameters: parameters))
        } catch {
            throw .cannotReply(reason: "a value has no form in JSON")
        }
    }

    /// An error reply with its NUL.
    static func bytes(of error: ControlError) -> [UInt8] {
        let envelope = ErrorEnvelope(error: error.name, parameters: error.parameters)
        do {
            return try encode(envelope)
        } catch {
            // Texts alone always have a form in JSON; if not, the name still says what matters.
            return Array("{\"error\":\"io.lapse.Control.CannotReply\"}\0".utf8)
        }
    }

    /// A value as part of a reply.
    static func json(of value: some Encodable) throws(ControlError) -> [UInt8] {
        do {
            return try encodeValue(value)
        } catch {
            throw .cannotReply(reason: "a value has no form in JSON")
        }
    }

    private static func encode(_ envelope: some Encodable) throws -> [UInt8] {
        try encodeValue(envelope) + [0]
    }

    private static func encodeValue(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        // Keys in order: the same answer is the same bytes, whatever the run.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(value))
    }

    private struct SuccessEnvelope<P: Encodable>: Encodable {
        let parameters: P
    }

    private struct ErrorEnvelope: Encodable {
        let error: String
        let parameters: ErrorParameters
    }
}
