import LapseLinux

/// What the kernel marks a session's processes with, if it is the session's alone.
///
/// A leader that has a mark in common with its parent has it from there: an sshd that root restarted
/// from his own session, without systemd, carries the marks of that session, and so would every
/// login through it. To end one of them by such a mark would end them all, and sshd.
enum SessionMarks {
    /// The kernel's audit session that pam_loginuid(8) began for this login.
    static func auditSession(of leader: ProcessStat) -> UInt32? {
        guard let own = ProcessTree.auditSession(of: leader.pid),
            ProcessTree.auditSession(of: leader.parent) != own
        else { return nil }
        return own
    }

    /// The scope that logind made for this login.
    static func group(of leader: ProcessStat) -> ControlGroup? {
        guard let own = ControlGroup.sessionScope(of: leader.pid),
            !own.contains(pid: leader.parent)
        else { return nil }
        return own
    }
}
