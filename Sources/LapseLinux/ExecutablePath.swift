import Glibc

/// Where the program that a process runs lies: /proc/PID/exe (proc(5)).
///
/// Unlike its arguments and its command name, this is not of the process's choosing; what lies
/// there may be, see `isRootsAlone`.
package struct ExecutablePath: Equatable, Sendable {
    package let pid: Int32
    /// As the kernel writes it, without its mark for a file that is gone.
    package let path: String
    /// The file has no name any more: it was replaced by a newer one, or removed.
    package let isDeleted: Bool

    /// What d_path(9) adds.
    private static let mark = " (deleted)"

    /// Reads it; nil for a process that is gone or a kernel thread.
    package init?(pid: Int32) {
        guard let link = Link.target(of: "/proc/\(pid)/exe") else { return nil }
        self.init(pid: pid, link: link)
    }

    package init(pid: Int32, link: String) {
        self.pid = pid
        isDeleted = link.hasSuffix(Self.mark)
        path = isDeleted ? String(link.dropLast(Self.mark.count)) : link
    }

    /// The last part of the path.
    package var name: String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// Whether a name means this program: the last part of its path, or an absolute path that leads
    /// there, be it through links (/bin is one to /usr/bin).
    package func isNamed(_ name: String) -> Bool {
        guard name.hasPrefix("/") else { return name == self.name }
        return name == path || (name.hasSuffix("/" + self.name) && Link.end(of: name) == path)
    }

    /// Whether nobody but root can have put there what the process runs.
    ///
    /// The file and every directory above it must be root's and writable by nobody else, and the
    /// file must be the one that the daemon sees at that path: in a mount namespace of a user's
    /// own (unshare(1)) any file can have any path. A process in a user namespace of its own is not
    /// believed at all: there it may change what /proc/PID/exe leads to (prctl(2), PR_SET_MM_MAP).
    ///
    /// It says which program was started, not what code runs in it: a user may have LD_PRELOAD add
    /// to a program that is not set-user-id.
    package var isRootsAlone: Bool {
        guard isInOwnUserNamespace, let running = FileFacts("/proc/\(pid)/exe", follows: true),
            running.isRegular, running.isRootsAlone, areDirectoriesRootsAlone
        else { return false }
        // The newer file at this path is not the one that runs. In the daemon's user namespace
        // nobody but root can have made the mount or the name that this file had.
        if isDeleted { return running.links == 0 }
        guard let seen = FileFacts(path) else { return false }
        return seen.isSameFile(as: running)
    }

    private var isInOwnUserNamespace: Bool {
        guard let own = FileFacts("/proc/self/ns/user", follows: true),
            let other = FileFacts("/proc/\(pid)/ns/user", follows: true)
        else { return false }
        return own.isSameFile(as: other)
    }

    /// From the root down, so that no directory below a user's own is looked at.
    private var areDirectoriesRootsAlone: Bool {
        guard path.utf8.first == UInt8(ascii: "/") else { return false }
        let slashes = path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }
        return slashes.allSatisfy { slash in
            let directory = slash == path.startIndex ? "/" : String(path[..<slash])
            return FileFacts(directory).map { $0.isDirectory && $0.isRootsAlone } ?? false
        }
    }
}

/// Symbolic links (readlink(2), realpath(3)).
enum Link {
    /// Where a path leads to in the end; nil if there is nothing.
    static func end(of path: String) -> String? {
        guard let result = realpath(path, nil) else { return nil }
        defer { free(result) }
        // SAFETY: realpath gives a C string that lives until it is freed.
        return String(cString: result)
    }

    /// What a link leads to, as it stands there; nil if there is none.
    ///
    /// Targets are at most PATH_MAX (4096) bytes, and what is cut off names nothing.
    static func target(of path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            // SAFETY: the buffer lives through the closure, and its true size is given.
            let count = readlink(path, start, buffer.count)
            guard count > 0, count < buffer.count else { return nil }
            let bytes = buffer[..<count].map { UInt8(bitPattern: $0) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
