import CLinux
import Glibc

/// Which file something is and who may change it, as the kernel has it in memory.
///
/// No file system is asked: one that a user has made himself (FUSE) could keep the daemon waiting
/// (statx(2), AT_STATX_DONT_SYNC).
struct FileFacts: Equatable {
    let device: UInt64
    let inode: UInt64
    let links: UInt32
    private let mode: UInt32
    private let owner: UInt32

    /// - Parameters:
    ///   - path: Absolute.
    ///   - follows: Whether a link at its end is followed, as /proc/PID/exe must be.
    init?(_ path: String, follows: Bool = false) {
        var file = lapse_file()
        guard lapse_file_facts(path, follows ? 1 : 0, &file) == 0 else { return nil }
        device = file.device
        inode = file.inode
        links = file.links
        mode = file.mode
        owner = file.owner
    }

    var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
    var isRegular: Bool { mode & S_IFMT == S_IFREG }
    /// Whether root owns it and nobody else may write to it.
    ///
    /// The mask of an access list shows as the group's rights (acl(5)). The sticky bit of /tmp
    /// does not help: everybody may put something there.
    var isRootsAlone: Bool { owner == 0 && mode & 0o022 == 0 }

    func isSameFile(as other: FileFacts) -> Bool {
        device == other.device && inode == other.inode
    }
}
