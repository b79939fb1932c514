internal import Glibc
import Testing

/// In a row: one test's handle would keep the module in for another.
@Suite(.serialized) struct ExportTests {
    @Test func `the module offers the six entry points and not a symbol more`() throws {
        // RTLD_NOW: a symbol that cannot be found fails here and not in sshd.
        let module = try #require(dlopen(try Module.path(), RTLD_NOW | RTLD_LOCAL))
        defer { dlclose(module) }
        for name in [
            "pam_sm_acct_mgmt", "pam_sm_authenticate", "pam_sm_chauthtok", "pam_sm_close_session",
            "pam_sm_open_session", "pam_sm_setcred",
        ] {
            #expect(dlsym(module, name) != nil, "\(name)")
        }
        for name in ["lapse_open_session", "lapse_log", "swift_release", "pam_sm_open"] {
            #expect(dlsym(module, name) == nil, "\(name)")
        }
    }

    @Test func `the entry points that do not concern Lapse ignore their calls`() throws {
        let module = try #require(dlopen(try Module.path(), RTLD_NOW | RTLD_LOCAL))
        defer { dlclose(module) }
        typealias Entry = @convention(c) (OpaquePointer?, Int32, Int32, OpaquePointer?) -> Int32
        for name in [
            "pam_sm_acct_mgmt", "pam_sm_authenticate", "pam_sm_chauthtok", "pam_sm_setcred",
        ] {
            let symbol = try #require(dlsym(module, name))
            // SAFETY: pam(3) gives the four this signature; they look at no argument.
            let entry = unsafeBitCast(symbol, to: Entry.self)
            #expect(entry(nil, 0, 0, nil) == 25, "PAM_IGNORE of _pam_types.h")
        }
    }

    @Test func `the module is unloaded with its last handle`() throws {
        let path = try Module.path()
        let module = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL))
        dlclose(module)
        #expect(dlopen(path, RTLD_NOW | RTLD_NOLOAD) == nil)
    }
}
