/// One step of ending a session: a signal, to whom, and how long to wait for the effect.
package struct EndStep: Sendable, Equatable {
    package let signal: EndSignal
    package let target: EndTarget
    /// How long the target is given before the next step; 0...60 s.
    ///
    /// A step that reaches nobody is over at once.
    package let allowed: Duration

    package init(signal: EndSignal, target: EndTarget, allowed: Duration) {
        self.signal = signal
        self.target = target
        self.allowed = allowed
    }

    /// The steps that are taken where no file gives others.
    ///
    /// The processes hear of it first, as if the line were cut; then the leader is asked, so that
    /// it closes its PAM session itself: sshd's monitor does that on SIGTERM.
    package static let builtIn = [
        EndStep(signal: .hangUp, target: .processes, allowed: .milliseconds(300)),
        EndStep(signal: .terminate, target: .leader, allowed: .seconds(2)),
        EndStep(signal: .terminate, target: .processes, allowed: .seconds(5)),
        EndStep(signal: .kill, target: .processes, allowed: .seconds(2)),
        EndStep(signal: .kill, target: .leader, allowed: .seconds(1)),
    ]
}

/// The signals that a step may send, by the name that the policy file has for them.
package enum EndSignal: String, Word {
    case hangUp = "HUP"
    case terminate = "TERM"
    case interrupt = "INT"
    case quit = "QUIT"
    case kill = "KILL"
}

/// Whom a step of an end is for.
package enum EndTarget: String, Word {
    /// Everything that belongs to the session but its leader.
    case processes
    /// The process that opened the PAM session and is to close it.
    case leader
}
