import LapseLinux

/// What a lock needs of the host beside the terminal.
enum LockerProgram {
    static let service = "lapse-unlock"
    /// Where the service manager serves lockers (lapse-lock.socket), within the run directory.
    static let socketName = "locker"
    /// Where libpam looks for a service's file (pam.d(5)); the last one is the vendor's.
    private static let serviceDirectories = ["/etc/pam.d", "/usr/lib/pam.d"]

    /// lapse-lock: beside the daemon, or in `libexec` of the same prefix; nil if it is in neither.
    static let path: String? = {
        guard let daemon = ExecutablePath(pid: ProcessSelf.pid)?.path,
            let slash = daemon.lastIndex(of: "/")
        else {
            return nil
        }
        let directory = daemon[..<slash]
        return ["\(directory)/lapse-lock", "\(directory)/../libexec/lapse-lock"].first {
            SmallFile.exists($0)
        }
    }()

    /// What is missing on this host for any lock; nil if nothing is.
    static var obstacle: String? {
        guard path != nil else { return "the program lapse-lock is not installed" }
        // Without its own file a service has the stack "other", which lets nobody in.
        guard serviceDirectories.contains(where: { SmallFile.exists("\($0)/\(service)") }) else {
            return "there is no PAM service \(service)"
        }
        return nil
    }
}
