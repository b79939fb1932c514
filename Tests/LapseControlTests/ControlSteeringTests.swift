import ControlFixture
import LapseControl
import Testing

@Suite struct ControlSteeringTests {
    private static let peers: [String: ControlPeer] = [
        "root": .root, "auditor": .auditor, "alice": .alice, "stranger": .stranger,
    ]
    private static let denied = "org.varlink.service.PermissionDenied"
    private static let unknown = "io.lapse.Control.NoSuchSession"

    /// The calls on session a1, which is alice's, and what each has the daemon do; what is unlocked
    /// is l8, hers too.
    private static func order(_ method: String, _ peer: ControlPeer) -> CallLog.Order {
        switch method {
        case "Touch": .touch("a1", peer)
        case "Hold": .hold("a1", 60_000, peer, "x")
        case "Release": .release("a1", peer)
        case "Extend": .extend("a1", 60_000, peer, "x")
        case "Lock": .lock("a1", peer, nil)
        case "Unlock": .unlock("l8", peer, "x")
        case "Revoke": .revoke("alice", peer, "x")
        default: .reload(peer)
        }
    }

    private static func parameters(_ method: String, id: String = "a1") -> String {
        switch method {
        case "Hold": "{\"id\":\"\(id)\",\"forMs\":60000,\"why\":\" x \"}"
        case "Extend": "{\"id\":\"\(id)\",\"byMs\":60000,\"why\":\"x\"}"
        case "Unlock": "{\"id\":\"\(id == "a1" ? "l8" : id)\",\"why\":\"x\"}"
        case "Revoke": "{\"user\":\"alice\",\"why\":\"x\"}"
        case "Reload", "Policy": "{}"
        default: "{\"id\":\"\(id)\"}"
        }
    }

    private static func world() -> World {
        var world = World()
        world.backend.all.append(FixtureSessions.locked)
        return world
    }

    @Test(arguments: [
        ("Touch", "root", nil), ("Touch", "alice", nil), ("Touch", "auditor", denied),
        ("Touch", "stranger", unknown),
        ("Hold", "root", nil), ("Hold", "alice", nil), ("Hold", "auditor", denied),
        ("Hold", "stranger", unknown),
        ("Release", "root", nil), ("Release", "alice", nil), ("Release", "auditor", denied),
        ("Release", "stranger", unknown),
        ("Lock", "root", nil), ("Lock", "alice", nil), ("Lock", "auditor", denied),
        ("Lock", "stranger", unknown),
        ("Unlock", "root", nil), ("Unlock", "alice", denied), ("Unlock", "auditor", denied),
        ("Unlock", "stranger", unknown),
        ("Extend", "root", nil), ("Extend", "alice", denied), ("Extend", "auditor", denied),
        ("Extend", "stranger", unknown),
        ("Revoke", "root", nil), ("Revoke", "alice", denied), ("Revoke", "auditor", denied),
        ("Revoke", "stranger", denied),
        ("Reload", "root", nil), ("Reload", "alice", denied), ("Reload", "auditor", denied),
        ("Reload", "stranger", denied),
    ])
    func `a session is steered by root and, within bounds, by its owner alone`(
        method: String,
        name: String,
        error: String?
    ) throws {
        let peer = try #require(Self.peers[name])
        var world = Self.world()
        let reply = try world.ask("io.lapse.Control.\(method)", Self.parameters(method), as: peer)
        #expect(reply.error == error)
        #expect(world.backend.log.orders == (error == nil ? [Self.order(method, peer)] : []))
    }

    @Test(arguments: [
        ("Why", "root", nil), ("Why", "alice", nil), ("Why", "auditor", nil),
        ("Why", "stranger", unknown),
        ("Policy", "root", nil), ("Policy", "auditor", nil), ("Policy", "alice", denied),
        ("Policy", "stranger", denied),
    ])
    func `reasons and the policy are shown to those who may see them`(
        method: String,
        name: String,
        error: String?
    ) throws {
        let peer = try #require(Self.peers[name])
        var world = World()
        let reply = try world.ask("io.lapse.Control.\(method)", Self.parameters(method), as: peer)
        #expect(reply.error == error)
    }

