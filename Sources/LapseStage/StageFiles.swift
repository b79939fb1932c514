/// The texts of a stage's /etc: what Debian 12 has there, cut down to what a login needs.
struct StageFiles {
    let options: StageOptions

    /// Where the module lies on the stage.
    static let module = "/lapse/pam_lapse.so"
    static let hostName = "stage"
    static let policy = "/etc/lapse/lapse.toml"
    static let dropIns = "/etc/lapse/lapse.d"
    /// The key of the authority whose certificates sshd takes; the public half beside it has `.pub`.
    static let authority = "/etc/ssh/authority"

    /// Every file with its text and its permission bits.
    var all: [(path: String, text: String, mode: UInt32)] {
        let open: [(String, String)] = [
            ("/etc/passwd", passwd),
            ("/etc/group", group),
            ("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\n"),
            ("/etc/hosts", "127.0.0.1 localhost \(Self.hostName)\n"),
            ("/etc/hostname", "\(Self.hostName)\n"),
            ("/etc/shells", "/bin/bash\n/bin/sh\n"),
            ("/etc/login.defs", loginDefs),
            ("/etc/profile", profile),
            ("/etc/inputrc", "set enable-bracketed-paste off\nset bell-style none\n"),
            ("/etc/ssh/sshd_config", sshdConfig),
            ("/etc/ssh/ssh_config", sshConfig),
            ("/etc/pam.d/sshd", pamService("auth required pam_unix.so")),
            ("/etc/pam.d/login", pamService("auth required pam_unix.so")),
            ("/etc/pam.d/su", nestedService(auth: "pam_permit.so")),
            ("/etc/pam.d/su-l", nestedService(auth: "pam_permit.so")),
            ("/etc/pam.d/sudo", nestedService(auth: "pam_unix.so")),
            ("/etc/pam.d/sudo-i", nestedService(auth: "pam_unix.so")),
            ("/etc/pam.d/lapse-unlock", unlockService),
            ("/etc/pam.d/common-session", commonSession),
            ("/etc/pam.d/other", other),
        ]
        let secret = [("/etc/shadow", shadow), ("/etc/gshadow", gshadow)]
        let lapse =
            [(Self.policy, options.policy)]
            + options.dropIns.map { ("\(Self.dropIns)/\($0.key)", $0.value) }
        return open.map { ($0.0, $0.1, 0o644) } + secret.map { ($0.0, $0.1, 0o640) }
            + lapse.map { ($0.0, $0.1, 0o644) } + [("/etc/sudoers", sudoers, 0o440)]
    }

    private var passwd: String {
        let people = StageUser.allCases.map { user in
            "\(user):x:\(user.uid):\(user.uid):\(user):\(user.home):/bin/bash\n"
        }
        return people.joined() + """
            sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
            nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

            """
    }

    private var group: String {
        let own = StageUser.allCases.map { "\($0):x:\($0.uid):\n" }
        let shared = StageGroup.allCases.map { group in
            "\(group):x:\(group.gid):\(group.members.map(\.rawValue).joined(separator: ","))\n"
        }
        return own.joined() + shared.joined() + """
            tty:x:5:
            shadow:x:42:
            utmp:x:43:
            nogroup:x:65534:

            """
    }

    /// gpasswd(1) wants every group in it.
    private var gshadow: String {
        group.split(separator: "\n").map { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            return "\(fields[0]):!::\(fields[3])\n"
        }.joined()
    }

    private var sudoers: String {
        """
        Defaults secure_path="\(Stage.searchPath)"
        root ALL=(ALL:ALL) ALL
        %wheel ALL=(ALL:ALL) NOPASSWD: ALL

        """ + options.sudoersLines.map { "\($0)\n" }.joined()
    }

    /// A service whose result is the module's, because that is its only one for sessions.
    ///
    /// Whoever asks su gets it: who may is not what a stage is for. sudo has its own rules, and
    /// asks for a password where they say so; nobody has one that would do.
    private func nestedService(auth: String) -> String {
        """
        auth required \(auth)
        account required pam_permit.so
        session include common-session

        """
    }

    /// What asks who unlocks a session.
    private var unlockService: String {
        options.unlockLines.map { "\($0)\n" }.joined()
    }

    /// Nobody has a password yet; nothing is expired.
    private var shadow: String {
        let names = StageUser.allCases.map(\.rawValue) + ["sshd", "nobody"]
        return names.map { "\($0):*:19000:0:99999:7:::\n" }.joined()
    }

    private var loginDefs: String {
        """
        MAIL_DIR /var/mail
        ENV_SUPATH PATH=\(Stage.searchPath)
        ENV_PATH PATH=\(Stage.searchPath)
        TTYGROUP tty
        TTYPERM 0600
        LOGIN_RETRIES 1
        LOGIN_TIMEOUT 60
        UID_MIN 1000
        UID_MAX 60000
        ENCRYPT_METHOD SHA512

        """
    }

    /// Each prompt carries the time at which the shell made it: the shell has read the Enter key
    /// before, and does not read again before the next key.
    private var profile: String {
        """
        export PATH=\(Stage.searchPath)
        unset HISTFILE
        PS1='{$EPOCHREALTIME} '

        """
    }

    private var sshdConfig: String {
        """
        ListenAddress 127.0.0.1
        HostKey /etc/ssh/ssh_host_ed25519_key
        PidFile /run/sshd.pid
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        UsePAM yes
        UseDNS no
        PrintMotd no
        PrintLastLog no
        LogLevel VERBOSE
        MaxStartups 200
        MaxSessions 40
        AuthorizedKeysFile /etc/ssh/authorized_keys
        TrustedUserCAKeys \(Self.authority).pub
        Subsystem sftp internal-sftp

        """ + options.sshdLines.map { "\($0)\n" }.joined()
    }

    /// Matches any host, so that the client needs no options.
    private var sshConfig: String {
        """
        Host \(Self.hostName)
            HostName 127.0.0.1
        Host *
            IdentityFile /root/.ssh/id_ed25519
            IdentitiesOnly yes
            UserKnownHostsFile /etc/ssh/known_hosts
            StrictHostKeyChecking yes
            EscapeChar none

        """
    }

    private func pamService(_ auth: String) -> String {
        """
        \(auth)
        account required pam_unix.so
        session required pam_loginuid.so
        session required pam_unix.so
        session include common-session

        """
    }

    private var commonSession: String {
        guard options.lapse != .absent else { return "session required pam_permit.so\n" }
        let words = [options.moduleControl, Self.module] + options.moduleArguments
        return "session \(words.joined(separator: " "))\n"
    }

    private var other: String {
        ["auth", "account", "password", "session"].map { "\($0) required pam_deny.so\n" }.joined()
    }
}
