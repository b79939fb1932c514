import Glibc
import LapseLinux
import LinuxFixture
import Testing

/// As a service manager does it: one process listens, another answers.
@Suite(.timeLimit(.minutes(1)), .enabled(if: geteuid() == 0)) struct ServedProcessTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.path("s") }

    /// Accepts one connection, whose end it keeps; a child of its own says `1`, and then it itself
    /// `2` if it `intrudes`.
    private func server(intrudes: Bool = false) throws -> TerminalLogin {
        let program = TerminalLogin([
            "/usr/bin/perl", "-MSocket", "-e",
            "$|=1; socket(L,AF_UNIX,SOCK_SEQPACKET,0); bind(L,sockaddr_un('\(path)')) or die;"
                + " listen(L,8); print qq(READY\\n); accept(C,L);"
                + " if (!fork) { send(C,'1',0); print qq(SAID\\n); sleep 1000 }"
                + " \(intrudes ? "select(undef,undef,undef,0.2); send(C,'2',0);" : "") sleep 1000",
        ])
        try #require(program.shows("READY"))
        return program
    }

    private func next(of process: ServedProcess) throws -> [UInt8]? {
        for _ in 0..<500 {
            if let packet = try process.receive(max: 16) { return packet }
            usleep(10_000)
        }
        return nil
    }

    @Test func `who answers is known by his first packet, and it is not who listens`() throws {
        let program = try server()
        let process = try #require(try ServedProcess(at: path, running: "/usr/bin/perl"))
        #expect(process.handle == nil)
        #expect(try next(of: process) == [UInt8(ascii: "1")])
        let listener = program.family["shell"]
        let handle = try #require(process.handle)
        #expect(handle.pid != listener)
        #expect(ProcessStat.read(pid: handle.pid)?.parent == listener)
        #expect(try process.receive(max: 16) == nil)
    }

    @Test func `a process of another program is not believed, nor is a second sender`() throws {
        do {
            let program = try server()
            let process = try #require(try ServedProcess(at: path, running: "/usr/bin/sleep"))
            #expect(throws: SystemError.self) { try next(of: process) }
            #expect(process.handle == nil)
            withExtendedLifetime(program) {}
        }
        unlink(path)
        let program = try server(intrudes: true)
        let process = try #require(try ServedProcess(at: path, running: "/usr/bin/perl"))
        #expect(try next(of: process) == [UInt8(ascii: "1")])
        #expect(throws: SystemError.self) { try next(of: process) }
        withExtendedLifetime(program) {}
    }

    @Test func `nobody serves a path that is free, left behind, or of another kind`() throws {
        #expect(try ServedProcess(at: path, running: "/usr/bin/perl") == nil)
        do { _ = try UnixSocket.listen(at: path, .packets, mode: 0o600) }
        #expect(try ServedProcess(at: path, running: "/usr/bin/perl") == nil)
        let listener = try UnixSocket.listen(at: path, .stream, mode: 0o600)
        #expect(try ServedProcess(at: path, running: "/usr/bin/perl") == nil)
        withExtendedLifetime(listener) {}
    }
}