    @Test(arguments: ["Why", "Touch", "Hold", "Release", "Extend", "Lock", "Unlock"])
    func `a session that is over is not steered, nor explained`(method: String) throws {
        var world = World()
        let call = "io.lapse.Control.\(method)"
        let reply = try world.ask(call, Self.parameters(method, id: "a6"))
        #expect(reply.error == "io.lapse.Control.AlreadyEnding")
        #expect(reply.parameter("id") == "a6")
        // One that is still being ended is explained, and no longer steered.
        let ending = try world.ask(call, Self.parameters(method, id: "b5"))
        #expect(ending.error == (method == "Why" ? nil : "io.lapse.Control.AlreadyEnding"))
        #expect(world.backend.log.orders.isEmpty)
    }

    @Test(arguments: [
        ("Touch", "io.lapse.Control.SessionLocked"), ("Hold", "io.lapse.Control.SessionLocked"),
        ("Release", nil), ("Extend", nil), ("Lock", nil), ("Why", nil), ("Show", nil),
    ])
    func `a locked session is neither touched nor held, and stays as it was locked`(
        method: String,
        error: String?
    ) throws {
        var world = Self.world()
        let call = Self.parameters(method, id: "l8")
        let reply = try world.ask("io.lapse.Control.\(method)", call, as: .root)
        #expect(reply.error == error)
        #expect(reply.parameter("id") == (error == nil ? nil : "l8"))
        #expect(world.backend.log.orders.isEmpty == !["Release", "Extend"].contains(method))
    }

    @Test func `a session that is not locked need not be unlocked`() throws {
        var world = World()
        let reply = try world.ask("io.lapse.Control.Unlock", "{\"id\":\"a1\",\"why\":\"x\"}")
        #expect(reply.error == nil)
        #expect(world.backend.log.orders.isEmpty)
    }

    @Test(arguments: [
        ("null", nil, nil), ("\" fire drill\\n\"", "fire drill", nil),
        ("\"a\\u001b[2J\"", "a\\u{1b}[2J", nil), ("\"  \"", nil, "io.lapse.Control.ReasonMissing"),
        ("7", nil, "org.varlink.service.InvalidParameter"),
    ])
    func `a lock needs no reason, and takes one as every call does`(
        given: String,
        why: String?,
        error: String?
    ) throws {
        var world = World()
        let call = "{\"id\":\"a1\",\"why\":\(given)}"
        let reply = try world.ask("io.lapse.Control.Lock", call, as: .alice)
        #expect(reply.error == error)
        #expect(world.backend.log.orders == (error == nil ? [.lock("a1", .alice, why)] : []))
    }

    @Test func `a session that cannot be locked is named with the reason`() throws {
        var world = World()
        world.backend.refusal = .cannotLock(id: "a3", reason: "it has no terminal")
        let reply = try world.ask("io.lapse.Control.Lock", "{\"id\":\"a3\"}", as: .alice)
        #expect(reply.error == "io.lapse.Control.CannotLock")
        #expect(reply.parameter("id") == "a3")
        #expect(reply.parameter("reason") == "it has no terminal")
    }

    @Test(arguments: [
        ("Hold", "forMs"), ("Extend", "byMs"),
    ])
    func `a time is taken up to its limits, and no further`(
        method: String,
        name: String
    ) throws {
        let most = ControlLimits.steeringMsMax
        for (time, isTaken) in [
            (1, true), (most, true), (0, false), (-1, false), (most + 1, false),
            (Int64.max, false), (Int64.min, false),
        ] {
            var world = World()
            let reply = try world.ask(
                "io.lapse.Control.\(method)",
                "{\"id\":\"a1\",\"\(name)\":\(time),\"why\":\"x\"}"
            )
            #expect((reply.error == nil) == isTaken, "\(time)")
            #expect(reply.parameter("parameter") == (isTaken ? nil : name))
            #expect(world.backend.log.orders.isEmpty == !isTaken)
        }
    }

