import Glibc
import LapseLinux
import LinuxFixture
import Testing

/// The server's end of each connection is held by another process, as sshd holds it.
@Suite(.needsRoot) struct SocketDiagnosisTests {
    @Test(arguments: TCPPair.Family.allCases)
    func `one look-up gives the figures of exactly this connection`(
        family: TCPPair.Family
    ) throws {
        let pair = TCPPair(family)
        let other = TCPPair(family)
        let holder = HoldingProcess([4: pair.near])
        let connection = try #require(try connection(of: holder))
        #expect(connection.remoteAddress == family.address)
        let diagnosis = try SocketDiagnosis()
        let first = try #require(try diagnosis.figures(of: connection))
        #expect(first.bytesReceived == 0 && first.bytesSent == 0)
        pair.receive(36)
        pair.receive(52)
        pair.send(1000)
        other.receive(700)
        let second = try #require(try diagnosis.figures(of: connection))
        #expect(second.bytesReceived == 88)
        #expect(second.segmentsReceived &- first.segmentsReceived == 2)
        #expect(second.bytesSent == 1000)
        #expect(second.segmentsSent &- first.segmentsSent == 1)
        #expect(0...5000 ~= second.sinceReceived && 0...5000 ~= second.sinceSent)
    }

    @Test(arguments: TCPPair.Family.allCases)
    func `both ways to the figures give the same`(family: TCPPair.Family) throws {
        let pair = TCPPair(family)
        let holder = HoldingProcess([4: pair.near])
        let handle = try ProcessHandle(pid: holder.pid)
        let connection = try #require(try connection(of: holder))
        pair.receive(123)
        pair.send(45)
        let asked = try #require(try SocketDiagnosis().figures(of: connection))
        let read = try #require(
            try ForeignSockets.figures(of: connection, at: 4, of: handle)
        )
        #expect(asked.bytesReceived == read.bytesReceived)
        #expect(asked.bytesSent == read.bytesSent)
        #expect(asked.segmentsReceived == read.segmentsReceived)
        #expect(asked.segmentsSent == read.segmentsSent)
        #expect(read.bytesReceived == 123 && read.bytesSent == 45)
    }

    @Test func `a connection that is closed is gone, for it and for the client`() throws {
        let pair = TCPPair()
        let holder = HoldingProcess([4: pair.near])
        pair.closeNear()
        let connection = try #require(try connection(of: holder))
        let diagnosis = try SocketDiagnosis()
        #expect(try diagnosis.figures(of: connection) != nil)
        holder.end()
        // No duplicate was kept, or the connection would still be open here.
        #expect(pair.isOverForClient)
        pair.closeFar()
        #expect(try diagnosis.figures(of: connection) == nil)
    }

    @Test func `after many questions the answers still belong to them`() throws {
        let pairs = (0..<20).map { _ in TCPPair() }
        let diagnosis = try SocketDiagnosis()
        let holders = pairs.map { HoldingProcess([4: $0.near]) }
        let connections = try holders.map { try #require(try connection(of: $0)) }
        for (index, pair) in pairs.enumerated() { pair.receive(index + 1) }
        for round in 0..<50 {
            let index = round * 7 % 20
            let figures = try diagnosis.figures(of: connections[index])
            #expect(figures?.bytesReceived == UInt64(index + 1))
        }
    }

    private func connection(of holder: HoldingProcess) throws -> TCPConnection? {
        let handle = try ProcessHandle(pid: holder.pid)
        for socket in try ForeignSockets.sockets(of: handle) {
            if case .tcp(let connection) = socket.kind { return connection }
        }
        return nil
    }
}
