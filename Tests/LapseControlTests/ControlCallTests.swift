import ControlFixture
import LapseControl
import TestRandom
import Testing

@Suite struct ControlCallTests {
    private static func nested(_ open: String, _ close: String, bytes: Int) -> String {
        let depth = bytes / (open.utf8.count + close.utf8.count)
        return String(repeating: open, count: depth) + String(repeating: close, count: depth)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[]", "null", "true", "1", "\"method\"", "{}", "{\"method\"}",
        "{\"method\":null}", "{\"method\":1}", "{\"method\":[\"a.B\"]}", "{\"Method\":\"a.B\"}",
        "{\"method\":\"a.B\"", "{\"method\":\"a.B\"}x", "{\"method\":\"a.B\"}{\"method\":\"a.B\"}",
        "{\"method\":\"a\\ud800\"}", "{\"method\":\"a\\udc00b\"}", "{\"method\":\"a\\u00",
        "{\"method\":\"a\u{1}\"}", "{'method':'a.B'}", "{/**/\"method\":\"a.B\"}",
        "{\"method\":\"a.B\",\"oneway\":1}", "{\"method\":\"a.B\",\"oneway\":\"true\"}",
        "{\"method\":\"a.B\",\"upgrade\":{}}",
    ])
    func `what is no call is a fault`(message: String) {
        #expect(throws: ControlFault.notACall) { try ControlCall(message: message.utf8) }
    }

    @Test func `bytes that are no UTF-8 and other encodings are a fault`() {
        let utf16 = "{\"method\":\"a.B\"}".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let bad: [[UInt8]] = [
            Array("{\"method\":\"a".utf8) + [0xFF] + Array("\"}".utf8),
            Array("{\"method\":\"a".utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8),
            Array("{\"method\":\"a.B\",\"x".utf8) + [0xC3] + Array("\":1}".utf8),
            [0xFF, 0xFE] + utf16.filter { $0 != 0 }, [0xFE, 0xFF], [0xFF, 0xFE],
        ]
        for message in bad {
            #expect(throws: ControlFault.notACall) { try ControlCall(message: message) }
        }
    }

    @Test func `nesting as deep as a call can be long is a fault, not a crash`() {
        let longest = ControlLimits.callBytesMax
        for bomb in [
            String(repeating: "[", count: longest), Self.nested("[", "]", bytes: longest),
            String(repeating: "{\"a\":", count: longest / 5),
            Self.nested("{\"a\":", "}", bytes: longest),
            "{\"method\":\"a.B\",\"parameters\":" + Self.nested("[", "]", bytes: longest) + "}",
            "{\"parameters\":" + String(repeating: "[{\"a\":", count: longest / 6),
        ] {
            #expect(throws: ControlFault.notACall) { try ControlCall(message: bomb.utf8) }
        }
    }

    @Test func `the envelope is read, and what it may carry besides is passed over`() throws {
        let plain = try ControlCall(message: " {\"method\" : \"a.B\"}\n".utf8)
        #expect(plain.method == "a.B")
        #expect(!plain.isOneway)
        #expect(!plain.wantsUpgrade)
        let full = try ControlCall(
            message: """
                {"com.example.x":{"a":1},"upgrade":true,"more":true,"oneway":true,\
                "parameters":{"b":[1.5e300,-0,1e999999]},"method":"a.\\u0042"}
                """.utf8
        )
        #expect(full.method == "a.B")
        #expect(full.isOneway)
        #expect(full.wantsUpgrade)
    }

    @Test(arguments: [
        ("List", "[]", "parameters"), ("List", "1", "parameters"), ("List", "\"\"", "parameters"),
        ("List", "{\"ended\":1}", "ended"), ("List", "{\"ended\":\"true\"}", "ended"),
        ("List", "{\"Ended\":true}", "Ended"), ("List", "{\"z\":1,\"b\":1,\"ended\":true}", "b"),
        ("List", "{\"\":null}", ""),
        ("Show", "{}", "id"), ("Show", "null", "id"), ("Show", "{\"id\":null}", "id"),
        ("Show", "{\"id\":5}", "id"), ("Show", "{\"id\":[]}", "id"),
        ("Show", "{\"id\":\"\"}", "id"),
        ("Show", "{\"id\":\"a1\",\"why\":\"x\"}", "why"),
        ("End", "{\"id\":\"a1\"}", "why"), ("End", "{\"why\":\"x\"}", "id"),
        ("End", "{\"id\":\"a1\",\"why\":7}", "why"), ("End", "{\"id\":\"a1\",\"why\":\"\"}", "why"),
        ("End", "{\"id\":\"a1\",\"why\":\"x\",\"dryRun\":true}", "dryRun"),
        ("Why", "{}", "id"), ("Touch", "{\"id\":1}", "id"), ("Release", "{\"x\":1}", "x"),
        ("Hold", "{\"id\":\"a1\",\"why\":\"x\"}", "forMs"),
        ("Hold", "{\"id\":\"a1\",\"forMs\":1.5,\"why\":\"x\"}", "forMs"),
        ("Hold", "{\"id\":\"a1\",\"forMs\":\"1\",\"why\":\"x\"}", "forMs"),
        ("Hold", "{\"id\":\"a1\",\"forMs\":9223372036854775808,\"why\":\"x\"}", "forMs"),
        ("Hold", "{\"id\":\"a1\",\"forMs\":1}", "why"),
        ("Hold", "{\"id\":\"\",\"forMs\":1,\"why\":\"x\"}", "id"),
        ("Extend", "{\"id\":\"a1\",\"why\":\"x\"}", "byMs"), ("Lock", "{\"id\":null}", "id"),
        ("Lock", "{}", "id"), ("Lock", "{\"id\":\"a1\",\"for\":1}", "for"),
        ("Unlock", "{\"id\":\"a1\"}", "why"), ("Unlock", "{\"why\":\"x\"}", "id"),
        ("Revoke", "{\"why\":\"x\"}", "user"), ("Revoke", "{\"user\":\"\",\"why\":\"x\"}", "user"),
        ("Revoke", "{\"user\":\"alice\"}", "why"), ("Reload", "{\"file\":\"/x\"}", "file"),
        ("Policy", "{\"id\":1}", "id"),
        ("Status", "{\"id\":\"a1\"}", "id"), ("Status", "[[]]", "parameters"),
    ])
    func `a parameter that does not fit is named, and nothing is done`(
        method: String,
        parameters: String,
        named: String
    ) throws {
        var world = World()
        let reply = try world.ask("io.lapse.Control.\(method)", parameters)
        #expect(reply.error == "org.varlink.service.InvalidParameter")
        #expect(reply.parameter("parameter") == named)
        #expect(world.backend.log.ends.isEmpty)
        #expect(world.backend.log.orders.isEmpty)
    }

    @Test(arguments: ["null", "{}", "{\"ended\":null}", "{\"ended\":false}"])
    func `parameters that may be left out may be left out`(parameters: String) throws {
        var world = World()
        #expect(try world.ask("io.lapse.Control.List", parameters).error == nil)
        #expect(try world.ask("io.lapse.Control.List", nil).error == nil)
    }

    /// Seeded, so that a failure comes again: each round spoils a valid stream and feeds it in.
    @Test func `spoilt streams end in answers or in a fault, and never in a crash`() throws {
        let calls: [String] = [
            "{\"method\":\"io.lapse.Control.List\",\"parameters\":{\"ended\":true},\"more\":true}",
            "{\"method\":\"io.lapse.Control.End\","
                + "\"parameters\":{\"id\":\"a1\",\"why\":\"\\u00e9x\"}}",
            "{\"method\":\"io.lapse.Control.Hold\","
                + "\"parameters\":{\"id\":\"a1\",\"forMs\":60000,\"why\":\"x\"}}",
            "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
                + "\"parameters\":{\"interface\":\"io.lapse.Control\"}}",
        ]
        let valid: [UInt8] = calls.flatMap { Array($0.utf8) + [0] }
        let signs = Array("{}[]\",:\\u0".utf8)
        var random = SeededRandom(seed: 0x1A95E)
        var answered = 0
        var faulty = 0
        for _ in 0..<3_000 {
            var stream = valid
            for _ in 0...Int(random.next() % 4) {
                let at = Int(random.next() % UInt64(stream.count))
                switch random.next() % 3 {
                case 0: stream[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: stream.remove(at: at)
                default:
                    stream.insert(signs[Int(random.next() % UInt64(signs.count))], at: at)
                }
            }
            var world = World()
            var connection = ControlConnection()
            do throws(ControlFault) {
                try connection.receive(stream)
                while let call = try connection.nextCall() {
                    let reply = world.server.answer(call, peer: .root, backend: &world.backend)
                    if call.isOneway { continue }
                    #expect(reply.last == 0 && !reply.dropLast().contains(0))
                    answered += 1
                }
            } catch {
                faulty += 1
            }
        }
        // Both ways were really taken.
        #expect(answered > 1_000)
        #expect(faulty > 1_000)
    }
}
