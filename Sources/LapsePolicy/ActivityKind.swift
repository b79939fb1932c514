/// A kind of activity that may keep a session from its idle limit.
package enum ActivityKind: String, Word {
    /// A hand on the keyboard: input that a terminal of the session was given.
    case input
    /// What programs write to a terminal of the session.
    case output
    /// Bytes of the connection beyond keep-alives. For a session that has no terminal they are its
    /// input, whether the policy names them or not.
    case network
    /// The foreground job beyond the shell uses processor or disk, or is one to wait for.
    case work
}

/// Which bytes of a connection tell of activity.
package enum TrafficDirection: String, Word {
    /// From the client to this host.
    case received
    /// From this host to the client.
    case sent
    case both
}
