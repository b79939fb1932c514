import LapseCore

/// What each witness of one session says at one moment.
///
/// Joining them decides nothing: what counts is the engine's to say.
struct Witnesses: Equatable {
    var terminals: TerminalReading
    var connection = ConnectionReading.none
    /// sshd opened the session, so every key of it comes over its connection.
    var isOverSSH = false
    /// The policy counts what programs write or the network carries.
    var countsTraffic = false
    /// su or sudo are open in it, which read through /dev/tty.
    var isNested = false

    init(terminals: TerminalReading) {
        self.terminals = terminals
    }

    /// The last moment at which a key may have come over the connection; nil if keys come another
    /// way, or nobody can tell.
    var lastBacking: BootInstant? {
        guard isOverSSH, case .measured(let traffic) = connection else { return nil }
        return traffic.lastBacking
    }

    /// All of it as the engine takes it, but for what `InputBacking` says.
    var evidence: Evidence {
        var evidence = Evidence(
            input: input,
            output: terminals.output,
            hasTerminal: terminals.hasTerminal,
            unmeasurable: terminals.input == nil ? terminals.unmeasurable ?? .noTerminal : nil,
            mayActAlone: countsTraffic,
            noInputSince: terminals.noInputSince,
            suspicions: terminals.suspicions
        )
        switch connection {
        case .measured(let traffic):
            evidence.received = traffic.received
            evidence.sent = traffic.sent
            if !terminals.hasTerminal {
                evidence.unmeasurable = nil
                evidence.mayActAlone = true
            }
        case .unmeasurable(let fault):
            if evidence.unmeasurable == .noTerminal {
                evidence.unmeasurable = .noConnection(fault.description)
            }
        case .none:
            break
        }
        return evidence
    }

    /// The last input on a terminal.
    ///
    /// Before Linux 6.5 the kernel does not show on a terminal what is read from it through
    /// /dev/tty: a read there, of whomever, counts where the session may have done it. For one
    /// that came over the network no later than its last byte.
    private var input: BootInstant? {
        guard let input = terminals.input else { return nil }
        guard !terminals.readsAreStamped, let shared = terminals.lastSharedRead else {
            return input
        }
        if let lastBacking { return max(input, min(shared, lastBacking)) }
        return isNested || isOverSSH ? max(input, shared) : input
    }
}

/// Whether what programs read as input of a session was sent by its client at all.
///
/// Keys that were typed ahead are read long after they came, and lines of a paste one by one. So
/// such reads are none of a hand, but a deceit only if they go on while nothing waits to be read.
struct InputBacking: Equatable {
    /// Looks in a row that find such a read: the bytes were put there one at a time (TIOCSTI).
    static let readsMin = 3

    private var lastRead: BootInstant?
    private var reads = 0

    /// The evidence, with its input no later than the last byte that may have been a key.
    mutating func weigh(_ witnesses: Witnesses) -> Evidence {
        let evidence = witnesses.evidence
        guard let last = witnesses.lastBacking, evidence.hasInput(unbackedBy: last) else {
            (lastRead, reads) = (nil, 0)
            return evidence
        }
        var bounded = evidence.bounded(byLastByte: last)
        if evidence.input != lastRead, !witnesses.terminals.hasWaiting { reads += 1 }
        lastRead = evidence.input
        if reads >= Self.readsMin {
            let place = witnesses.terminals.place ?? ""
            bounded.suspicions.append(.unbackedInput(terminal: place))
        }
        return bounded
    }
}
