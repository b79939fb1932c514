import LapseWireE

/// A PAM service that Lapse has to do with.
///
/// A module in `common-session` is called for cron, systemd-user, polkit, gdm and more; those pass
/// untouched. libpam gives service names in lower case.
///
/// No enum: a plain one is Hashable, and brings Hasher and its random numbers into the module.
struct ManagedService {
    /// Whether it is one within a session, with no clock of its own: su and sudo, as plain commands
    /// and as logins (`su -`, `sudo -i`), and doas.
    ///
    /// Not runuser: it is for root alone, in scripts for the most part, and never raises.
    let isNested: Bool

    /// Nil for a service that passes untouched.
    ///
    /// Sessions of their own are those of sshd (`PAMServiceName`, default `sshd`) and of login:
    /// `login`, and util-linux's `remote` with `-h`.
    init?(named service: [UInt8]) {
        isNested =
            matches(service, "sudo") || matches(service, "sudo-i") || matches(service, "su")
            || matches(service, "su-l") || matches(service, "doas")
        guard
            isNested || matches(service, "sshd") || matches(service, "login")
                || matches(service, "remote")
        else { return nil }
    }

    func report(_ opened: Opened) -> Report {
        isNested ? .nested(opened) : .opened(opened)
    }
}
