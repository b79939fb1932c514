import ControlFixture
import FoundationEssentials
import LapseControl

/// A server over a fixture, asked without any socket.
struct World {
    var backend: FixtureBackend
    let server: ControlServer

    init(
        _ backend: FixtureBackend = FixtureBackend(),
        replyBytesMax: Int = ControlLimits.replyBytesMax
    ) {
        self.backend = backend
        self.server = ControlServer(
            access: Access(lapseGroup: FixtureSessions.lapseGroup),
            replyBytesMax: replyBytesMax
        )
    }

    /// Asks, and reads the reply.
    ///
    /// - Parameters:
    ///   - method: Full name of the method.
    ///   - parameters: Its parameters as JSON; nil to send none.
    ///   - peer: Who asks.
    /// - Returns: The reply.
    /// - Throws: When it is no JSON.
    mutating func ask(
        _ method: String,
        _ parameters: String?,
        as peer: ControlPeer = .root
    ) throws -> Reply {
        let bytes = try raw(
            parameters.map { "{\"method\":\"\(method)\",\"parameters\":\($0)}" }
                ?? "{\"method\":\"\(method)\"}",
            as: peer
        )
        return try Reply(bytes)
    }

    /// Asks with a whole message, and gives the reply's bytes.
    mutating func raw(_ message: String, as peer: ControlPeer = .root) throws -> [UInt8] {
        server.answer(try ControlCall(message: message.utf8), peer: peer, backend: &backend)
    }
}

/// A reply as any client would read it.
struct Reply: Equatable {
    let error: String?
    private let json: Json

    init(_ bytes: [UInt8]) throws {
        json = try JSONDecoder().decode(Json.self, from: Data(bytes.dropLast()))
        error = json["error"]?.text
    }

    /// A parameter that is a text.
    func parameter(_ name: String) -> String? {
        json["parameters"]?[name]?.text
    }

    /// All of them.
    var parameters: Json? { json["parameters"] }

    /// The ids of the sessions in it.
    var ids: [String?] {
        guard case .list(let sessions)? = json["parameters"]?["sessions"] else { return [] }
        return sessions.map { $0["id"]?.text }
    }
}

/// Any JSON value.
enum Json: Decodable, Equatable {
    case null
    case truth(Bool)
    case number(Int64)
    case text(String)
    case list([Json])
    case object([String: Json])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            // try?: each form is tried in turn, and the last one says what is wrong.
            self = .truth(value)
        } else if let value = try? container.decode(Int64.self) {
            // try?: as above.
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            // try?: as above.
            self = .text(value)
        } else if let value = try? container.decode([Json].self) {
            // try?: as above.
            self = .list(value)
        } else {
            self = .object(try container.decode([String: Json].self))
        }
    }

    subscript(name: String) -> Json? {
        if case .object(let fields) = self { fields[name] } else { nil }
    }

    var text: String? {
        if case .text(let value) = self { value } else { nil }
    }
}
