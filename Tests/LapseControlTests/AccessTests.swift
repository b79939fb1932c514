import ControlFixture
import LapseControl
import Testing

@Suite struct AccessTests {
    private typealias Reach = Access.Reach

    /// The whole table once more, method by method and peer by peer, written out.
    private static let expected: [ControlMethod: [String: Access.Reach]] = [
        .list: ["root": .all, "auditor": .all, "alice": .own, "stranger": .own],
        .show: ["root": .all, "auditor": .all, "alice": .own, "stranger": .own],
        .end: ["root": .all, "auditor": .own, "alice": .own, "stranger": .own],
        .why: ["root": .all, "auditor": .all, "alice": .own, "stranger": .own],
        .touch: ["root": .all, "auditor": .own, "alice": .own, "stranger": .own],
        .hold: ["root": .all, "auditor": .own, "alice": .own, "stranger": .own],
        .release: ["root": .all, "auditor": .own, "alice": .own, "stranger": .own],
        .lock: ["root": .all, "auditor": .own, "alice": .own, "stranger": .own],
        .unlock: ["root": .all, "auditor": .nothing, "alice": .nothing, "stranger": .nothing],
        .extend: ["root": .all, "auditor": .nothing, "alice": .nothing, "stranger": .nothing],
        .revoke: ["root": .all, "auditor": .nothing, "alice": .nothing, "stranger": .nothing],
        .reload: ["root": .all, "auditor": .nothing, "alice": .nothing, "stranger": .nothing],
        .policy: ["root": .all, "auditor": .all, "alice": .nothing, "stranger": .nothing],
        .status: [
            "root": .all, "auditor": .all, "alice": .publicPart, "stranger": .publicPart,
        ],
        .getInfo: [
            "root": .publicPart, "auditor": .publicPart, "alice": .publicPart,
            "stranger": .publicPart,
        ],
        .getInterfaceDescription: [
            "root": .publicPart, "auditor": .publicPart, "alice": .publicPart,
            "stranger": .publicPart,
        ],
    ]

    private static let peers: [String: ControlPeer] = [
        "root": .root, "auditor": .auditor, "alice": .alice, "stranger": .stranger,
    ]

    @Test(arguments: ControlMethod.allCases)
    func `each kind of peer reaches what the table says`(method: ControlMethod) throws {
        let access = Access(lapseGroup: FixtureSessions.lapseGroup)
        for (name, peer) in Self.peers {
            let expected = try #require(Self.expected[method]?[name])
            #expect(access.reach(of: method, by: peer) == expected, "\(method) as \(name)")
            for session in FixtureSessions.all {
                let isAllowed = access.allows(method, by: peer, on: session)
                let should = expected == .all || (expected == .own && session.uid == peer.uid)
                #expect(isAllowed == should, "\(method) on \(session.id) as \(name)")
            }
        }
    }

    @Test func `on a host without the group nobody is in it`() {
        let access = Access(lapseGroup: nil)
        #expect(access.reach(of: .list, by: .auditor) == .own)
        #expect(access.reach(of: .status, by: .auditor) == .publicPart)
        #expect(access.reach(of: .list, by: .root) == .all)
    }

    @Test func `a session of an unknown uid is nobody's own`() {
        let access = Access(lapseGroup: nil)
        for uid in [UInt32(1), FixtureSessions.alice, 65534, .max] {
            let peer = ControlPeer(uid: uid, gids: [], pid: 1)
            #expect(!access.allows(.show, by: peer, on: FixtureSessions.hostile))
        }
    }

    @Test(arguments: [
        ("root", ["a1", "a2", "a3", "h4", "b5", "a6"], SessionScope.everyone),
        ("auditor", ["a1", "a2", "a3", "h4", "b5", "a6"], .everyone),
        ("alice", ["a1", "a2", "a3", "a6"], .uid(FixtureSessions.alice)),
        ("stranger", [], .uid(4711)),
    ])
    func `a list holds what the peer may see, and the daemon is asked for no more`(
        name: String,
        ids: [String],
        scope: SessionScope
    ) throws {
        let peer = try #require(Self.peers[name])
        var world = World()
        let reply = try world.ask("io.lapse.Control.List", "{\"ended\":true}", as: peer)
        #expect(reply.ids == ids)
        #expect(world.backend.log.scopes == [scope])
    }

    @Test func `another's session cannot be told from one that does not exist`() throws {
        for peer in [ControlPeer.alice, .stranger] {
            let calls = [
                "Show\",\"parameters\":{", "End\",\"parameters\":{\"why\":\"x\",",
                "Why\",\"parameters\":{", "Touch\",\"parameters\":{",
                "Hold\",\"parameters\":{\"forMs\":1,\"why\":\"x\",",
                "Release\",\"parameters\":{", "Lock\",\"parameters\":{",
                "Unlock\",\"parameters\":{\"why\":\"x\",",
                "Extend\",\"parameters\":{\"byMs\":1,\"why\":\"x\",",
            ]
            for call in calls {
                var world = World()
                let others = try world.raw(
                    "{\"method\":\"io.lapse.Control.\(call)\"id\":\"b5\"}}",
                    as: peer
                )
                world.backend.all.removeAll { $0.id == "b5" }
                let nobodys = try world.raw(
                    "{\"method\":\"io.lapse.Control.\(call)\"id\":\"b5\"}}",
                    as: peer
                )
                #expect(others == nobodys)
                #expect(try Reply(others).error == "io.lapse.Control.NoSuchSession")
                #expect(world.backend.log.ends.isEmpty)
                #expect(world.backend.log.orders.isEmpty)
            }
        }
    }

    @Test(arguments: [
        ("root", "a1", nil), ("root", "b5", nil), ("root", "h4", nil),
        ("alice", "a1", nil), ("alice", "b5", "io.lapse.Control.NoSuchSession"),
        ("auditor", "b5", nil), ("auditor", "a1", "org.varlink.service.PermissionDenied"),
        ("stranger", "a1", "io.lapse.Control.NoSuchSession"),
    ])
    func `a session is ended by root and by its owner alone`(
        name: String,
        id: String,
        error: String?
    ) throws {
        let peer = try #require(Self.peers[name])
        var world = World()
        let call = "{\"id\":\"\(id)\",\"why\":\"x\"}"
        #expect(try world.ask("io.lapse.Control.End", call, as: peer).error == error)
        let done = CallLog.End(id: id, peer: peer, why: "x")
        #expect(world.backend.log.ends == (error == nil ? [done] : []))
    }

    @Test func `policy and counts are shown to root and to the group alone`() throws {
        for (name, isShown) in [
            ("root", true), ("auditor", true), ("alice", false), ("stranger", false),
        ] {
            let peer = try #require(Self.peers[name])
            var world = World()
            let status = try world.ask("io.lapse.Control.Status", nil, as: peer)
                .parameters?["status"]
            #expect((status?["policy"] != nil) == isShown)
            #expect((status?["counts"] != nil) == isShown)
            #expect(status?["version"] == .text("0.1.0"))
            #expect(status?["mode"] == .text("enforce"))
        }
    }
}
