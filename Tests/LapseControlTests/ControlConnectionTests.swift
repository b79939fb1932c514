import LapseControl
import Testing

@Suite struct ControlConnectionTests {
    private static func bytes(_ messages: String...) -> [UInt8] {
        messages.flatMap { Array($0.utf8) + [0] }
    }

    /// A call of exactly this many bytes.
    private static func call(ofBytes count: Int) -> [UInt8] {
        let frame = "{\"method\":\"a.B\",\"x\":\"\"}"
        return Array(frame.dropLast(2).utf8)
            + [UInt8](repeating: UInt8(ascii: "y"), count: count - frame.utf8.count)
            + Array("\"}".utf8)
    }

    /// What came out of a connection: the methods in order, and the fault that ended it.
    private static func drain(
        _ connection: inout ControlConnection
    ) -> (methods: [String], fault: ControlFault?) {
        var methods: [String] = []
        do throws(ControlFault) {
            while let call = try connection.nextCall() { methods.append(call.method) }
            return (methods, nil)
        } catch {
            return (methods, error)
        }
    }

    @Test func `calls come out whole and in order however the bytes are cut`() throws {
        let stream = Self.bytes(
            "{\"method\":\"a.B\"}",
            "{\"method\":\"c.D\"}",
            "{\"method\":\"e.F\"}"
        )
        for size in 1...stream.count {
            var connection = ControlConnection()
            var methods: [String] = []
            for start in stride(from: 0, to: stream.count, by: size) {
                try connection.receive(stream[start..<min(start + size, stream.count)])
                let (some, fault) = Self.drain(&connection)
                #expect(fault == nil)
                methods += some
            }
            #expect(methods == ["a.B", "c.D", "e.F"])
            #expect(connection.pendingBytes == 0)
        }
    }

    @Test func `the calls before a faulty one are still handed out`() throws {
        var connection = ControlConnection()
        try connection.receive(
            Self.bytes("{\"method\":\"a.B\"}", "nonsense", "{\"method\":\"c.D\"}")
        )
        let (methods, fault) = Self.drain(&connection)
        #expect(methods == ["a.B"])
        #expect(fault == .notACall)
    }

    @Test func `a connection knows whether another whole call waits`() throws {
        var connection = ControlConnection()
        #expect(!connection.holdsWholeCall)
        let two = Self.bytes("{\"method\":\"a.B\"}", "{\"method\":\"c.D\"}")
        try connection.receive(two.dropLast())
        #expect(connection.holdsWholeCall)
        #expect(try connection.nextCall()?.method == "a.B")
        #expect(!connection.holdsWholeCall)
        #expect(try connection.nextCall()?.method == nil)
        #expect(!connection.holdsWholeCall)
        try connection.receive([0])
        #expect(connection.holdsWholeCall)
        #expect(try connection.nextCall()?.method == "c.D")
        #expect(!connection.holdsWholeCall)
    }

    @Test func `a NUL alone is no call`() throws {
        var connection = ControlConnection()
        try connection.receive([0])
        #expect(Self.drain(&connection).fault == .notACall)
    }

    @Test func `a call of the longest length passes, one byte more does not`() throws {
        for (extra, fault) in [(0, nil), (1, ControlFault.callTooLong)] {
            var connection = ControlConnection()
            try connection.receive(Self.call(ofBytes: ControlLimits.callBytesMax + extra) + [0])
            #expect(Self.drain(&connection).fault == fault)
        }
    }

    @Test func `a call that never ends is cut off at its longest length`() throws {
        var connection = ControlConnection()
        try connection.receive(Self.call(ofBytes: ControlLimits.callBytesMax))
        #expect(Self.drain(&connection).fault == nil)
        try connection.receive([0x20])
        #expect(Self.drain(&connection).fault == .callTooLong)
    }

    @Test func `calls that nobody takes out are held up to the limit`() throws {
        let call = Self.bytes("{\"method\":\"a.B\"}")
        var connection = ControlConnection()
        let count = ControlLimits.pendingBytesMax / call.count
        for _ in 0..<count { try connection.receive(call) }
        let rest = ControlLimits.pendingBytesMax - connection.pendingBytes
        try connection.receive([UInt8](repeating: 0x20, count: rest))
        #expect(connection.pendingBytes == ControlLimits.pendingBytesMax)
        #expect(throws: ControlFault.tooMuchPending) { try connection.receive([0x20]) }
        #expect(Self.drain(&connection).methods.count == count)
    }

    @Test func `a reader that takes calls out before it reads again never meets the limit`() throws
    {
        // The worst case: one byte short of a whole longest call, then a read as long as a call.
        var connection = ControlConnection()
        try connection.receive(Self.call(ofBytes: ControlLimits.callBytesMax))
        #expect(Self.drain(&connection).methods.isEmpty)
        try connection.receive([0] + Self.call(ofBytes: ControlLimits.callBytesMax - 1))
        #expect(Self.drain(&connection) == (["a.B"], nil))
    }
}
