import Glibc
import LinuxFixture
import Testing

@testable import LapseLinux

@Suite(.needsRoot, .timeLimit(.minutes(1))) struct ExecutablePathTests {
    /// A program of the test's own, which is `sleep`, and where it lies.
    private static func copy(in directory: TemporaryDirectory, mode: UInt32 = 0o755) -> String {
        let path = directory.path("program")
        RunningProgram(["/bin/cp", "/bin/sleep", path]).wait()
        chmod(path, mode)
        return path
    }

    private static func running(_ words: String...) throws -> (ProcessFamily, ExecutablePath) {
        let family = ProcessFamily(["run", "-", "0"] + words)
        // The scene says the pid before it becomes the program.
        for _ in 0..<1_000 {
            if let path = ExecutablePath(pid: family["shell"]), path.name != "process-family" {
                return (family, path)
            }
            usleep(5_000)
        }
        throw Missing()
    }

    private struct Missing: Error {}

    @Test func `a program of the system's is root's alone`() throws {
        let (family, executable) = try Self.running("/bin/sleep", "1000")
        #expect(executable.path == "/usr/bin/sleep")
        #expect(executable.name == "sleep")
        #expect(!executable.isDeleted)
        #expect(executable.isRootsAlone)
        for name in ["sleep", "/usr/bin/sleep", "/bin/sleep"] {
            #expect(executable.isNamed(name), "\(name)")
        }
        for name in ["", "/", "Sleep", "bin/sleep", "/usr/sbin/sleep", "/bin/cat", "slee"] {
            #expect(!executable.isNamed(name), "\(name)")
        }
        family.end()
        #expect(!executable.isRootsAlone)
        #expect(ExecutablePath(pid: executable.pid) == nil)
    }

    @Test func `a program below /tmp is not, although root owns it`() throws {
        let directory = TemporaryDirectory()
        let (family, executable) = try Self.running(Self.copy(in: directory), "1000")
        defer { family.end() }
        #expect(executable.path == directory.path("program"))
        #expect(!executable.isRootsAlone)
    }

    /// What /proc/PID/exe says, and what the process may have done about it.
    private static let links: [(link: String, path: String, isDeleted: Bool, name: String)] = [
        ("/usr/bin/make", "/usr/bin/make", false, "make"),
        ("/usr/bin/make (deleted)", "/usr/bin/make", true, "make"),
        ("/tmp/a (deleted) (deleted)", "/tmp/a (deleted)", true, "a (deleted)"),
        ("/memfd:/usr/bin/make (deleted)", "/memfd:/usr/bin/make", true, "make"),
        ("/tmp/x\n/usr/bin/make", "/tmp/x\n/usr/bin/make", false, "make"),
        ("make", "make", false, "make"),
    ]

    @Test(arguments: links)
    func `the kernel's mark for a file that is gone is taken off`(
        link: String,
        path: String,
        isDeleted: Bool,
        name: String
    ) {
        let executable = ExecutablePath(pid: getpid(), link: link)
        #expect(executable.path == path)
        #expect(executable.isDeleted == isDeleted)
        #expect(executable.name == name)
        // The test is a program of this build, which lies at none of these.
        #expect(!executable.isRootsAlone)
    }

    @Test func `a mount over a program in a namespace of the user's own does not help`() throws {
        let directory = TemporaryDirectory()
        let fake = Self.copy(in: directory)
        let script = "mount --bind \(fake) /usr/bin/sleep && exec /usr/bin/sleep 1000"
        // As root alone, with no user namespace: the one who could fool the check of that.
        let family = ProcessFamily(["run", "-", "0", "/usr/bin/unshare", "-m", "sh", "-c", script])
        var executable: ExecutablePath?
        for _ in 0..<1_000 where executable?.path != "/usr/bin/sleep" {
            executable = ExecutablePath(pid: family["shell"])
            usleep(5_000)
        }
        #expect(executable?.path == "/usr/bin/sleep")
        #expect(executable?.isRootsAlone == false)
    }

    @Test func `a program in a user namespace of its own is not believed`() throws {
        let family = ProcessFamily(
            ["run", "-", "65534", "/usr/bin/unshare", "-r", "sleep", "1000"]
        )
        var executable: ExecutablePath?
        for _ in 0..<1_000 where executable?.path != "/usr/bin/sleep" {
            executable = ExecutablePath(pid: family["shell"])
            usleep(5_000)
        }
        #expect(executable?.path == "/usr/bin/sleep")
        #expect(executable?.isRootsAlone == false)
    }
}
