internal import Foundation

/// A private folder with PAM service files and the socket of a fake daemon; gone with its owner.
final class ServiceDirectory {
    let path: String

    /// Where the fake daemon listens, if there is one.
    var socket: String { path + "/report" }

    /// Makes the folder with one service.
    ///
    /// The module stands alone in the stack, so that libpam's result tells its three answers apart:
    /// PAM_SUCCESS, PAM_SESSION_ERR, and PAM_PERM_DENIED where it ignored the call.
    init(service: String = "sshd", arguments: String = "") throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "lapse-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        // The fake daemon of another uid makes its socket here.
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
        let module = try Module.path()
        try write(
            service: service,
            "session required \(module) socket=\(socket) timeout=2s \(arguments)"
        )
        // libpam complains in the log without it.
        try write(service: "other", "session required pam_deny.so")
    }

    func write(service: String, _ stack: String) throws {
        // pam-host calls pam_setcred first, as sshd does; without an entry libpam complains.
        let whole = "auth required pam_permit.so\n\(stack)\n"
        try whole.write(toFile: path + "/" + service, atomically: false, encoding: .utf8)
    }

    deinit {
        // A folder that stays behind in /tmp changes no result.
        try? FileManager.default.removeItem(atPath: path)
    }
}
