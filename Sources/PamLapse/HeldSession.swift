import CModuleLibc
import LapseWireE

/// What a PAM handle keeps between open and close: the session's id and its close token.
struct HeldSession {
    let session: UInt64
    let token: CloseToken

    private static let key: StaticString = "lapse_session"

    init(session: UInt64, token: CloseToken) {
        self.session = session
        self.token = token
    }

    /// Takes the session out of the handle, so that a second close reports nothing; nil if there
    /// is none.
    init?(takenFrom pam: PamHandle) {
        var data: UnsafeRawPointer?
        let key = cName(HeldSession.key)
        guard pam_get_data(pam.handle, key, &data) == PAM_SUCCESS, let data else { return nil }
        // SAFETY: only `store` sets this key, and what it sets is a HeldSession.
        self = data.load(as: HeldSession.self)
        // libpam hands the old value to `wipe`. It can fail only for a new key.
        _ = pam_set_data(pam.handle, key, nil, nil)
    }

    /// Gives the session to the handle, which wipes and frees it at its end; false without memory.
    func store(in pam: PamHandle) -> Bool {
        let size = MemoryLayout<HeldSession>.size
        // SAFETY: malloc aligns for every type of C, so for two words; the size is the type's. The
        // handle owns the memory from here on.
        guard let memory = malloc(size) else { return false }
        memory.storeBytes(of: self, as: HeldSession.self)
        let result = pam_set_data(pam.handle, cName(HeldSession.key), memory) { _, data, _ in
            HeldSession.wipe(data)
        }
        guard result != PAM_SUCCESS else { return true }
        HeldSession.wipe(memory)
        return false
    }

    private static func wipe(_ memory: UnsafeMutableRawPointer?) {
        guard let memory else { return }
        // SAFETY: the memory is a block of `store`, of this size, and given up by its owner.
        explicit_bzero(memory, MemoryLayout<HeldSession>.size)
        free(memory)
    }
}
