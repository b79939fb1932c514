import ControlFixture
import FoundationEssentials
import LapseControl
import Testing

@Suite struct ControlMessagesTests {
    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test func `a session with everything is written as its description says`() throws {
        #expect(
            try Self.json(FixtureSessions.warned) == """
                {"ageMs":3725000,"id":"a1","idleLimitMs":900000,"idleMs":12345,\
                "lastActivity":{"agoMs":12345,"doing":"input","worth":"counts"},"leader":4242,\
                "lifetimeLimitMs":43200000,"next":{"inMs":12000,"reason":"idle","what":"end"},\
                "openedUs":1772356502500000,"privileged":false,"rhost":"192.0.2.7","service":"sshd",\
                "stage":"warned","terminals":[{"idleMs":12345,"name":"/dev/pts/3"},\
                {"idleMs":245000,"name":"/dev/pts/4"}],"uid":1001,"user":"alice","warnedFor":"idle"}
                """
        )
        #expect(
            try Self.json(FixtureSessions.ended) == """
                {"ageMs":7300000,"ended":{"atUs":1772360102500000,"by":"uid 0",\
                "durationMs":3600000,\
                "reason":"admin","spared":["tmux: server, pid 3100","rsync, pid 3200"],\
                "why":"maintenance at noon"},"id":"a6","leader":3000,"openedUs":1772356502500000,\
                "privileged":false,\
                "rhost":"192.0.2.7","ruser":"al","service":"sshd","stage":"ended","terminals":[],\
                "uid":1001,"user":"alice"}
                """
        )
        #expect(
            try Self.json(FixtureSessions.locked) == """
                {"ageMs":4800000,"failedTries":2,"id":"l8","idleLimitMs":900000,"idleMs":1200000,\
                "lastActivity":{"agoMs":1200000,"doing":"work","what":"make[123]",\
                "worth":"counts"},"leader":8000,"lifetimeLimitMs":43200000,\
                "lockEndsUs":1772364602500000,"lockReason":"idle","lockedUs":1772361002500000,\
                "next":{"inMs":3300000,"reason":"locked","what":"end"},\
                "openedUs":1772356502500000,"privileged":false,"rhost":"192.0.2.7",\
                "service":"sshd","stage":"locked",\
                "terminals":[{"idleMs":1200000,"name":"/dev/pts/5"}],"uid":1001,"user":"alice"}
                """
        )
    }

    @Test(arguments: FixtureSessions.all + [FixtureSessions.locked, FixtureSessions.lockedByRoot])
    func `a session survives the way through JSON`(session: SessionInfo) throws {
        let data = Data(try Self.json(session).utf8)
        #expect(try JSONDecoder().decode(SessionInfo.self, from: data) == session)
    }

    @Test func `the status survives the way through JSON`() throws {
        var status = FixtureSessions.status
        status.policy?.refused = "error: no such key\n --> lapse.toml:3:1\n"
        status.policy?.exceptionsOver = FixtureSessions.explanation.exceptions
        let data = Data(try Self.json(status).utf8)
        #expect(try JSONDecoder().decode(StatusInfo.self, from: data) == status)
    }

    @Test func `an explanation survives the way through JSON`() throws {
        let data = Data(try Self.json(FixtureSessions.explanation).utf8)
        let read = try JSONDecoder().decode(Explanation.self, from: data)
        #expect(read == FixtureSessions.explanation)
    }

    @Test func `numbers at their ends survive the way through JSON`() throws {
        var session = FixtureSessions.console
        for (uid, pid, time) in [
            (UInt32.max, Int32.max, Int64.max), (UInt32.min, Int32.min, Int64.min),
        ] {
            session.uid = uid
            session.leader = pid
            session.openedUs = time
            let data = Data(try Self.json(session).utf8)
            #expect(try JSONDecoder().decode(SessionInfo.self, from: data) == session)
        }
    }

    @Test func `null and absent are the same`() throws {
        let text = """
            {"id":"x","user":"u","service":"s","leader":1,"openedUs":1,"ageMs":1,"terminals":[],\
            "stage":"active","privileged":true,"heldUntilUs":null,"heldWhy":null,"uid":null,"rhost":null,"next":null,"ended":null,"idleMs":null}
            """
        let session = try JSONDecoder().decode(SessionInfo.self, from: Data(text.utf8))
        #expect(session.uid == nil && session.rhost == nil && session.next == nil)
    }
}
