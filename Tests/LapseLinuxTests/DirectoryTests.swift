import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite struct DirectoryTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.path("run") }

    private func refusal(_ path: String) -> SystemError {
        let text = "\(path) (what is there is no directory that root alone writes to)"
        return SystemError("mkdir", text, code: EEXIST)
    }

    /// In a process of its own: the umask is the process's.
    @Test func `a new directory has the mode that is asked for, whatever the umask`() async {
        await #expect(processExitsWith: .success) { [path = path as String] in
            for mode: UInt32 in [0o755, 0o700] {
                for mask: mode_t in [0o000, 0o077, 0o777] {
                    umask(mask)
                    try SmallFile.makeDirectory(path, mode: mode)
                    var status = stat()
                    #expect(lstat(path, &status) == 0)
                    #expect(status.st_mode == S_IFDIR | mode)
                    #expect(rmdir(path) == 0)
                }
            }
        }
    }

    @Test(arguments: [0o755, 0o700, 0o750, 0o711] as [UInt32])
    func `one that is there and that nobody else writes to is taken as it is`(
        mode: UInt32
    ) throws {
        mkdir(path, 0o700)
        chmod(path, mode)
        try SmallFile.makeDirectory(path, mode: 0o755)
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_mode == S_IFDIR | mode)
    }

    @Test(arguments: [0o777, 0o1777, 0o775, 0o757, 0o720] as [UInt32])
    func `one that others may write to is refused`(mode: UInt32) {
        mkdir(path, 0o700)
        chmod(path, mode)
        let error = #expect(throws: SystemError.self) {
            try SmallFile.makeDirectory(path, mode: 0o755)
        }
        #expect(error == refusal(path))
    }

    @Test(.needsRoot) func `one of another user is refused`() {
        mkdir(path, 0o700)
        chown(path, 54_321, 0)
        let error = #expect(throws: SystemError.self) {
            try SmallFile.makeDirectory(path, mode: 0o755)
        }
        #expect(error == refusal(path))
    }

    @Test func `a link or a file in its place is refused`() {
        mkdir(directory.path("elsewhere"), 0o755)
        symlink("elsewhere", path)
        let link = #expect(throws: SystemError.self) {
            try SmallFile.makeDirectory(path, mode: 0o755)
        }
        #expect(link == refusal(path))
        unlink(path)
        directory.write("run", "")
        let file = #expect(throws: SystemError.self) {
            try SmallFile.makeDirectory(path, mode: 0o755)
        }
        #expect(file == refusal(path))
    }

    @Test func `one that cannot be made is a fault`() {
        let path = directory.path("none/run")
        let error = #expect(throws: SystemError.self) {
            try SmallFile.makeDirectory(path, mode: 0o755)
        }
        #expect(error == SystemError("mkdir", path, code: ENOENT))
    }
}
