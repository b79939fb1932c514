import Glibc

/// Files of a few KiB that are read whole: /proc and our own state.
package enum SmallFile {
    /// The longest that is read.
    ///
    /// /proc/PID/stat stays below 1 KiB, a line of state below 4 KiB.
    package static let bytesMax = 64 * 1024

    /// What becomes of a symbolic link at the end of a path.
    package enum Links {
        case followed
        case refused
    }

    /// The content up to `bytesMax`, nil if it cannot be read: in /proc that means that the process
    /// is gone.
    ///
    /// It never waits: a pipe in a file's place is not read (EINVAL).
    package static func read(
        _ path: String,
        bytesMax: Int = Self.bytesMax,
        links: Links = .followed
    ) -> [UInt8]? {
        let follow = links == .refused ? O_NOFOLLOW : 0
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | follow)
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(number)
        guard !isPipe(descriptor) else {
            errno = EINVAL
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: min(2048, bytesMax))
        var used = 0
        while used < bytesMax {
            if used == bytes.count {
                bytes += [UInt8](repeating: 0, count: min(used, bytesMax - used))
            }
            // SAFETY: the pointer is offset within the array, the length is what is left of it.
            let count = bytes.withUnsafeMutableBytes { buffer in
                retrying {
                    Glibc.read(
                        descriptor.number,
                        buffer.baseAddress.map { $0 + used },
                        buffer.count - used
                    )
                }
            }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            used += count
        }
        bytes.removeLast(bytes.count - used)
        return bytes
    }

    /// Writes a word to a file of the kernel's (/proc, cgroup), which takes it as a command.
    ///
    /// A symbolic link in its place is not followed. False if the kernel does not take it.
    package static func tell(_ word: String, to path: String) -> Bool {
        let number = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard number >= 0 else { return false }
        let descriptor = Descriptor(number)
        return write(descriptor.number, word, word.utf8.count) == word.utf8.count
    }

    /// Replaces a file whole or not at all: written beside it and put in its place by rename(2).
    ///
    /// What lies there under the name of the new file was left by one that died half-way.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let fresh = path + ".new"
        _ = unlink(fresh)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let descriptor = try Descriptor(open(fresh, flags, 0o600), from: "open", on: fresh)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { buffer in
                retrying { write(descriptor.number, buffer.baseAddress, buffer.count) }
            }
            guard count > 0 else { throw abandoned(fresh, SystemError("write", fresh)) }
            done += count
        }
        guard Glibc.rename(fresh, path) == 0 else {
            throw abandoned(fresh, SystemError("rename", path))
        }
    }

    private static func abandoned(_ fresh: String, _ failure: SystemError) -> SystemError {
        _ = unlink(fresh)
        return failure
    }

    private static func isPipe(_ descriptor: Descriptor) -> Bool {
        var status = stat()
        return fstat(descriptor.number, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// Whether there is something at a path, be it a link that leads nowhere.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Removes a file; one that is gone already is fine.
    package static func remove(_ path: String) {
        _ = unlink(path)
    }

    /// Moves a file out of the way, best effort.
    package static func rename(_ path: String, to fresh: String) {
        _ = Glibc.rename(path, fresh)
    }

    /// Makes a directory with a mode, unless it is there.
    ///
    /// What is there must be a directory of our own user's that nobody else may write to: others
    /// could have prepared what the daemon reads back. Its mode stays as it is.
    package static func makeDirectory(_ path: String, mode: UInt32) throws(SystemError) {
        if mkdir(path, 0o700) == 0 {
            // Not through mkdir, where the umask has a say.
            guard chmod(path, mode) == 0 else { throw SystemError("chmod", path) }
            return
        }
        guard errno == EEXIST else { throw SystemError("mkdir", path) }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == geteuid(), status.st_mode & 0o022 == 0
        else {
            let text = "\(path) (what is there is no directory that root alone writes to)"
            throw SystemError("mkdir", text, code: EEXIST)
        }
    }

    /// The names in a directory, without `.` and `..`; empty if it cannot be read.
    package static func names(in directory: String, atMost max: Int = .max) -> [String] {
        listing(of: directory, atMost: max) ?? []
    }

    /// The same, but nil, with errno, if the directory cannot be read.
    package static func listing(of directory: String, atMost max: Int = .max) -> [String]? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < max, let entry = readdir(stream) {
            // SAFETY: d_name is a C string within the entry, valid until the next readdir.
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
