import CModuleLibc
import LapseWireE

/// The transaction that libpam calls the module for, and the flags of the call.
struct PamHandle {
    let handle: OpaquePointer
    private let isSilent: Bool

    init(_ handle: OpaquePointer, flags: CInt) {
        self.handle = handle
        isSilent = flags & CInt(PAM_SILENT) != 0
    }

    /// A text item, empty if it is not set; of a longer one `limit` + 1 bytes, so that a cut shows.
    func item(_ item: CInt, limit: Int) -> [UInt8] {
        var value: UnsafeRawPointer?
        guard pam_get_item(handle, item, &value) == PAM_SUCCESS, let value else { return [] }
        // SAFETY: the items asked for are C strings, owned by libpam during the call
        // (pam_get_item(3)).
        return bytes(at: value.assumingMemoryBound(to: CChar.self), limit: limit)
    }

    /// A variable of the PAM environment, empty if it is not set; limited like an item.
    func environment(_ name: StaticString, limit: Int) -> [UInt8] {
        // SAFETY: pam_getenv(3) gives a C string that belongs to libpam.
        guard let value = pam_getenv(handle, cName(name)) else { return [] }
        return bytes(at: value, limit: limit)
    }

    /// Sets a variable; libpam copies the text.
    func setEnvironment(_ nameAndSign: StaticString, _ value: [UInt8]) -> Bool {
        withCText(bytes(of: nameAndSign) + value) { pam_putenv(handle, $0) == PAM_SUCCESS }
    }

    /// The uid of a user, nil if nobody has that name.
    func uid(of user: [UInt8]) -> UInt32? {
        // SAFETY: the entry belongs to the handle, which frees it at its end
        // (pam_modutil_getpwnam in libpam: getpwnam_r with a buffer as large as it takes).
        withCText(user) { pam_modutil_getpwnam(handle, $0)?.pointee.pw_uid }
    }

    func log(_ priority: CInt, _ line: Line) {
        withCText(line.bytes) { lapse_log(handle, priority, $0) }
    }

    /// Shows a text to the person who logs in, unless there is none or the service wants silence.
    func showInfo(_ text: [UInt8]) {
        guard !isSilent, !text.isEmpty else { return }
        withCText(PrintableText.lines(text)) { lapse_show_info(handle, $0) }
    }

    /// Shows why there is no session, unless the service wants silence.
    func showError(_ text: [UInt8]) {
        guard !isSilent else { return }
        withCText(PrintableText.lines(text)) { lapse_show_error(handle, $0) }
    }
}
