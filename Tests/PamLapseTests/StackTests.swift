internal import Foundation
import Testing

/// The lines that pam.d/ recommends, in the stacks they are meant for.
@Suite struct StackTests {
    private static func opened(
        _ control: String,
        _ behaviour: String?,
        _ service: String = "sshd"
    ) throws -> String {
        let directory = try ServiceDirectory()
        let module = try Module.path()
        try directory.write(
            service: service,
            """
            session required pam_permit.so
            session \(control) \(module) socket=\(directory.socket)
            session required pam_permit.so
            """
        )
        let daemon = try behaviour.map { try FakeDaemonProcess(at: directory.socket, $0) }
        defer { _ = daemon }
        return try PamHost(directory, service).opened.first ?? ""
    }

    /// The control of the line that a snippet of pam.d/ has besides its comments.
    private static func control(of snippet: String) throws -> String {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        let text = try String(
            contentsOf: root.appending(path: "pam.d/\(snippet)"),
            encoding: .utf8
        )
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let line = try #require(lines.count == 1 ? lines.first : nil)
        #expect(line.hasPrefix("session ") && line.hasSuffix(" pam_lapse.so"))
        return String(line.dropFirst("session ".count).dropLast(" pam_lapse.so".count))
    }

    static let snippets = ["lapse-sshd-snippet", "lapse-login-snippet"]

    @Test(arguments: snippets)
    func `with a snippet's control a refusal refuses and a fault lets in`(
        snippet: String
    ) throws {
        let control = try Self.control(of: snippet)
        #expect(try Self.opened(control, "allow") == "PAM_SUCCESS 1")
        #expect(try Self.opened(control, "refuse") == "PAM_SESSION_ERR 1")
        #expect(try Self.opened(control, nil) == "PAM_SUCCESS 1")
    }

    @Test func `with optional a refusal has no effect, which is why it is not recommended`() throws
    {
        #expect(try Self.opened("optional", "refuse") == "PAM_SUCCESS 1")
    }

    @Test(arguments: ["lapse-su-snippet", "lapse-sudo-snippet"])
    func `with the control for su and sudo nothing keeps anybody out`(snippet: String) throws {
        let control = try Self.control(of: snippet)
        for behaviour in ["allow", "refuse", "outside", "unable", nil] {
            for service in ["su", "sshd"] {
                #expect(try Self.opened(control, behaviour, service) == "PAM_SUCCESS 1")
            }
        }
        let directory = try ServiceDirectory()
        try directory.write(
            service: "sudo",
            """
            session required pam_permit.so
            session \(control) /no/such/pam_lapse.so
            """
        )
        #expect(try PamHost(directory, "sudo").opened == ["PAM_SUCCESS 1"])
    }

    @Test(arguments: snippets)
    func `with a snippet's control a module that is not there keeps nobody out`(
        snippet: String
    ) throws {
        let control = try Self.control(of: snippet)
        let directory = try ServiceDirectory()
        try directory.write(
            service: "sshd",
            """
            session \(control) /no/such/pam_lapse.so
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
