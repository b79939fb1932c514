/// The name of a session while it lives and in every record of it: 40 random bits.
///
/// It names, it does not authorise: who may steer a session is decided from kernel credentials.
package struct SessionID: Hashable, Sendable {
    package let value: UInt64

    package init(value: UInt64) {
        self.value = value
    }
}

/// A user's number, as the kernel has it.
package struct UserID: Hashable, Sendable {
    package let value: UInt32

    package init(value: UInt32) {
        self.value = value
    }
}

/// A process beyond doubt: pids are re-used, a pid with its start time is not within one boot.
package struct ProcessIdentity: Hashable, Sendable {
    package let pid: Int32
    /// Clock ticks after boot, field 22 of /proc/PID/stat (proc(5)).
    package let startTicks: UInt64

    package init(pid: Int32, startTicks: UInt64) {
        self.pid = pid
        self.startTicks = startTicks
    }
}

/// What was true of a session when it opened and stays true.
package struct SessionFacts: Equatable, Sendable {
    package let id: SessionID
    package let user: String
    package let uid: UserID
    package let service: String
    /// Where from, as PAM_RHOST says; empty on a console.
    package let rhost: String
    /// PAM_TTY as reported: "ssh" from sshd, a device path from login(1).
    package let tty: String
    package let leader: ProcessIdentity
    /// The kernel's audit session (/proc/PID/sessionid), nil where pam_loginuid did not run.
    package let auditSession: UInt32?
    package let opened: BootInstant

    package init(
        id: SessionID,
        user: String,
        uid: UserID,
        service: String,
        rhost: String,
        tty: String,
        leader: ProcessIdentity,
        auditSession: UInt32?,
        opened: BootInstant
    ) {
        self.id = id
        self.user = user
        self.uid = uid
        self.service = service
        self.rhost = rhost
        self.tty = tty
        self.leader = leader
        self.auditSession = auditSession
        self.opened = opened
    }
}
