import LapseLinux

/// /run/lapse: everyone may reach the control socket in it, root alone the rest.
enum RunDirectory {
    static func prepare(_ path: String) throws(SystemError) {
        try SmallFile.makeDirectory(path, mode: 0o755)
        try SmallFile.makeDirectory(path + "/sessions", mode: 0o700)
        try RunningLock.take(path + "/lock")
    }
}
