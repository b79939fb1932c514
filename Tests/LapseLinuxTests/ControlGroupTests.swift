import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite(.timeLimit(.minutes(1))) struct ControlGroupTests {
    /// A host that a test makes up: /proc and /sys/fs/cgroup in directories of its own.
    fileprivate final class Host {
        let directory = TemporaryDirectory()
        let host: ControlGroup.Host

        init() {
            for name in ["proc", "cgroup"] { mkdir(directory.path(name), 0o700) }
            host = ControlGroup.Host(proc: directory.path("proc"), root: directory.path("cgroup"))
        }

        /// Version 2 alone, or beside version 1.
        func unified(at place: String = "") {
            make("cgroup" + place)
            directory.write("cgroup\(place)/cgroup.controllers", "")
        }

        func make(_ path: String) {
            var whole = directory.path
            for part in path.split(separator: "/") {
                whole += "/\(part)"
                mkdir(whole, 0o700)
            }
        }

        func put(_ pid: Int32, in lines: String) {
            make("proc/\(pid)")
            directory.write("proc/\(pid)/cgroup", lines)
        }

        func group(of pid: Int32) -> ControlGroup? {
            ControlGroup.sessionScope(of: pid, host: host)
        }
    }

    private static let scope = "/user.slice/user-1000.slice/session-3.scope"

    @Test func `the scope is found on hosts of version 2, of version 1, and of both`() throws {
        let pure = Host()
        pure.unified()
        pure.make("cgroup" + Self.scope)
        pure.put(7, in: "0::\(Self.scope)\n")
        #expect(pure.group(of: 7)?.path == Self.scope)

        let old = Host()
        old.make("cgroup/systemd" + Self.scope)
        old.put(7, in: "2:cpu,cpuacct:/user.slice\n1:name=systemd:\(Self.scope)\n")
        let named = try #require(old.group(of: 7))
        #expect(named.path == Self.scope)
        #expect(try !named.kill(host: old.host))

        let both = Host()
        both.unified(at: "/unified")
        both.make("cgroup/unified" + Self.scope)
        both.make("cgroup/systemd" + Self.scope)
        both.put(7, in: "1:name=systemd:\(Self.scope)\n0::\(Self.scope)\n")
        #expect(both.group(of: 7)?.path == Self.scope)
    }

    private static let others = [
        "", "\n", "0::\n", "0::/\n", "0::/user.slice\n", "0::/session-.scope\n",
        "0::/user.slice/session-3.scope/x\n", "0::/user.slice/xsession-3.scope\n",
        "0::/user.slice/session-3.scopes\n", "0::/user.slice/session-3.scope (deleted)\n",
        "0::/../session-3.scope\n", "0::/a/../session-3.scope\n", "0::session-3.scope\n",
        "0:cpu:/user.slice/user-1000.slice/session-3.scope\n",
        "5:name=other:/user.slice/user-1000.slice/session-3.scope\n",
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/tmux.scope\n",
        "0::/system.slice/ssh.service\n", "0::/gone/session-3.scope\n",
    ]

    @Test(arguments: others)
    func `what is no session's scope is none`(lines: String) {
        let host = Host()
        host.unified()
        for path in [Self.scope, "/a", "/session-3.scope", "/user.slice/session-3.scope/x"] {
            host.make("cgroup" + path)
        }
        host.put(7, in: lines)
        #expect(host.group(of: 7) == nil)
        #expect(host.group(of: 8) == nil)
    }

    @Test func `what is in it or below it is of it, what is beside it is not`() throws {
        let host = Host()
        host.unified()
        host.make("cgroup\(Self.scope)/sub/deep")
        host.put(7, in: "0::\(Self.scope)\n")
        let group = try #require(host.group(of: 7))
        host.put(8, in: "0::\(Self.scope)/sub/deep\n")
        host.put(9, in: "0::\(Self.scope)x\n")
        host.put(10, in: "0::/user.slice/user-1000.slice\n")
        let members = (7...11).filter { group.contains(pid: Int32($0), host: host.host) }
        #expect(members == [7, 8])
    }

    @Test func `a scope of the same name that came later is another one`() throws {
        let host = Host()
        host.unified()
        host.make("cgroup" + Self.scope)
        host.put(7, in: "0::\(Self.scope)\n")
        let group = try #require(host.group(of: 7))
        // Both stand for a moment, so that the second has another inode for certain.
        host.make("cgroup/other")
        rmdir(host.directory.path("cgroup" + Self.scope))
        rename(host.directory.path("cgroup/other"), host.directory.path("cgroup" + Self.scope))
        #expect(!group.contains(pid: 7, host: host.host))
        #expect(group.processes(host: host.host) == nil)
        #expect(try !group.kill(host: host.host))
    }

    @Test func `its processes are those of all groups below it`() throws {
        let host = Host()
        host.unified()
        host.make("cgroup\(Self.scope)/sub/deep")
        for (path, pids) in [("", "7\n8\n"), ("/sub", ""), ("/sub/deep", "4194303\n")] {
            host.directory.write("cgroup\(Self.scope)\(path)/cgroup.procs", pids)
        }
        host.put(7, in: "0::\(Self.scope)\n")
        #expect(host.group(of: 7)?.processes(host: host.host) == [7, 8, 4_194_303])
    }

    /// Where a group can really be made here; CI may run where none can.
    private static let place: String? = {
        let places = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
        let place = places.first {
            access($0 + "/cgroup.controllers", F_OK) == 0 && access($0 + "/cgroup.procs", W_OK) == 0
        }
        guard let place, Host.canMake(place) else { return nil }
        return place
    }()

    @Test(
        .enabled(if: place != nil, "no control group can be made here"),
        arguments: ["alone", "threads"]
    )
    func `a real group is killed at one blow, its leader's children with it`(scene: String) throws {
        let path = try #require(Self.place) + "/session-lapsetest\(getpid())\(scene).scope"
        try #require(mkdir(path, 0o755) == 0)
        defer { rmdir(path) }
        let family = ProcessFamily(scene)
        for pid in family.pids.values {
            let file = try #require(fopen(path + "/cgroup.procs", "w"))
            fputs("\(pid)", file)
            #expect(fclose(file) == 0)
        }
        let leader = family["leader"]
        let group = try #require(ControlGroup.sessionScope(of: leader))
        #expect(group.contains(pid: leader) && !group.contains(pid: getpid()))
        #expect(Set(group.processes() ?? []) == Set(family.pids.values))
        guard access(path + "/cgroup.kill", F_OK) == 0 else {
            #expect(try !group.kill())
            return
        }
        #expect(try group.kill())
        family.end()
        while group.processes() != [] { sched_yield() }
    }
}

extension ControlGroupTests.Host {
    fileprivate static func canMake(_ place: String) -> Bool {
        let probe = place + "/lapse-probe-\(getpid())"
        guard mkdir(probe, 0o755) == 0 else { return false }
        return rmdir(probe) == 0
    }
}
