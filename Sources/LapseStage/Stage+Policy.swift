import Glibc

/// The policy of a running stage.
extension Stage {
    /// Replaces the main file.
    package func writePolicy(_ text: String) throws(StageError) {
        try writeFile(path(StageFiles.policy), Array(text.utf8))
    }

    /// Adds or replaces a drop-in; the name ends in `.toml`.
    package func writeDropIn(_ name: String, _ text: String) throws(StageError) {
        try writeFile(path("\(StageFiles.dropIns)/\(name)"), Array(text.utf8))
    }

    /// Takes a drop-in away.
    package func removeDropIn(_ name: String) throws(StageError) {
        let file = "\(StageFiles.dropIns)/\(name)"
        try check(unlink(path(file)), "unlink", file)
    }

    /// Has the daemon read the policy again.
    ///
    /// It returns at once: what the daemon made of it is in its log.
    package func reloadDaemon() throws(StageError) {
        try signalDaemon(SIGHUP)
    }
}
