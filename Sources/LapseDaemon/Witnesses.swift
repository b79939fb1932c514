import LapseCore

/// What each witness of one session says at one moment.
///
/// Joining them decides nothing: what counts is the engine's to say.
struct Witnesses: Equatable {
    var terminals: TerminalReading
    var connection = ConnectionReading.none
    /// Nil if the policy does not count work.
    var work: WorkReading?
    /// sshd opened the session, so every key of it comes over its connection.
    var isOverSSH = false
    /// The policy counts what programs write or the network carries.
    var countsTraffic = false
    /// su or sudo are open in it, which read through /dev/tty.
    var isNested = false

    init(terminals: TerminalReading) {
        self.terminals = terminals
    }

    /// The figures of the connection that every key comes over; nil if keys come another way, or
    /// nobody can tell.
    var keyTraffic: ConnectionReading.Traffic? {
        guard isOverSSH, case .measured(let traffic) = connection else { return nil }
        return traffic
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
        if let work {
            evidence.work = (work.work ?? endOfJob).map { Evidence.Work(at: $0.at, what: $0.what) }
            evidence.mayActAlone = evidence.mayActAlone || work.mayActAlone
            evidence.suspicions += work.masquerades
        }
        switch connection {
        case .measured(let traffic):
            evidence.received = traffic.received
            evidence.sent = traffic.sent
            evidence.meterBegan = traffic.began
            evidence.isUndecided = traffic.isUndecided
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

    /// The end of a job, where nobody can tell when the key came that may have ended it.
    ///
    /// The shell wrote its prompt then. It counts like work.
    private var endOfJob: WorkReading.Work? {
        guard keyTraffic == nil, let end = work?.end else { return nil }
        return WorkReading.Work(at: min(end.at, terminals.output ?? end.at), what: end.what)
    }

    /// When a key may have come that no program read, as it ended a job: with the last byte.
    var unreadInput: BootInstant? {
        work?.end == nil ? nil : keyTraffic?.lastBacking
    }

    /// The last input that was read on a terminal.
    ///
    /// Before Linux 6.5 the kernel does not show on a terminal what is read from it through
    /// /dev/tty: a read there, of whomever, counts where the session may have done it. For one
    /// that came over the network no later than its last byte.
    private var input: BootInstant? {
        guard let input = terminals.input else { return terminals.goneInput }
        guard !terminals.readsAreStamped, let shared = terminals.lastSharedRead else {
            return input
        }
        if let keyTraffic { return max(input, min(shared, keyTraffic.lastByte)) }
        return isNested || isOverSSH ? max(input, shared) : input
    }
}

/// Whether what programs read as input of a session was sent by its client at all.
///
/// Keys that were typed ahead are read long after they came, and lines of a paste one by one. So
/// such reads are none of a hand, but a deceit only if they go on while nothing waits to be read.
///
/// A key at equal pauses looks like a keep-alive to `TrafficMeter`. So keep-alives back no input
/// only if they were seen while nothing was read: a user who puts input there from the first
/// second on, behind keep-alives of his client, at unequal pauses, is not found out.
struct InputBacking: Equatable {
    /// Looks in a row that find such a read: the bytes were put there one at a time (TIOCSTI).
    static let readsMin = 3
    /// Looks in a row that find bytes of the connection and no read, until what comes counts as
    /// keep-alives.
    static let quietMin = 3

    private var lastRead: BootInstant?
    /// The last input that no program read, which no terminal's clock knows of.
    private var unread: BootInstant?
    private var lastByte: BootInstant?
    private var areKeepAlivesTold = false
    private var reads = 0
    private var quietLooks = 0

    /// The evidence, with its input no later than the last byte that may have been a key, and with
    /// that which no program read.
    mutating func weigh(_ witnesses: Witnesses) -> Evidence {
        var evidence = boundByBytes(witnesses)
        if !areKeepAlivesTold, let seen = witnesses.keyTraffic?.keepAlive {
            areKeepAlivesTold = true
            evidence.suspicions.append(.keepAlives(seen))
        }
        if let moment = witnesses.unreadInput { unread = max(unread ?? moment, moment) }
        guard let unread, let input = evidence.input else { return evidence }
        evidence.input = max(input, unread)
        evidence.noInputSince = evidence.noInputSince.map { max($0, unread) }
        return evidence
    }

    private mutating func boundByBytes(_ witnesses: Witnesses) -> Evidence {
        let evidence = witnesses.evidence
        guard let traffic = witnesses.keyTraffic else { return evidence }
        let hasRead = evidence.input != lastRead
        note(traffic, hasRead: hasRead)
        lastRead = evidence.input
        let last = quietLooks >= Self.quietMin ? traffic.lastBacking : traffic.lastByte
        guard evidence.hasInput(unbackedBy: last) else {
            reads = 0
            return evidence
        }
        var bounded = evidence.bounded(byLastByte: last)
        if hasRead, !witnesses.terminals.hasWaiting { reads += 1 }
        if reads >= Self.readsMin {
            let place = witnesses.terminals.place ?? ""
            bounded.suspicions.append(.unbackedInput(terminal: place))
        }
        return bounded
    }

    /// Once found, keep-alives stay such until the meter knows of none.
    private mutating func note(_ traffic: ConnectionReading.Traffic, hasRead: Bool) {
        defer { lastByte = traffic.lastByte }
        if !traffic.isKeepAlive {
            quietLooks = 0
        } else if quietLooks < Self.quietMin, lastByte != traffic.lastByte {
            quietLooks = hasRead ? 0 : quietLooks + 1
        }
    }
}
