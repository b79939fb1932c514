import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite(.timeLimit(.minutes(1))) struct SocketPeerTests {
    @Test func `who listens at the other end is found, and no more files than the limit`() throws {
        let directory = TemporaryDirectory()
        let server = LocalSocket(.stream, boundTo: directory.path("s"))
        try #require(listen(server.number, 8) == 0)
        // perl connects, and listens nowhere.
        let client = TerminalLogin([
            "/usr/bin/perl", "-MSocket", "-e",
            "$|=1; socket(S,AF_UNIX,SOCK_STREAM,0); connect(S,sockaddr_un('\(directory.path("s"))'))"
                + " or die; print qq(READY\\n); sleep 1000",
        ])
        try #require(client.shows("READY"))
        #expect(SocketPeer.listeners(of: client.family["shell"]).contains(getpid()))
        #expect(SocketPeer.hasOpen(client.pty.path, pid: client.family["shell"]))
        #expect(!SocketPeer.hasOpen("/dev/pts/ptmx", pid: client.family["shell"]))
        #expect(SocketPeer.listeners(of: -1).isEmpty)
        #expect(!SocketPeer.hasOpen(client.pty.path, pid: -1))
    }

    @Test func `children are the same, whichever way they are read`() throws {
        let family = ProcessFamily("threads")
        let pid = family["leader"]
        #expect(ProcessStat.read(pid: pid)?.threads == 2)
        #expect(
            Set(ProcessTree.children(of: pid, threads: 2)) == [family["child"], family["sibling"]]
        )
        #expect(ProcessTree.children(of: pid, threads: 1) == [family["sibling"]])
        #expect(ProcessTree.children(of: -1, threads: 1).isEmpty)
        let shell = TerminalLogin([
            "/bin/bash", "-c", "for i in {1..700}; do sleep 1000 & done; echo READY; wait",
        ])
        try #require(shell.shows("READY"))
        // More than one read(2) takes.
        #expect(ProcessTree.children(of: shell.family["shell"], threads: 1).count == 700)
    }
}
