import Glibc
import LapseLinux
import LinuxFixture
import Testing

extension Trait where Self == ConditionTrait {
    /// Leaves a test out, with the reason, where it is not run by root.
    static var needsRoot: Self {
        .enabled(if: Host.rootObstacle == nil, Comment(rawValue: Host.rootObstacle ?? ""))
    }
}

@Suite struct ProcessTreeTests {
    @Test func `the children of every thread are found`() {
        let family = ProcessFamily("threads")
        #expect(
            Set(ProcessTree.children(of: family["leader"])) == [family["child"], family["sibling"]]
        )
        #expect(ProcessTree.children(of: family["child"]).isEmpty)
    }

    private static let lists: [(text: String, pids: [Int32])] = [
        ("", []), ("7 ", [7]), ("7 4194304 ", [7, 4_194_304]), ("7 41", [7]), ("7", []),
        ("7  8 ", [7, 8]), ("x 8 ", [8]), ("4294967303 ", []),
    ]

    @Test(arguments: lists)
    func `a pid that may have lost digits is left out`(text: String, pids: [Int32]) {
        #expect(ProcessTree.pids(Array(text.utf8)) == pids)
    }

    @Test func `a process that is gone has no children, owner or audit session`() {
        let family = ProcessFamily("alone")
        let pid = family["leader"]
        #expect(ProcessTree.all().contains(pid))
        family.end()
        #expect(ProcessTree.children(of: pid).isEmpty)
        #expect(ProcessTree.owner(of: pid) == nil)
        #expect(ProcessTree.auditSession(of: pid) == nil)
        #expect(!ProcessTree.all().contains(pid))
    }

    @Test(.needsRoot) func `an audit session is inherited by those that left the tree`() throws {
        let pty = PtyPair()
        chown(pty.path, 54_321, 0)
        let family = ProcessFamily("audited-login", pty.path, "54321")
        try #require(family.isAudited)
        let session = try #require(ProcessTree.auditSession(of: family["leader"]))
        for name in ["relay", "shell", "job", "quiet", "detached"] {
            #expect(ProcessTree.auditSession(of: family[name]) == session, "\(name)")
        }
        let elsewhere = PtyPair()
        chown(elsewhere.path, 54_321, 0)
        let other = ProcessFamily("audited-login", elsewhere.path, "54321")
        #expect(ProcessTree.auditSession(of: other["leader"]) != session)
    }

    @Test func `a process that was not audited has no audit session`() throws {
        // The kernel says 4294967295 for it; a test run from an audited login cannot see that.
        let own = try String(contentsOf: "/proc/self/sessionid")
        let family = ProcessFamily("alone")
        #expect((ProcessTree.auditSession(of: family["leader"]) == nil) == (own == "4294967295"))
    }

    @Test(.needsRoot) func `the owner is the effective user, be the process dumpable or not`() {
        let pty = PtyPair()
        chown(pty.path, 54_321, 0)
        let family = ProcessFamily("login", pty.path, "54321")
        // setuid(2) has made the relay one that may not be dumped, execve(2) the shell one that may.
        #expect(ProcessTree.owner(of: family["relay"]) == 54_321)
        #expect(ProcessTree.owner(of: family["shell"]) == 54_321)
        #expect(ProcessTree.owner(of: family["leader"]) == 0)
    }
}

extension String {
    /// The text of a small file.
    init(contentsOf path: String) throws {
        self.init(decoding: try #require(SmallFile.read(path)), as: UTF8.self)
    }
}
