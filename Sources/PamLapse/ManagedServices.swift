/// The PAM services whose sessions Lapse watches.
///
/// A module in `common-session` is called for cron, systemd-user, polkit, gdm and more; those pass
/// untouched. The names are sshd's (`PAMServiceName`, default `sshd`) and those of login: `login`,
/// and util-linux's `remote` with `-h`. libpam gives service names in lower case.
enum ManagedServices {
    static func contains(_ service: [UInt8]) -> Bool {
        matches(service, "sshd") || matches(service, "login") || matches(service, "remote")
    }
}
