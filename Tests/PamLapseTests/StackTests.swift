import Testing

/// The lines that pam.d/ recommends, in the stacks they are meant for.
@Suite struct StackTests {
    private static func opened(_ control: String, _ behaviour: String?) throws -> String {
        let directory = try ServiceDirectory()
        let module = try Module.path()
        try directory.write(
            service: "sshd",
            """
            session required pam_permit.so
            session \(control) \(module) socket=\(directory.socket)
            session required pam_permit.so
            """
        )
        let daemon = try behaviour.map { try FakeDaemonProcess(at: directory.socket, $0) }
        defer { _ = daemon }
        return try PamHost(directory).opened.first ?? ""
    }

    private static let recommended = "[success=ok session_err=die default=ignore]"

    @Test func `with the recommended control a refusal refuses and a fault lets in`() throws {
        #expect(try Self.opened(Self.recommended, "allow") == "PAM_SUCCESS 1")
        #expect(try Self.opened(Self.recommended, "refuse") == "PAM_SESSION_ERR 1")
        #expect(try Self.opened(Self.recommended, nil) == "PAM_SUCCESS 1")
    }

    @Test func `with optional a refusal has no effect, which is why it is not recommended`() throws
    {
        #expect(try Self.opened("optional", "refuse") == "PAM_SUCCESS 1")
    }

    @Test func `with the recommended control a module that is not there keeps nobody out`() throws {
        let directory = try ServiceDirectory()
        try directory.write(
            service: "sshd",
            """
            session \(Self.recommended) /no/such/pam_lapse.so
            session required pam_permit.so
            """
        )
        #expect(try PamHost(directory).opened == ["PAM_SUCCESS 1"])
        try directory.write(
            service: "sshd",
            """
            session required /no/such/pam_lapse.so
            session required pam_permit.so
            """
        )
        #expect(try PamHost(directory).opened == ["PAM_MODULE_UNKNOWN 1"])
    }
}
