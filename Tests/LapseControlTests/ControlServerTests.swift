import ControlFixture
import FoundationEssentials
import LapseControl
import Testing

@Suite struct ControlServerTests {
    @Test func `the service says who it is and what it offers`() throws {
        var world = World()
        let info = try world.ask("org.varlink.service.GetInfo", nil, as: .stranger).parameters
        #expect(info?["vendor"] == .text("Lapse"))
        #expect(info?["product"] == .text("lapsed"))
        #expect(info?["version"] == .text(LapseVersion.text))
        #expect(info?["url"] == .text("man:lapsectl(1)"))
        let names = [Json.text("org.varlink.service"), .text("io.lapse.Control")]
        #expect(info?["interfaces"] == .list(names))
    }

    @Test(arguments: InterfaceDescription.all.map(\.name))
    func `each interface that it offers is described`(name: String) throws {
        var world = World()
        let reply = try world.ask(
            "org.varlink.service.GetInterfaceDescription",
            "{\"interface\":\"\(name)\"}",
            as: .stranger
        )
        let text = try #require(reply.parameter("description"))
        #expect(text.contains("\ninterface \(name)\n"))
    }

    @Test(arguments: [
        ("io.lapse.Control.Nothing", "MethodNotFound", "method", "io.lapse.Control.Nothing"),
        ("io.lapse.Control.list", "MethodNotFound", "method", "io.lapse.Control.list"),
        ("io.lapse.Control.", "MethodNotFound", "method", "io.lapse.Control."),
        ("org.varlink.service.X", "MethodNotFound", "method", "org.varlink.service.X"),
        ("List", "MethodNotFound", "method", "List"),
        ("", "MethodNotFound", "method", ""),
        ("io.lapse.control.List", "InterfaceNotFound", "interface", "io.lapse.control"),
        ("io.lapse.Control.List.X", "InterfaceNotFound", "interface", "io.lapse.Control.List"),
        (".", "InterfaceNotFound", "interface", ""),
    ])
    func `what it does not offer is named in the error`(
        method: String,
        error: String,
        parameter: String,
        value: String
    ) throws {
        var world = World()
        let reply = try world.ask(method, nil)
        #expect(reply.error == "org.varlink.service.\(error)")
        #expect(reply.parameter(parameter) == value)
    }

    @Test func `an interface that it does not offer cannot be described`() throws {
        var world = World()
        let reply = try world.ask(
            "org.varlink.service.GetInterfaceDescription",
            "{\"interface\":\"com.example.x\"}"
        )
        #expect(reply.error == "org.varlink.service.InterfaceNotFound")
        #expect(reply.parameter("interface") == "com.example.x")
    }

