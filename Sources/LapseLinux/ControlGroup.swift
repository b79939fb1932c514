import Glibc

/// The control group of a login session: the scope that systemd-logind made for it
/// (`session-ID.scope`), or one like it.
///
/// Known by its path and its inode: a scope of the same name that comes later is another one. What
/// runs in it belongs to the session; what does not may still: a user may have his own systemd
/// move his own processes to groups that were delegated to him (`systemd-run --user --scope`), so
/// this is the second choice behind the kernel's audit session.
package struct ControlGroup: Hashable, Sendable, Codable {
    /// The kernel's two kinds of hierarchy (cgroups(7)); a hybrid host has both.
    enum Kind: String, Codable {
        /// Version 2, the one hierarchy that has `cgroup.kill`.
        case unified
        /// Version 1, systemd's own hierarchy without any controller.
        case named
    }

    let kind: Kind
    /// Path within the hierarchy, as /proc/PID/cgroup gives it.
    package let path: String
    private let inode: UInt64

    /// The session scope that a process is in, nil if it is in none that can be seen from here.
    ///
    /// MUST be asked of a process that the session's user can neither move nor be: the leader.
    package static func sessionScope(of pid: Int32, host: Host = .real) -> ControlGroup? {
        let memberships = host.memberships(of: pid)
        for kind in [Kind.unified, .named] {
            guard let path = memberships[kind], isSessionScope(path),
                let inode = host.directory(of: kind, path).flatMap(inode(of:))
            else { continue }
            return ControlGroup(kind: kind, path: path, inode: inode)
        }
        return nil
    }

    /// The name that logind gives to scopes of sessions (src/login/logind-session.c): the last part
    /// of the path is `session-ID.scope`.
    static func isSessionScope(_ path: String) -> Bool {
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? [][...]
        return name.starts(with: "session-".utf8) && name.suffix(6).elementsEqual(".scope".utf8)
            && name.count > "session-.scope".utf8.count
    }

    /// Whether a process is in this group or in one below it.
    package func contains(pid: Int32, host: Host = .real) -> Bool {
        guard let own = host.memberships(of: pid)[kind], isHere(own),
            let directory = host.directory(of: kind, path)
        else { return false }
        return Self.inode(of: directory) == inode
    }

    private func isHere(_ other: String) -> Bool {
        other.utf8.elementsEqual(path.utf8) || other.utf8.starts(with: (path + "/").utf8)
    }

    /// The processes in this group and below it; nil if that cannot be read, or the group is gone.
    package func processes(host: Host = .real) -> [Int32]? {
        guard let directory = host.directory(of: kind, path),
            Self.inode(of: directory) == inode
        else { return nil }
        return Self.processes(below: directory, depth: 0)
    }

    /// Kills all that is in this group and below it, whatever it forks meanwhile (`cgroup.kill`,
    /// Linux 5.14).
    ///
    /// - Returns: False where the kernel or the hierarchy cannot do that, or the group is gone.
    package func kill(host: Host = .real) throws(SystemError) -> Bool {
        guard kind == .unified, let directory = host.directory(of: kind, path),
            Self.inode(of: directory) == inode
        else { return false }
        let file = directory + "/cgroup.kill"
        let number = open(file, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        // ENOENT: an older kernel. EROFS: the unit is not allowed to (ProtectControlGroups=).
        if number < 0, errno == ENOENT || errno == EROFS { return false }
        let descriptor = try Descriptor(number, from: "open", on: file)
        guard write(descriptor.number, "1", 1) == 1 else { throw SystemError("write", file) }
        return true
    }

    /// Groups below a session's scope that are looked into; deeper ones are an error of the host.
    private static let depthMax = 16

    private static func processes(below directory: String, depth: Int) -> [Int32]? {
        guard depth <= depthMax,
            var pids = processes(in: directory),
            let names = SmallFile.listing(of: directory)
        else { return nil }
        for name in names where isDirectory(directory + "/" + name) {
            guard let below = processes(below: directory + "/" + name, depth: depth + 1) else {
                return nil
            }
            pids += below
        }
        return pids
    }

    /// The processes in the group itself that has this directory; nil if it cannot be read.
    static func processes(in directory: String) -> [Int32]? {
        SmallFile.read(directory + "/cgroup.procs", bytesMax: 4 << 20).map { list in
            list.split(separator: UInt8(ascii: "\n")).compactMap {
                Int32(String(decoding: $0, as: UTF8.self))
            }
        }
    }

    private static func inode(of path: String) -> UInt64? {
        var status = stat()
        return lstat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

extension ControlGroup {
    /// Where a host shows its control groups; tests have one of their own.
    package struct Host: Sendable {
        let proc: String
        let root: String

        package init(proc: String, root: String) {
            self.proc = proc
            self.root = root
        }

        package static let real = Host(proc: "/proc", root: "/sys/fs/cgroup")

        /// The path of a process in each hierarchy that counts, by the name of its kind.
        ///
        /// A line is `NUMBER:CONTROLLERS:PATH` (cgroups(7), /proc/PID/cgroup); version 2 has
        /// number 0 and no controllers. A group that is gone has ` (deleted)` after its path, and
        /// is none.
        func memberships(of pid: Int32) -> [Kind: String] {
            guard let bytes = SmallFile.read("\(proc)/\(pid)/cgroup") else { return [:] }
            var found: [Kind: String] = [:]
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                let parts = line.split(
                    separator: UInt8(ascii: ":"),
                    maxSplits: 2,
                    omittingEmptySubsequences: false
                )
                guard parts.count == 3, let kind = Self.kind(parts[0], parts[1]) else { continue }
                found[kind] = String(decoding: parts[2], as: UTF8.self)
            }
            return found
        }

        private static func kind(_ number: ArraySlice<UInt8>, _ controllers: ArraySlice<UInt8>)
            -> Kind?
        {
            if number.elementsEqual("0".utf8), controllers.isEmpty { return .unified }
            return controllers.elementsEqual("name=systemd".utf8) ? .named : nil
        }

        /// The directory of a group.
        ///
        /// Hierarchies are where systemd mounts them: version 2 at the root itself, or at `unified`
        /// on a hybrid host; version 1 at `systemd`.
        func directory(of kind: Kind, _ path: String) -> String? {
            guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0),
                !path.utf8.split(separator: UInt8(ascii: "/")).contains(where: {
                    $0.elementsEqual("..".utf8)
                })
            else { return nil }
            switch kind {
            case .unified:
                let places = [root, root + "/unified"]
                return places.first { SmallFile.exists($0 + "/cgroup.controllers") }
                    .map { $0 + path }
            case .named: return root + "/systemd" + path
            }
        }
    }
}
