import LapseControl
import LapseCore
import LapseLinux
import LapsePolicy
import LapseSources

/// What the policy says of each session, asked anew whenever something that it asks for changes:
/// groups, terminals, root's coming and going, the policy itself, the calendar.
extension Daemon {
    /// A pty that is not there so long after the opening will not come by itself: the session has
    /// none (sftp, a command).
    ///
    /// No later than the last look of `TerminalSearch`.
    private static let terminalWithin: Duration = .seconds(4)

    /// Asks the policy about a session and hands the engine what has changed.
    func decide(_ id: SessionID) {
        decide(id, on: newPage())
    }

    /// What sessions that are decided on together share.
    func newPage() -> DecisionPage { DecisionPage(policy.policy, at: now) }

    func decide(_ id: SessionID, on page: DecisionPage) {
        guard let hold = holds[id], let facts = engine.sessions[id]?.facts else { return }
        hold.subject.terminal = terminalKind(of: facts, at: page.now)
        let decision = page.decisions.allowance(for: hold.subject)
        let former = hold.decision
        hold.decision = decision
        // Against what the engine was told last, not against what it has: that may still wait.
        if decision.allowance != former?.allowance || decision.mode != former?.mode {
            feed(.allowanceChanged(id, decision.allowance, decision.mode))
        }
        let cutoffs = cutoffs(of: facts, hold, on: page)
        if cutoffs != hold.cutoffs {
            hold.cutoffs = cutoffs
            feed(.cutoffsKnown(id, cutoffs))
        }
        if hold.isAdmitted(by: decision.allowance.memberOf) == false {
            feed(.revoked(id, .account(.notMember)))
        }
    }

    func decideAll() {
        let page = newPage()
        for id in Array(engine.sessions.keys) { decide(id, on: page) }
        delayCalendar()
    }

    private func terminalKind(of facts: SessionFacts, at now: BootInstant) -> TerminalKind? {
        if let path = activity.terminals(of: facts.id).first?.terminal.path {
            return TerminalKind(path: path)
        }
        if let kind = TerminalKind(path: facts.tty) { return kind }
        return now.since(facts.opened) < Self.terminalWithin ? nil : .absent
    }

    /// When the session ends whatever its user does, apart from its lifetime.
    private func cutoffs(
        of facts: SessionFacts,
        _ hold: SessionHold,
        on page: DecisionPage
    ) -> [Cutoff] {
        guard let allowance = hold.decision?.allowance else { return [] }
        let (now, calendar) = (page.now, page.calendar)
        var cutoffs: [Cutoff] = []
        switch page.state(of: allowance.hours) {
        case .open(let closes):
            hold.closedSince = nil
            if let closes { cutoffs.append(Cutoff(.hours, at: calendar.boot(closes))) }
        case .closed:
            // It got in before, or the hours have changed: the count begins when that is seen.
            let since = hold.closedSince ?? now
            hold.closedSince = since
            cutoffs.append(Cutoff(.hours, at: since))
        }
        if let limit = allowance.quota.duration {
            let at = quota.exhausted(limit, by: facts.uid, at: now)
            cutoffs.append(Cutoff(.quota(limit: limit), at: at))
        }
        if let validBefore = hold.certificateEnds {
            cutoffs.append(Cutoff(.certificate, at: calendar.boot(validBefore)))
        }
        if let expires = hold.accountExpires {
            cutoffs.append(Cutoff(.account(.expired), at: calendar.boot(expires)))
        }
        return cutoffs
    }
}

// MARK: - The calendar

extension Daemon {
    /// Listens for steps of the wall clock.
    func watchClock() throws(SystemError) {
        let changes = try ClockChanges()
        _ = try loop.watch(changes.descriptor, for: .readable) { [unowned self] _ in
            do throws(SystemError) {
                try changes.acknowledge()
            } catch {
                log.fault("the wall clock's changes: \(error)")
            }
            clockWasSet()
        }
    }

    /// What was converted from wall time is converted anew; a midnight may have been passed over, to
    /// either side.
    func clockWasSet() {
        turnCalendar()
    }

    /// A day has begun, or an exception of the policy is over.
    func turnCalendar() {
        let today = HostCalendar.current.moment(now).civil.day
        if today != quotaDay {
            quotaDay = today
            quota.beginDay(at: now)
        }
        decideAll()
    }

    func saveQuota() {
        do throws(SystemError) {
            try quotaFile.save(quota, day: quotaDay, at: now)
        } catch {
            log.fault("today's quotas will not be known after a restart: \(error), ignoring")
        }
    }

    private func delayCalendar() {
        let calendar = HostCalendar.current
        let expiry = policy.policy.nextExpiry(after: calendar.moment(now))
        let midnight = calendar.nextMidnight(after: now)
        delay(.turnCalendar, until: min(midnight, expiry.map(calendar.boot) ?? midnight))
    }
}

// MARK: - Reload

extension Daemon {
    /// Reads the policy anew: whole, or the old one stays in force.
    ///
    /// - Returns: The warnings about it.
    func reload() throws(PolicyFault) -> String {
        do throws(PolicyFault) {
            let (loaded, warnings) = try LoadedPolicy.load(options)
            policy = loaded
            refusedPolicy = nil
            LocalTime.reload()
            decideAll()
            // What was only recorded in observe mode may have consequences now.
            pollAccounts(anew: true)
            log.reloaded(loaded, sessions: engine.sessions.count)
            if !warnings.isEmpty { log.policyProblem(warnings) }
            return warnings
        } catch {
            refusedPolicy = error.description
            log.refusedPolicy(error.description)
            throw error
        }
    }
}
