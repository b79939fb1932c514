import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite(.timeLimit(.minutes(1))) struct AccountChangesTests {
    private let directory = TemporaryDirectory()

    /// Runs the loop until `count` hints have come, while `act` is called at the beginning and
    /// after each hint.
    private func hints(_ count: Int, act: @escaping (Int) -> Void) throws -> [Int64] {
        let loop = try EventLoop()
        var moments: [Int64] = []
        let changes = try AccountChanges(on: loop, directory: directory.path) {
            moments.append(BootClock.now())
            act(moments.count)
            if moments.count == count { loop.stop() }
        }
        moments.append(BootClock.now())
        act(0)
        moments.removeFirst()
        try withExtendedLifetime(changes) { try loop.run() }
        return moments
    }

    @Test(arguments: ["passwd", "shadow", "group", "gshadow"])
    func `a file that takes the name of one of the four is a hint`(name: String) throws {
        let moments = try hints(1) { _ in
            directory.write("\(name)+", "root:x:0:0::/root:/bin/sh\n")
            rename(directory.path("\(name)+"), directory.path(name))
        }
        #expect(moments.count == 1)
    }

    @Test func `one that is written in place is a hint`() throws {
        directory.write("shadow", "")
        #expect(try hints(1) { _ in directory.write("shadow", "root:!:::::::\n") }.count == 1)
    }

    @Test func `other files are none, and all changes together are one`() throws {
        let moments = try hints(2) { count in
            guard count < 2 else { return }
            for name in ["hosts", "passwd-", "passwd.lock", "subuid", ".pwd.lock"] {
                directory.write(name, "")
            }
            guard count == 0 else {
                directory.write("group", "")
                return
            }
            for name in ["passwd", "shadow", "group", "gshadow"] {
                for _ in 1...10 { directory.write(name, "") }
            }
        }
        // The second hint is for what came after the first, and not sooner than the pause.
        #expect(moments.count == 2)
        #expect(moments[1] - moments[0] >= 200_000_000)
    }

    @Test func `a directory that is not there cannot be watched`() throws {
        let loop = try EventLoop()
        #expect(throws: SystemError.self) {
            try AccountChanges(on: loop, directory: directory.path("none")) {}
        }
    }
}
