import Testing

@Suite struct OpenSessionTests {
    @Test func `an allowed session opens with its name in the environment`() throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(at: directory.socket, "allow")
        let host = try PamHost(
            directory,
            "sshd",
            "--tty",
            "ssh",
            "--rhost",
            "host.example",
            "--ruser",
            "ann",
            "--env",
            "SSH_AUTH_INFO_0=publickey ssh-ed25519 AAAA\npassword\n"
        )
        #expect(host.opened == ["PAM_SUCCESS 1"])
        #expect(host.closed == ["PAM_SUCCESS 1"])
        #expect(host.session == "000004hn")
        #expect(host.infos.isEmpty && host.errors.isEmpty && host.log.isEmpty)
        #expect(try host.traces().isEmpty)
        let seen = try daemon.seen()
        #expect(
            seen.first == """
                opened uid=65534 user=nobody service=sshd tty=ssh rhost=host.example ruser=ann \
                auth=publickey ssh-ed25519 AAAA|password| cut=0
                """
        )
    }

    @Test(arguments: ["login", "remote", "sshd"])
    func `each managed service is reported`(service: String) throws {
        let directory = try ServiceDirectory(service: service)
        let daemon = try FakeDaemonProcess(at: directory.socket, "allow")
        let host = try PamHost(directory, service, "--tty", "/dev/tty7")
        #expect(host.opened == ["PAM_SUCCESS 1"])
        #expect(try daemon.seen().first?.contains("service=\(service) tty=/dev/tty7 ") == true)
    }

    @Test(arguments: [
        "cron", "crond", "systemd-user", "polkit-1", "gdm-password", "runuser", "runuser-l",
        "sshd2", "ssh", "logi", "s", "su-", "sudo-", "sudo-il", "doas2",
    ])
    func `a service that is not managed passes without a connection`(service: String) throws {
        let directory = try ServiceDirectory(service: service, arguments: "required bogus debug")
        let daemon = try FakeDaemonProcess(at: directory.socket, "refuse")
        let host = try PamHost(directory, service)
        #expect(host.opened == ["PAM_PERM_DENIED 1"], "the lone module ignored the call")
        #expect(host.closed == ["PAM_PERM_DENIED 1"])
        #expect(host.session.isEmpty)
        #expect(host.log.isEmpty && host.errors.isEmpty)
        #expect(try host.traces().isEmpty)
        #expect(try daemon.seen().isEmpty)
    }

    @Test func `a refusal is shown and logged, and nothing is kept for the close`() throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(
            at: directory.socket,
            "refuse",
            "Too many sessions (20)."
        )
        let host = try PamHost(directory)
        #expect(host.opened == ["PAM_SESSION_ERR 1"])
        #expect(host.errors == ["Too many sessions (20)."])
        #expect(
            host.log == [
                "5 pam_lapse(sshd:session): lapsed refuses user 'nobody': 'Too many sessions (20).'"
            ]
        )
        #expect(host.session.isEmpty)
        #expect(host.closed == ["PAM_PERM_DENIED 1"])
        #expect(try host.traces().isEmpty)
        #expect(try daemon.seen().count == 1)
    }

    @Test func `a refusal without a text is still explained`() throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(at: directory.socket, "refuse")
        let host = try PamHost(directory)
        #expect(host.errors == ["This session may not be opened."])
        _ = daemon
    }

    @Test(arguments: ["allow", "refuse"])
    func `a service that wants silence gets it`(behaviour: String) throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(at: directory.socket, behaviour, "A word.")
        let host = try PamHost(directory, "sshd", "--silent")
        #expect(host.infos.isEmpty && host.errors.isEmpty)
        #expect(host.opened == [behaviour == "allow" ? "PAM_SUCCESS 1" : "PAM_SESSION_ERR 1"])
        _ = daemon
    }

    @Test func `the text of a permission is shown as information`() throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(
            at: directory.socket,
            "allow",
            "Your last session was ended:\nidle for 15 min."
        )
        let host = try PamHost(directory)
        #expect(host.infos == ["Your last session was ended:%0Aidle for 15 min."])
        _ = daemon
    }

    @Test func `control characters reach neither terminal nor log`() throws {
        let directory = try ServiceDirectory()
        let text = "no\u{1B}[2J\u{7}\u{9B}1m\u{202E}é\nsecond"
        let daemon = try FakeDaemonProcess(at: directory.socket, "refuse", text)
        let host = try PamHost(directory)
        #expect(
            host.errors == [
                #"no\x1b[2J\x07\xc2\x9b1m\xe2\x80\xae%C3%A9%0Asecond"#
            ]
        )
        #expect(
            host.log == [
                "5 pam_lapse(sshd:session): lapsed refuses user 'nobody': "
                    + #"'no\x1b[2J\x07\xc2\x9b1m\xe2\x80\xae%C3%A9\x0asecond'"#
            ]
        )
        _ = daemon
    }

    @Test func `a user that does not exist is let in unwatched, or refused where required`() throws
    {
        for (argument, result) in [("", "PAM_PERM_DENIED 1"), ("required", "PAM_SESSION_ERR 1")] {
            let directory = try ServiceDirectory(arguments: argument)
            let host = try PamHost(directory, user: "no-such\u{1B}user")
            #expect(host.opened == [result])
            #expect(host.log.count == 1)
            #expect(host.log.first?.contains(#"'no-such\x1buser'"#) == true)
            #expect(host.log.first?.contains("not in the password database") == true)
        }
    }

    @Test func `texts beyond their limit are cut, flagged, and never in the way`() throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(at: directory.socket, "allow")
        let line = String(repeating: "k", count: 3000) + "\n"
        let host = try PamHost(
            directory,
            "sshd",
            "--tty",
            String(repeating: "t", count: 5000),
            "--rhost",
            String(repeating: "h", count: 100_000),
            "--ruser",
            String(repeating: "r", count: 256),
            "--env",
            "SSH_AUTH_INFO_0=" + line + line
        )
        #expect(host.opened == ["PAM_SUCCESS 1"])
        let seen = try daemon.seen().first ?? ""
        #expect(seen.hasSuffix(" cut=15"))
        #expect(seen.contains(" tty=\(String(repeating: "t", count: 128)) "))
        #expect(seen.contains(" auth=\(String(repeating: "k", count: 3000))| "))
    }
}
