import Testing

/// su and sudo: reported, never kept from anybody.
@Suite struct NestedSessionTests {
    static let services = ["su", "su-l", "sudo", "sudo-i", "doas"]
    /// Every answer that is none, and those that mean no to a session.
    static let faults = [
        "refuse", "unable", "noted", "hang", "full", "close", "mute", "random", "short", "version",
        "oversized",
    ]

    @Test(arguments: services)
    func `each is reported as nested and closes with its token`(service: String) throws {
        let directory = try ServiceDirectory(service: service)
        let daemon = try FakeDaemonProcess(at: directory.socket, "allow")
        let host = try PamHost(directory, service, "--tty", "/dev/pts/7", "--ruser", "ann")
        #expect(host.opened == ["PAM_SUCCESS 1"])
        #expect(host.closed == ["PAM_SUCCESS 1"])
        #expect(host.session == "000004hn")
        #expect(host.log.isEmpty && host.infos.isEmpty && host.errors.isEmpty)
        #expect(try host.traces().isEmpty)
        let seen = try daemon.seen()
        #expect(seen.count == 2)
        let words = "nested uid=65534 user=nobody service=\(service) tty=/dev/pts/7 "
        #expect(seen.first?.hasPrefix(words) == true)
        #expect(seen.last?.hasPrefix("closed 000004hn token=") == true)
    }

    @Test func `one that belongs to no session passes, and its close reports nothing`() throws {
        let directory = try ServiceDirectory(service: "sudo", arguments: "required")
        let daemon = try FakeDaemonProcess(at: directory.socket, "outside")
        let host = try PamHost(directory, "sudo")
        #expect(host.opened == ["PAM_SUCCESS 1"])
        #expect(host.closed == ["PAM_PERM_DENIED 1"], "the lone module ignored the call")
        #expect(host.session.isEmpty)
        #expect(host.log.isEmpty && host.errors.isEmpty)
        #expect(try host.traces().isEmpty)
        #expect(try daemon.seen().count == 1)
    }

    @Test func `a session that the daemon takes for a nested one is a fault`() throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(at: directory.socket, "outside")
        let host = try PamHost(directory)
        #expect(host.opened == ["PAM_PERM_DENIED 1"])
        #expect(host.log.first?.contains("lapsed answered another question") == true)
        _ = daemon
    }

    @Test(arguments: faults)
    func `nothing that a daemon does, and not even required, keeps anybody from sudo`(
        behaviour: String
    ) throws {
        let directory = try ServiceDirectory(service: "sudo", arguments: "required timeout=100ms")
        let daemon = try FakeDaemonProcess(at: directory.socket, behaviour)
        let host = try PamHost(directory, "sudo")
        #expect(host.opened == ["PAM_SUCCESS 1"])
        #expect(host.session.isEmpty && host.errors.isEmpty)
        #expect(host.log.count == 1)
        let words = "5 pam_lapse(sudo:session): a nested session of user 'nobody' is not reported: "
        #expect(host.log.first?.hasPrefix(words) == true)
        #expect(try host.traces().isEmpty)
        _ = daemon
    }

    @Test func `no daemon at all keeps nobody from su either`() throws {
        let directory = try ServiceDirectory(service: "su", arguments: "required")
        let host = try PamHost(directory, "su")
        #expect(host.opened == ["PAM_SUCCESS 1"])
        #expect(host.log.first?.contains("lapsed cannot be reached at") == true)
    }
}
