import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite(.needsRoot) struct ForeignSocketsTests {
    @Test func `each socket is told once, at its lowest number, with what it is`() throws {
        let pair = TCPPair()
        let socket = LocalSocket(.stream, boundTo: "\0lapse-foreign-\(getpid())")
        let holder = HoldingProcess([
            4: socket.number, 5: pair.near, 6: pair.listener, 7: pair.near,
        ])
        let found = try ForeignSockets.sockets(of: ProcessHandle(pid: holder.pid))
            .filter { 4...7 ~= $0.descriptor }
        #expect(found.map(\.descriptor) == [4, 5, 6])
        guard case .unix = found[0].kind, case .tcp(let connection) = found[1].kind,
            case .listening(let port) = found[2].kind
        else {
            Issue.record("\(found)")
            return
        }
        #expect(port == connection.localPort)
        #expect(connection.cookie != 0)
    }

    @Test func `a number that is another socket by now gives nothing`() throws {
        let (pair, other) = (TCPPair(), TCPPair())
        let holder = HoldingProcess([4: pair.near, 5: other.near])
        let handle = try ProcessHandle(pid: holder.pid)
        let connections = try ForeignSockets.sockets(of: handle).compactMap { socket in
            if case .tcp(let connection) = socket.kind { connection } else { nil }
        }
        let first = try #require(connections.first)
        #expect(try ForeignSockets.figures(of: first, at: 4, of: handle) != nil)
        #expect(try ForeignSockets.figures(of: first, at: 5, of: handle) == nil)
        #expect(try ForeignSockets.figures(of: first, at: 900, of: handle) == nil)
    }

    @Test func `of a process that is gone nothing is told, and it says so`() throws {
        let pair = TCPPair()
        let holder = HoldingProcess([4: pair.near])
        let handle = try ProcessHandle(pid: holder.pid)
        let first = try #require(ForeignSockets.sockets(of: handle).first { $0.descriptor == 4 })
        guard case .tcp(let connection) = first.kind else {
            Issue.record("\(first)")
            return
        }
        holder.end()
        #expect(try ForeignSockets.figures(of: connection, at: 4, of: handle) == nil)
        let error = #expect(throws: SystemError.self) { try ForeignSockets.sockets(of: handle) }
        #expect(error?.isGone == true)
    }

    @Test func `a connection in another network namespace is read, and not asked for`() throws {
        let family = ProcessFamily("elsewhere")
        let handle = try ProcessHandle(pid: family["leader"])
        let sockets = try ForeignSockets.sockets(of: handle)
        let found = try #require(sockets.first { if case .tcp = $0.kind { true } else { false } })
        guard case .tcp(let connection) = found.kind else { return }
        let figures = try ForeignSockets.figures(of: connection, at: found.descriptor, of: handle)
        #expect(figures?.bytesReceived == 5)
        #expect(try SocketDiagnosis().figures(of: connection) == nil)
    }
}