    @Test func `a user is named up to the limit, and no further`() throws {
        for (count, isTaken) in [
            (ControlLimits.userBytesMax, true), (ControlLimits.userBytesMax + 1, false),
        ] {
            var world = World()
            let user = String(repeating: "u", count: count)
            let reply = try world.ask(
                "io.lapse.Control.Revoke",
                "{\"user\":\"\(user)\",\"why\":\"x\"}"
            )
            #expect(reply.parameter("parameter") == (isTaken ? nil : "user"))
            #expect(world.backend.log.orders.isEmpty == !isTaken)
        }
    }

    @Test func `a hold beyond the policy's says what the longest is`() throws {
        var world = World()
        world.backend.holdMaxMs = 59_999
        let call = Self.parameters("Hold")
        let reply = try world.ask("io.lapse.Control.Hold", call, as: .alice)
        #expect(reply.error == "io.lapse.Control.HoldTooLong")
        #expect(reply.parameters?["maxMs"] == .number(59_999))
        #expect(try world.ask("io.lapse.Control.Hold", call, as: .root).error == nil)
    }

    @Test(arguments: [
        ("", "io.lapse.Control.ReasonMissing"), (" \\n\\u00a0", "io.lapse.Control.ReasonMissing"),
        (String(repeating: "y", count: 201), "org.varlink.service.InvalidParameter"),
        (String(repeating: "y", count: 200), nil),
    ])
    func `a reason is needed, and its length is that of every reason`(
        why: String,
        error: String?
    ) throws {
        for (method, rest) in [
            ("Hold", "\"id\":\"a1\",\"forMs\":1"), ("Extend", "\"id\":\"a1\",\"byMs\":1"),
            ("Revoke", "\"user\":\"alice\""), ("Unlock", "\"id\":\"l8\""),
        ] {
            var world = Self.world()
            let reply = try world.ask(
                "io.lapse.Control.\(method)",
                "{\(rest),\"why\":\"\(why)\"}"
            )
            #expect(reply.error == error, "\(method)")
            #expect(world.backend.log.orders.isEmpty == (error != nil))
        }
    }

    @Test func `a reason is escaped before the daemon sees it`() throws {
        var world = World()
        _ = try world.ask(
            "io.lapse.Control.Revoke",
            "{\"user\":\"alice\",\"why\":\"a\\u001b[2J\"}"
        )
        #expect(world.backend.log.orders == [.revoke("alice", .root, "a\\u{1b}[2J")])
    }

    @Test(arguments: [
        (ControlError.policyRefused(text: "error: a\nb"), "text", "error: a\nb"),
        (.noSuchSession(id: "a1"), "id", "a1"),
    ])
    func `what the daemon refuses is told as it says`(
        refusal: ControlError,
        name: String,
        value: String
    ) throws {
        for method in [
            "Touch", "Hold", "Release", "Extend", "Lock", "Unlock", "Revoke", "Reload",
        ] {
            var world = Self.world()
            world.backend.refusal = refusal
            let reply = try world.ask("io.lapse.Control.\(method)", Self.parameters(method))
            #expect(reply.error == refusal.name)
            #expect(reply.parameter(name) == value)
        }
    }

    @Test func `an extension is answered with what happens next now`() throws {
        var world = World()
        let reply = try world.ask("io.lapse.Control.Extend", Self.parameters("Extend"))
        #expect(reply.parameters?["next"]?["inMs"] == .number(12_000))
        #expect(reply.parameters?["next"]?["reason"] == .text("idle"))
    }
}
