/// One client's stream of calls: bytes in, whole calls out.
///
/// It does no input or output itself. The daemon's turn for a readable connection: `receive` what
/// one read brought, then `nextCall` and answer until it gives nil. With a full out-buffer it stops
/// taking calls out, and reads no more.
package struct ControlConnection: Sendable {
    private var bytes: [UInt8] = []
    /// Start of the first call not yet taken out.
    private var start = 0
    /// Bytes before this index hold no NUL beyond `start`: a slow sender costs no second search.
    private var searched = 0

    package init() {}

    /// Number of bytes that have not been taken out as calls.
    package var pendingBytes: Int { bytes.count - start }

    /// True when a whole call waits to be taken out.
    ///
    /// With it a daemon can answer a few calls a turn and come back, so that one client's long row
    /// of calls keeps nobody waiting.
    package var holdsWholeCall: Bool { bytes[searched...].contains(0) }

    /// Takes in what a read brought.
    ///
    /// - Parameter received: The bytes, in order.
    /// - Throws: `tooMuchPending` when the calls are not taken out as fast as they come in.
    package mutating func receive(_ received: some Collection<UInt8>) throws(ControlFault) {
        guard pendingBytes + received.count <= ControlLimits.pendingBytesMax else {
            throw .tooMuchPending
        }
        bytes.removeSubrange(..<start)
        searched -= start
        start = 0
        bytes.append(contentsOf: received)
    }

    /// Takes out the next whole call.
    ///
    /// - Returns: The call, or nil until more bytes come.
    /// - Throws: A fault, after which the connection is to be closed.
    package mutating func nextCall() throws(ControlFault) -> ControlCall? {
        let end = bytes[searched...].firstIndex(of: 0) ?? bytes.count
        searched = end
        guard end - start <= ControlLimits.callBytesMax else { throw .callTooLong }
        guard end < bytes.count else { return nil }
        let message = bytes[start..<end]
        start = end + 1
        searched = start
        return try ControlCall(message: message)
    }
}
