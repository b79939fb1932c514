import FoundationEssentials

/// One call as it came in: the envelope is read, the parameters are read by whoever handles it.
package struct ControlCall: Sendable {
    /// Full Varlink name of the method; not yet known to exist.
    package let method: String
    /// True when the caller wants no reply, not even an error.
    package let isOneway: Bool
    /// True when the caller wants to take the connection over afterwards.
    package let wantsUpgrade: Bool
    private let message: Data

    /// Reads the envelope.
    ///
    /// `more` is not looked at: a service may always give one reply (varlink.org, "Method Call").
    /// Fields that the protocol does not know are passed over, as it allows extensions there.
    ///
    /// - Parameter message: One message without its NUL.
    /// - Throws: `notACall` when it is no JSON object with a method name.
    package init(message: some Sequence<UInt8>) throws(ControlFault) {
        let data = Data(message)
        do {
            let envelope = try JSONDecoder().decode(Envelope.self, from: data)
            self.method = envelope.method
            self.isOneway = envelope.oneway ?? false
            self.wantsUpgrade = envelope.upgrade ?? false
            self.message = data
        } catch {
            throw .notACall
        }
    }

    /// Reads the parameters, strictly: one that the method does not have is refused.
    ///
    /// Passing over an unknown parameter would carry out a call that means something else to a
    /// newer client ("end it, but only if …").
    ///
    /// - Parameter type: What the method takes.
    /// - Returns: The parameters.
    /// - Throws: `invalidParameter` with the name of the first parameter that does not fit.
    func parameters<P: CallParameters>(_ type: P.Type) throws(ControlError) -> P {
        do {
            let decoder = JSONDecoder()
            if let given = try decoder.decode(ParametersOnly<P>.self, from: message).parameters {
                return given
            }
            return try decoder.decode(P.self, from: Data("{}".utf8))
        } catch {
            throw .invalidParameter(parameter: Self.parameterName(in: error))
        }
    }

    /// Finds which parameter a failed decoding was about.
    private static func parameterName(in error: any Error) -> String {
        (error as? DecodingError)?.path.last?.stringValue ?? "parameters"
    }
}

/// What a method takes.
protocol CallParameters: Decodable {
    /// The names of all its parameters.
    static var names: Set<String> { get }
}

/// Why a connection cannot be listened to any longer; the daemon closes it.
package enum ControlFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// A message that is no Varlink call: no JSON, nested too deep, no method name.
    case notACall
    /// A message longer than `ControlLimits.callBytesMax`.
    case callTooLong
    /// More bytes than `ControlLimits.pendingBytesMax` that were not taken out.
    case tooMuchPending

    package var description: String {
        switch self {
        case .notACall: "a message that is no Varlink call"
        case .callTooLong: "a call of more than \(ControlLimits.callBytesMax) bytes"
        case .tooMuchPending: "more than \(ControlLimits.pendingBytesMax) bytes of unanswered calls"
        }
    }
}

private struct Envelope: Decodable {
    let method: String
    let oneway: Bool?
    let upgrade: Bool?
}

private struct ParametersOnly<P: CallParameters>: Decodable {
    let parameters: P?

    enum CodingKeys: CodingKey {
        case parameters
    }

    init(from decoder: any Decoder) throws {
        let outer = try decoder.container(keyedBy: CodingKeys.self)
        guard outer.contains(.parameters), try !outer.decodeNil(forKey: .parameters) else {
            self.parameters = nil
            return
        }
        let given = try outer.nestedContainer(keyedBy: AnyName.self, forKey: .parameters)
        // The least in order, so that the same call always gets the same answer.
        let unknown = given.allKeys.map(\.stringValue).filter { !P.names.contains($0) }.min()
        if let unknown {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [AnyName(stringValue: unknown)], debugDescription: "unknown")
            )
        }
        self.parameters = try outer.decode(P.self, forKey: .parameters)
    }
}

private struct AnyName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}
