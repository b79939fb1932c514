import Glibc

/// A process of a stage as /proc showed it.
package struct StageResident: Sendable, Hashable, CustomStringConvertible {
    /// Its number on the host, by which the test reaches it.
    let hostPid: Int32
    /// Its number on the stage.
    package let pid: Int32
    package let uid: UInt32
    /// Its title: sshd puts the user and the terminal there, see setproctitle(3).
    package let title: String

    package var description: String { "\(pid) (uid \(uid)) \(title)" }
}

extension Stage {
    /// Every living process of the stage, its init and the entries of the test included.
    package func residents() throws(StageError) -> [StageResident] {
        let namespace = linkTarget("/proc/\(initPid)/ns/pid")
        guard namespace != nil else { return [] }
        return try directoryEntries("/proc").compactMap { name in
            guard
                let hostPid = Int32(name),
                linkTarget("/proc/\(name)/ns/pid") == namespace
            else { return nil }
            return resident(hostPid)
        }
    }

    /// The living processes of the stage whose title begins with a text.
    package func residents(titled start: String) throws(StageError) -> [StageResident] {
        try residents().filter { $0.title.hasPrefix(start) }
    }

    /// Signals a process of the stage, by a pidfd whose process is the one that was seen.
    package func signal(_ resident: StageResident, _ number: Int32) throws(StageError) {
        let what = "\(resident)"
        let pidfd = try Pidfd(resident.hostPid, what)
        guard self.resident(resident.hostPid)?.pid == resident.pid else {
            throw .system(call: "pidfd_open", object: what, errno: ESRCH)
        }
        try pidfd.signal(number)
    }

    /// Nil where the process is gone, or is a zombie, which has no title.
    private func resident(_ hostPid: Int32) -> StageResident? {
        // A process that ends meanwhile is not there any more: the answer is nil for that too.
        guard
            let status = try? readFile("/proc/\(hostPid)/status"),
            let title = try? readFile("/proc/\(hostPid)/cmdline"), !title.isEmpty
        else { return nil }
        let fields = String(decoding: status, as: UTF8.self).split(separator: "\n")
        let value = { (name: String) in
            fields.first { $0.hasPrefix(name) }?.split(separator: "\t").dropFirst().map(String.init)
        }
        guard
            // NSpid: numbers from this namespace inwards, see proc(5); Uid: real, effective, …
            let pid = value("NSpid:")?.last.flatMap({ Int32($0) }),
            let uid = value("Uid:")?.first.flatMap({ UInt32($0) })
        else { return nil }
        let words = title.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return StageResident(
            hostPid: hostPid,
            pid: pid,
            uid: uid,
            title: words.joined(separator: " ")
        )
    }
}

/// Where a symbolic link points, or nil where there is none.
func linkTarget(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 256)
    // SAFETY: the call writes at most the given count, the array's.
    let count = readlink(path, &buffer, buffer.count)
    guard count >= 0 else { return nil }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
}
