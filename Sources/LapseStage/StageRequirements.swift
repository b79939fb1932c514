import Glibc

/// What the host must have to carry a stage.
package enum StageRequirements {
    /// The sources' folder of this target: a stage belongs to a checkout.
    private static let sources = #filePath.split(separator: "/").dropLast()

    /// The script of the stage's pid 1.
    static let initScript = script("init.sh")

    /// The path of a script of this target.
    package static func script(_ name: String) -> String {
        "/" + (sources + ["Scripts", Substring(name)]).joined(separator: "/")
    }

    /// The programs of the host that a stage uses, with the Debian package of each.
    private static let programs = [
        ("/usr/bin/unshare", "util-linux"), ("/usr/bin/nsenter", "util-linux"),
        ("/usr/bin/setpriv", "util-linux"), ("/usr/bin/setsid", "util-linux"),
        ("/sbin/pivot_root", "util-linux"), ("/sbin/ip", "iproute2"),
        ("/bin/login", "login"), ("/usr/sbin/sshd", "openssh-server"),
        ("/usr/bin/ssh", "openssh-client"), ("/usr/bin/ssh-keygen", "openssh-client"),
        ("/bin/bash", "bash"), ("/usr/bin/perl", "perl-base"),
        ("/usr/bin/sudo", "sudo"), ("/bin/su", "util-linux"),
        ("/usr/sbin/usermod", "passwd"), ("/usr/bin/gpasswd", "passwd"),
        ("/usr/sbin/userdel", "passwd"), ("/usr/sbin/chpasswd", "passwd"),
    ]

    /// Programs that people use in a session, with the Debian package of each.
    ///
    /// A stage starts without them; what is done with one that is missing cannot be tested.
    private static let clients = [
        "/usr/bin/vim": "vim", "/usr/bin/less": "less", "/usr/bin/man": "man-db",
        "/usr/bin/top": "procps", "/usr/bin/watch": "procps", "/usr/bin/python3": "python3-minimal",
        "/usr/bin/make": "make", "/usr/bin/gcc": "gcc", "/usr/bin/dpkg-deb": "dpkg",
        "/usr/bin/tmux": "tmux", "/usr/bin/screen": "screen", "/usr/bin/expect": "expect",
        "/usr/bin/script": "bsdutils", "/usr/bin/sftp": "openssh-client",
        "/usr/bin/scp": "openssh-client", "/usr/bin/rsync": "rsync", "/usr/bin/git": "git",
        "/usr/bin/mosh": "mosh", "/usr/bin/whiptail": "whiptail",
        "/usr/bin/dialog": "dialog", "/usr/bin/htop": "htop",
    ]

    /// Whether a missing part is a failure: under CI.
    package static var isDemanded: Bool { variable("CI") != nil }

    /// Why a program of the host cannot be used on a stage, and how to get it; nil where it can.
    package static func obstacle(toUsing program: String) -> String? {
        guard access(program, X_OK) != 0 else { return nil }
        guard let package = clients[program] else { return "\(program) is missing" }
        return "\(program) is missing; install it with: apt-get install \(package)"
    }

    /// The Python that the host's clients run in: LAPSE_PYTHON, which `make test` sets.
    package static var python: String? { variable("LAPSE_PYTHON") }

    /// The folder of `lapsed` and `lapsectl`: LAPSE_BIN_DIR, or .build/stage of the checkout.
    package static var binaries: String { variable("LAPSE_BIN_DIR") ?? built }

    /// The PAM module: LAPSE_MODULE, or pam_lapse.so in .build/stage of the checkout.
    package static var module: String { variable("LAPSE_MODULE") ?? "\(built)/pam_lapse.so" }

    private static var built: String {
        "/" + (sources.dropLast(2) + [".build", "stage"]).joined(separator: "/")
    }

    /// Why a test that needs a stage is to be skipped here, or nil where it is to run.
    ///
    /// Under CI nothing is skipped: there the start of the stage fails with this reason.
    package static func obstacle(to options: StageOptions) -> String? {
        guard !isDemanded else { return nil }
        do throws(StageError) {
            try check(for: options)
            return nil
        } catch {
            return error.description
        }
    }

    /// The same for a virtual terminal.
    ///
    /// It is said on standard output too: a console that nobody tests must not go unnoticed among
    /// many lines that say "passed".
    package static let consoleObstacle: String? = {
        guard access("/dev/tty0", R_OK | W_OK) != 0, !isDemanded else { return nil }
        print("NO VIRTUAL TERMINAL (/dev/tty0): the console is NOT tested on this machine.")
        return "no virtual terminal: /dev/tty0 cannot be opened"
    }()

    /// Says what is missing, if anything is.
    package static func check(for options: StageOptions) throws(StageError) {
        guard geteuid() == 0 else {
            throw .unsuitable("a stage needs root: it mounts, and runs sshd; try again with sudo")
        }
        for (path, package) in programs where access(path, X_OK) != 0 {
            throw .unsuitable("\(path) is missing; install it with: apt-get install \(package)")
        }
        for path in artefacts(for: options) where access(path, R_OK) != 0 {
            throw .unsuitable("\(path) is missing; build it with: make build")
        }
    }

    /// The files of Lapse that a stage copies.
    static func artefacts(for options: StageOptions) -> [String] {
        switch options.lapse {
        case .absent: []
        case .module, .all:
            [module, "\(binaries)/lapsed", "\(binaries)/lapsectl", "\(binaries)/lapse-lock"]
        }
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
