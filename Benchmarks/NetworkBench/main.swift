// What one look at the connection of a session costs, among few connections and among many.
//
// The budget is 25 us a look.
import Glibc
import LapseCore
import LapseLinux

/// Established connections over the loopback, both ends of them in this process.
final class Connections {
    private(set) var near: [Int32] = []
    private var far: [Int32] = []
    private let listener = Connections.socket()

    init() {
        withAddress(port: 0) { address, size in
            var size = size
            guard bind(listener, address, size) == 0, listen(listener, 128) == 0,
                getsockname(listener, address, &size) == 0
            else { fatalError("A port is free.") }
            port = UnsafeRawPointer(address).load(fromByteOffset: 2, as: UInt16.self)
        }
    }

    private var port: UInt16 = 0

    func grow(to count: Int) {
        while near.count < count {
            let client = Self.socket()
            withAddress(port: port) { address, size in
                guard connect(client, address, size) == 0 else {
                    fatalError("The loopback leads there.")
                }
            }
            let server = accept(listener, nil, nil)
            guard server >= 0 else { fatalError("There is a descriptor left.") }
            far.append(client)
            near.append(server)
        }
    }

    func exchange(_ count: Int, on index: Int) {
        var bytes = [UInt8](repeating: 1, count: count)
        _ = send(far[index], bytes, count, 0)
        _ = recv(near[index], &bytes, count, Int32(MSG_WAITALL))
    }

    private static func socket() -> Int32 {
        Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    }

    private func withAddress(
        port: UInt16,
        _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Void
    ) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // SAFETY: sockaddr is the head of sockaddr_in; the size is that of the whole.
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// The figures as the meter takes them, as LapseDaemon does.
func meterFigures(_ figures: TCPFigures) -> TrafficFigures {
    TrafficFigures(
        bytesReceived: figures.bytesReceived,
        bytesSent: figures.bytesSent,
        segmentsReceived: figures.segmentsReceived,
        segmentsSent: figures.segmentsSent,
        sinceReceived: .milliseconds(figures.sinceReceived),
        sinceSent: .milliseconds(figures.sinceSent),
        roundTrip: .microseconds(figures.roundTrip)
    )
}

/// The median of several rounds, in microseconds a call.
func time(_ name: String, calls: Int, _ body: (Int) throws -> Void) rethrows {
    var rounds: [Int64] = []
    for _ in 0..<15 {
        let start = BootClock.now()
        for call in 0..<calls { try body(call) }
        rounds.append(BootClock.now() - start)
    }
    let median = rounds.sorted()[rounds.count / 2]
    let hundredths = median / Int64(calls) / 10
    let rest = hundredths % 100
    print("\(name): \(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) us")
}

try OpenFiles.raiseLimit()
let connections = Connections()
connections.grow(to: 1)
let own = try ProcessHandle(pid: getpid())
let diagnosis = try SocketDiagnosis()
let sockets = try ForeignSockets.sockets(of: own)
guard
    let found = sockets.lazy.compactMap({ socket -> (Int32, TCPConnection)? in
        guard case .tcp(let connection) = socket.kind, socket.descriptor == connections.near[0]
        else { return nil }
        return (socket.descriptor, connection)
    }).first, let first = try diagnosis.figures(of: found.1)
else { fatalError("The connection is found.") }
let (descriptor, connection) = found

try time("find the connection among \(sockets.count) sockets", calls: 200) { _ in
    _ = try ForeignSockets.sockets(of: own)
}
for count in [1, 4_000] {
    connections.grow(to: count)
    var meter = TrafficMeter(meterFigures(first), at: BootInstant(nanoseconds: BootClock.now()))
    func take(_ figures: TCPFigures?) {
        guard let figures else { fatalError("It is there.") }
        meter.look(meterFigures(figures), at: BootInstant(nanoseconds: BootClock.now()))
    }
    try time("look by sock_diag, idle, among \(count)", calls: 2000) { _ in
        take(try diagnosis.figures(of: connection))
    }
    try time("look by a duplicate, idle, among \(count)", calls: 2000) { _ in
        take(try ForeignSockets.figures(of: connection, at: descriptor, of: own))
    }
    time("36 bytes there and back, among \(count)", calls: 2000) { _ in
        connections.exchange(36, on: 0)
    }
    try time("the same with a look by sock_diag, among \(count)", calls: 2000) { _ in
        connections.exchange(36, on: 0)
        take(try diagnosis.figures(of: connection))
    }
}
