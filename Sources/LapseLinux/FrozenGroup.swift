import Glibc

/// A control group of our own whose processes stand still (`cgroup.freeze`, Linux 5.2).
///
/// Nobody but root can move them out, except by asking root for it: systemd gives a user's own
/// service manager the processes of that user which it wants (AttachProcessesToUnit in
/// org.freedesktop.systemd1(5)). That cannot be prevented, but it is seen: each process has a
/// group to itself below this one, whose `cgroup.events` tells at once when it has become empty.
///
/// It takes cgroup v2 and no controller of it, so it works on hybrid hosts too. Children are born
/// into it, and so stand still as well. A frozen process dies of SIGKILL; SIGCONT does not move it,
/// and who traces it cannot either (Documentation/admin-guide/cgroup-v2.rst).
package struct FrozenGroup: Equatable, Sendable, Codable {
    /// Path within the hierarchy.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Makes one below the group that this process is in, or takes one of that name that is there;
    /// nil where that cannot be (no cgroup v2, a file system that may not be written to).
    ///
    /// Below a group that a user was given he could move what is in it: the first one above that is
    /// root's is taken.
    package static func make(
        named name: String,
        beside pid: Int32,
        host: ControlGroup.Host = .real
    ) -> FrozenGroup? {
        guard var path = host.memberships(of: pid)[.unified] else { return nil }
        while true {
            guard let directory = host.directory(of: .unified, path) else { return nil }
            if isRoots(directory) { break }
            guard path != "/" else { return nil }
            path = FrozenGroup(path: path).above
        }
        let group = FrozenGroup(path: (path == "/" ? "" : path) + "/" + name)
        guard let directory = group.directory(host),
            mkdir(directory, 0o755) == 0 || errno == EEXIST,
            SmallFile.exists(directory + "/cgroup.freeze")
        else { return nil }
        return group
    }

    /// The unified group that a process is in; nil for one that is gone.
    package static func origin(of pid: Int32, host: ControlGroup.Host = .real) -> String? {
        host.memberships(of: pid)[.unified]
    }

    /// What is in it stands still from now on, and so does what comes into it.
    package func freeze(host: ControlGroup.Host = .real) -> Bool {
        write("1", to: "cgroup.freeze", host)
    }

    package func thaw(host: ControlGroup.Host = .real) -> Bool {
        write("0", to: "cgroup.freeze", host)
    }

    /// Whether all that is in it has come to rest; what waits in the kernel comes to rest before it
    /// goes on.
    package func isAtRest(host: ControlGroup.Host = .real) -> Bool {
        guard let directory = directory(host),
            let text = SmallFile.read(directory + "/cgroup.events")
        else { return false }
        return text.split(separator: UInt8(ascii: "\n")).contains {
            $0.elementsEqual("frozen 1".utf8)
        }
    }

    /// Takes a process in; false if it is gone or cannot be moved.
    package func take(_ pid: Int32, host: ControlGroup.Host = .real) -> Bool {
        let own = place(of: pid)
        guard let directory = own.directory(host), mkdir(directory, 0o755) == 0 || errno == EEXIST
        else { return Self.move(pid, to: path, host: host) }
        return Self.move(pid, to: own.path, host: host)
    }

    /// Moves a process to any group; false if it is gone or cannot be moved.
    package static func move(
        _ pid: Int32,
        to path: String,
        host: ControlGroup.Host = .real
    ) -> Bool {
        FrozenGroup(path: path).write("\(pid)", to: "cgroup.procs", host)
    }

    private func place(of pid: Int32) -> FrozenGroup { FrozenGroup(path: "\(path)/\(pid)") }

    /// The file that is modified when a process that was taken in has gone elsewhere, or died.
    package func eventsFile(of pid: Int32, host: ControlGroup.Host = .real) -> String? {
        place(of: pid).directory(host).map { $0 + "/cgroup.events" }
    }

    /// Lets a process out, to the group that it came from, or to the one above this where that is
    /// gone.
    package func letOut(
        _ pid: Int32,
        to origin: String?,
        host: ControlGroup.Host = .real
    ) -> Bool {
        if let origin, Self.move(pid, to: origin, host: host) { return true }
        return Self.move(pid, to: above, host: host)
    }

    /// Path of the group that it was made below.
    package var above: String {
        let above = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
        return above.isEmpty ? "/" : above
    }

    /// Its processes; none if it is gone.
    package func members(host: ControlGroup.Host = .real) -> [Int32] {
        guard let directory = directory(host) else { return [] }
        return ([directory] + places(in: directory)).flatMap {
            ControlGroup.processes(in: $0) ?? []
        }
    }

    /// The directories of its processes; their names are the only ones that are numbers.
    private func places(in directory: String) -> [String] {
        SmallFile.names(in: directory).filter { Int32($0) != nil }.map { directory + "/" + $0 }
    }

    /// Removes it; false while something is in it.
    package func remove(host: ControlGroup.Host = .real) -> Bool {
        guard let directory = directory(host) else { return true }
        for place in places(in: directory) { rmdir(place) }
        return rmdir(directory) == 0 || errno == ENOENT
    }

    private func directory(_ host: ControlGroup.Host) -> String? {
        host.directory(of: .unified, path)
    }

    private func write(_ text: String, to file: String, _ host: ControlGroup.Host) -> Bool {
        guard let directory = directory(host) else { return false }
        return SmallFile.tell(text, to: directory + "/" + file)
    }

    /// Whether root alone may move what is in a group.
    private static func isRoots(_ directory: String) -> Bool {
        var status = stat()
        return lstat(directory, &status) == 0 && status.st_uid == 0 && status.st_mode & 0o022 == 0
    }
}