    @Test func `a oneway call is carried out without a reply, faulty or not`() throws {
        var world = World()
        let end = "\"method\":\"io.lapse.Control.End\",\"oneway\":true"
        #expect(
            try world.raw("{\(end),\"parameters\":{\"id\":\"a1\",\"why\":\"x\"}}").isEmpty
        )
        #expect(world.backend.log.ends.map(\.id) == ["a1"])
        #expect(try world.raw("{\(end)}").isEmpty)
        #expect(try world.raw("{\"method\":\"no\",\"oneway\":true}").isEmpty)
    }

    @Test func `a call for more gets one reply that is the last`() throws {
        var world = World()
        let bytes = try world.raw("{\"method\":\"io.lapse.Control.List\",\"more\":true}")
        #expect(try Reply(bytes).ids.count == 5)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("continues"))
    }

    @Test func `no connection is handed over`() throws {
        var world = World()
        for method in ControlMethod.allCases {
            let bytes = try world.raw(
                "{\"method\":\"\(method.rawValue)\",\"upgrade\":true,"
                    + "\"parameters\":{\"id\":\"a1\",\"why\":\"x\"}}"
            )
            #expect(try Reply(bytes).error == "org.varlink.service.MethodNotImplemented")
        }
        #expect(world.backend.log.ends.isEmpty && world.backend.log.orders.isEmpty)
    }

    @Test func `sessions that have ended are listed on request`() throws {
        var world = World()
        #expect(try world.ask("io.lapse.Control.List", nil).ids == ["a1", "a2", "a3", "h4", "b5"])
        let all = try world.ask("io.lapse.Control.List", "{\"ended\":true}").ids
        #expect(all == ["a1", "a2", "a3", "h4", "b5", "a6"])
    }

    @Test(arguments: [
        (EndOutcome.ending, nil), (.alreadyEnding, "io.lapse.Control.AlreadyEnding"),
        (.noSuchSession, "io.lapse.Control.NoSuchSession"),
    ])
    func `what came of an end is told`(outcome: EndOutcome, error: String?) throws {
        var world = World()
        world.backend.outcome = outcome
        let reply = try world.ask("io.lapse.Control.End", "{\"id\":\"a1\",\"why\":\"x\"}")
        #expect(reply.error == error)
        #expect(reply.parameter("id") == (error == nil ? nil : "a1"))
        #expect(world.backend.log.ends == [.init(id: "a1", peer: .root, why: "x")])
    }

    @Test(arguments: [
        ("x", "x"),
        (" \\t\\n why \\u3000\\r", "why"),
        ("a\\u001b[2Jb\\u202ec\\u200bd\\u0000", "a\\u{1b}[2Jb\\u{202e}c\\u{200b}d\\u{0}"),
        (String(repeating: "é", count: 200), String(repeating: "é", count: 200)),
        ("  " + String(repeating: "y", count: 200) + "  ", String(repeating: "y", count: 200)),
    ])
    func `a reason is trimmed and escaped before the daemon sees it`(
        given: String,
        stored: String
    ) throws {
        var world = World()
        let reply = try world.ask("io.lapse.Control.End", "{\"id\":\"a1\",\"why\":\"\(given)\"}")
        #expect(reply.error == nil)
        #expect(world.backend.log.ends.map(\.why) == [stored])
    }

    @Test(arguments: [
        "", "   ", "\\n\\t\\u00a0\\u2003", String(repeating: "y", count: 201),
        "e" + String(repeating: "\\u0301", count: 200),
    ])
    func `a reason that is empty or too long is refused`(given: String) throws {
        var world = World()
        let reply = try world.ask("io.lapse.Control.End", "{\"id\":\"a1\",\"why\":\"\(given)\"}")
        #expect(reply.error == "org.varlink.service.InvalidParameter")
        #expect(reply.parameter("parameter") == "why")
        #expect(world.backend.log.ends.isEmpty)
    }

    @Test func `an id of the longest length is looked up, a longer one is refused`() throws {
        var world = World()
        for (count, error) in [
            (ControlLimits.sessionIdBytesMax, "io.lapse.Control.NoSuchSession"),
            (ControlLimits.sessionIdBytesMax + 1, "org.varlink.service.InvalidParameter"),
        ] {
            let id = String(repeating: "i", count: count)
            #expect(try world.ask("io.lapse.Control.Show", "{\"id\":\"\(id)\"}").error == error)
        }
    }

    @Test func `a reply of the longest length is sent, a longer one becomes an error`() throws {
        var world = World()
        let message = "{\"method\":\"io.lapse.Control.List\"}"
        let length = try world.raw(message).count - 1
        var exact = World(replyBytesMax: length)
        #expect(try exact.raw(message).count == length + 1)
        var short = World(replyBytesMax: length - 1)
        let reply = try Reply(short.raw(message))
        #expect(reply.error == "io.lapse.Control.CannotReply")
        #expect(reply.parameter("reason") == "it takes more than \(length - 1) bytes")
    }

    @Test func `a long list is made in pieces, and is the same as one made at once`() throws {
        let some = FixtureSessions.all.filter { $0.ended == nil }
        var backend = FixtureBackend(
            (0..<SessionListing.pieceSessionsMax + 1).map { number in
                var session = some[number % some.count]
                session.id = "s\(number)"
                return session
            }
        )
        let call = try ControlCall(message: "{\"method\":\"io.lapse.Control.List\"}".utf8)
        let server = World(backend).server
        guard case .listing(var listing) = server.begin(call, peer: .root, backend: &backend) else {
            Issue.record("a list is begun, not made")
            return
        }
        let first = listing.next(backend)
        #expect(first == nil)
        let second = listing.next(backend)
        let reply = try #require(second)
        #expect(reply == server.answer(call, peer: .root, backend: &backend))
        let whole = try JSONDecoder().decode(WholeList.self, from: Data(reply.dropLast()))
        #expect(whole.parameters.sessions == backend.all)
    }

    @Test func `what ends while a list is made is not in it`() throws {
        let some = FixtureSessions.all.filter { $0.ended == nil }
        let over = try #require(FixtureSessions.all.first { $0.ended != nil })
        var backend = FixtureBackend(
            (0..<2 * SessionListing.pieceSessionsMax).map { number in
                var session = some[0]
                session.id = "s\(number)"
                return session
            }
        )
        let call = try ControlCall(message: "{\"method\":\"io.lapse.Control.List\"}".utf8)
        let server = World(backend).server
        guard case .listing(var listing) = server.begin(call, peer: .root, backend: &backend) else {
            Issue.record("a list is begun, not made")
            return
        }
        let first = listing.next(backend)
        #expect(first == nil)
        backend.all.removeLast()
        backend.all[backend.all.count - 1].ended = over.ended
        let second = listing.next(backend)
        let reply = try #require(second)
        let whole = try JSONDecoder().decode(WholeList.self, from: Data(reply.dropLast()))
        #expect(whole.parameters.sessions.count == 2 * SessionListing.pieceSessionsMax - 2)
    }
}

/// The reply to `List` as another program reads it.
private struct WholeList: Decodable {
    struct Parameters: Decodable {
        let sessions: [SessionInfo]
    }
    let parameters: Parameters
}
