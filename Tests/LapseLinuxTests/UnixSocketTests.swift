import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite(.timeLimit(.minutes(1))) struct UnixSocketTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.path("socket") }

    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode : nil
    }

    private func ends(
        _ kind: UnixSocket.Kind
    ) throws -> (listener: Descriptor, server: Descriptor, client: LocalSocket) {
        let listener = try UnixSocket.listen(at: path, kind, mode: 0o600)
        let client = try #require(
            LocalSocket.connected(kind == .stream ? .stream : .packets, to: path)
        )
        return (listener, try #require(try UnixSocket.accept(listener)), client)
    }

    /// In a process of its own: the umask is the process's.
    @Test func `the socket's file has the mode that is asked for, whatever the umask`() async {
        await #expect(processExitsWith: .success) { [path = path as String] in
            for mode: UInt32 in [0o600, 0o666, 0o660, 0o000] {
                for mask: mode_t in [0o000, 0o027, 0o777] {
                    umask(mask)
                    let socket = try UnixSocket.listen(at: path, .stream, mode: mode)
                    var status = stat()
                    #expect(lstat(path, &status) == 0)
                    #expect(status.st_mode == S_IFSOCK | mode)
                    #expect(umask(mask) == mask)
                    withExtendedLifetime(socket) {}
                }
            }
        }
    }

    @Test func `a socket is served while somebody listens there`() throws {
        #expect(!UnixSocket.isServed(path))
        let listener = try UnixSocket.listen(at: path, .stream, mode: 0o600)
        #expect(UnixSocket.isServed(path))
        withExtendedLifetime(listener) {}
        _ = consume listener
        #expect(!UnixSocket.isServed(path))
        #expect(!UnixSocket.isServed("/" + String(repeating: "x", count: 200)))
    }

    @Test func `a socket that a former daemon left is replaced`() throws {
        do { _ = try UnixSocket.listen(at: path, .packets, mode: 0o600) }
        #expect(LocalSocket.connected(.packets, to: path) == nil)
        let (_, server, client) = try ends(.packets)
        #expect(client.send([1]) == 1)
        #expect(try UnixSocket.receive(from: server, max: 8) == [1])
    }

    @Test func `what is no socket is left alone`() throws {
        directory.write("socket", "precious")
        let file = #expect(throws: SystemError.self) {
            try UnixSocket.listen(at: path, .stream, mode: 0o600)
        }
        #expect(file == SystemError("bind", path, code: EADDRINUSE))
        #expect(SmallFile.read(path) == Array("precious".utf8))
        unlink(path)

        let target = directory.path("target")
        symlink(target, path)
        let link = #expect(throws: SystemError.self) {
            try UnixSocket.listen(at: path, .stream, mode: 0o600)
        }
        #expect(link == SystemError("bind", path, code: EADDRINUSE))
        #expect(mode(target) == nil)
        unlink(path)

        mkdir(path, 0o700)
        #expect(throws: SystemError.self) {
            try UnixSocket.listen(at: path, .stream, mode: 0o600)
        }
    }

    @Test func `a path has 107 bytes at most`() throws {
        let room = 107 - directory.path("").utf8.count
        let longest = directory.path(String(repeating: "s", count: room))
        let socket = try UnixSocket.listen(at: longest, .stream, mode: 0o600)
        #expect(LocalSocket.connected(.stream, to: longest) != nil)
        let tooLong = directory.path(String(repeating: "s", count: room + 1))
        let error = #expect(throws: SystemError.self) {
            try UnixSocket.listen(at: tooLong, .stream, mode: 0o600)
        }
        #expect(error == SystemError("bind", tooLong, code: ENAMETOOLONG))
        withExtendedLifetime(socket) {}
    }

    @Test func `a directory that is not there is a fault`() {
        let path = directory.path("none/socket")
        let error = #expect(throws: SystemError.self) {
            try UnixSocket.listen(at: path, .stream, mode: 0o600)
        }
        #expect(error == SystemError("bind", path, code: ENOENT))
    }

    @Test func `the peer is who connected`() throws {
        let (_, server, _) = try ends(.stream)
        let peer = try UnixSocket.peer(of: server)
        #expect(peer.pid == getpid())
        #expect(peer.uid == geteuid())
        #expect(peer.gids.first == getegid())
        let count = getgroups(0, nil)
        #expect(peer.gids.count == 1 + Int(count))
    }

    @Test(.needsRoot, arguments: [0, 64, 65, 1000] as [Int])
    func `the peer's groups are all there, few or many`(count: Int) async throws {
        let listener = try UnixSocket.listen(at: path, .stream, mode: 0o666)
        await #expect(processExitsWith: .success) { [path = path as String, count = count as Int] in
            let groups = (0..<count).map { gid_t(70_000 + $0) }
            #expect(setgroups(count, groups) == 0)
            #expect(setgid(60_000) == 0)
            #expect(LocalSocket.connected(.stream, to: path) != nil)
        }
        let server = try #require(try UnixSocket.accept(listener))
        let peer = try UnixSocket.peer(of: server)
        #expect(peer.gids == [60_000] + (0..<count).map { gid_t(70_000 + $0) })
        #expect(peer.uid == 0)
    }

    @Test func `connections that wait are all taken, oldest first, and then none`() throws {
        let listener = try UnixSocket.listen(at: path, .packets, mode: 0o600)
        #expect(try UnixSocket.accept(listener) == nil)
        try OpenFiles.raiseLimit()
        let clients = (0..<300).compactMap { _ in LocalSocket.connected(.packets, to: path) }
        #expect(clients.count == 300)
        for (number, client) in clients.enumerated() { _ = client.send([UInt8(number % 251)]) }
        for number in 0..<300 {
            let server = try #require(try UnixSocket.accept(listener))
            #expect(try UnixSocket.receive(from: server, max: 10) == [UInt8(number % 251)])
        }
        #expect(try UnixSocket.accept(listener) == nil)
    }

    @Test func `packets keep their bounds, and one that is too long is cut`() throws {
        let (_, server, client) = try ends(.packets)
        #expect(try UnixSocket.receive(from: server, max: 4) == nil)
        _ = client.send([1, 2])
        _ = client.send([3])
        _ = client.send([4, 5, 6, 7, 8])
        _ = client.send([9])
        #expect(try UnixSocket.receive(from: server, max: 4) == [1, 2])
        #expect(try UnixSocket.receive(from: server, max: 4) == [3])
        // The caller asks for a byte more than it takes, and so sees that there was more.
        #expect(try UnixSocket.receive(from: server, max: 4) == [4, 5, 6, 7])
        #expect(try UnixSocket.receive(from: server, max: 4) == [9])
        #expect(try UnixSocket.receive(from: server, max: 4) == nil)
    }

    @Test(arguments: [UnixSocket.Kind.stream, .packets])
    func `the end of a conversation is an empty read`(kind: UnixSocket.Kind) throws {
        let listener = try UnixSocket.listen(at: path, kind, mode: 0o600)
        do {
            let client = LocalSocket.connected(kind == .stream ? .stream : .packets, to: path)
            #expect(client?.send([7]) == 1)
        }
        let server = try #require(try UnixSocket.accept(listener))
        #expect(try UnixSocket.receive(from: server, max: 8) == [7])
        #expect(try UnixSocket.receive(from: server, max: 8) == [])
        // Writing to one that is gone is a fault, and no SIGPIPE.
        let error = #expect(throws: SystemError.self) {
            try UnixSocket.send([1, 2], to: server)
        }
        #expect(error == SystemError("send", "", code: EPIPE))
    }

    @Test func `what a client does not read is not waited for`() throws {
        let (_, server, client) = try ends(.stream)
        let block = [UInt8](repeating: 0x61, count: 65536)
        var sent = 0
        while true {
            let count = try UnixSocket.send(block[...], to: server)
            sent += count
            if count == 0 { break }
            try #require(sent < 64 << 20)
        }
        #expect(sent > 0)
        #expect(try UnixSocket.send([1], to: server) == 0)
        #expect(client.receive()?.isEmpty == false)
    }
}
