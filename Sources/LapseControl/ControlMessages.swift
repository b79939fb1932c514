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

/// The reason that comes with `End`.
package enum EndReasonText {
    /// Trims a reason and makes it fit to be stored.
    ///
    /// - Parameter text: The reason as it was given.
    /// - Returns: The reason, escaped; nil when nothing is left of it or it is too long.
    package static func accepted(_ text: String) -> String? {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        guard !scalars.isEmpty, scalars.count <= ControlLimits.whyScalarsMax else { return nil }
        return PlainText.escaped(String(scalars))
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

    private static func encode(_ envelope: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        // Keys in order: the same answer is the same bytes, whatever the run.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(envelope)) + [0]
    }

    private struct SuccessEnvelope<P: Encodable>: Encodable {
        let parameters: P
    }

    private struct ErrorEnvelope: Encodable {
        let error: String
        let parameters: [String: String]
    }
}
