import LapseControl
import LapseText

/// What `lapsectl list` prints.
enum SessionTable {
    /// Writes the table.
    ///
    /// - Parameters:
    ///   - sessions: The sessions, in the order in which they are to be shown.
    ///   - includingEnded: Whether those that have ended were asked for.
    ///   - width: Columns of the terminal; nil when the table goes elsewhere.
    ///   - zone: The zone for points in time.
    /// - Returns: The table, or a sentence when there is nothing to show.
    static func text(
        _ sessions: [SessionInfo],
        includingEnded: Bool,
        width: Int?,
        zone: WallTimeText.Zone
    ) -> String {
        guard !sessions.isEmpty else {
            return includingEnded ? "No sessions on record.\n" : "No open sessions.\n"
        }
        // The id is never cut, since it is typed again. What happens next keeps the most room; the
        // others are cut as far as it takes for 80 columns, however long a name is.
        var table = TextTable([
            .init("ID"), .init("USER", cutTo: 5), .init("FROM", cutTo: 4),
            .init("SERVICE", cutTo: 4), .init("TERMINALS", cutTo: 4), .init("IDLE"),
            .init("AGE"), .init("STAGE"), .init("NEXT", cutTo: 17),
        ])
        for session in sessions {
            table.add([
                PlainText.escaped(session.id),
                PlainText.escaped(session.user),
                session.rhost.map(PlainText.escaped) ?? "-",
                PlainText.escaped(session.service),
                terminals(of: session),
                idle(of: session),
                DurationText.text(milliseconds: session.ended?.durationMs ?? session.ageMs),
                stage(of: session),
                next(of: session, zone: zone),
            ])
        }
        let isMarked = sessions.contains { $0.privileged && $0.ended == nil }
        return table.text(width: width)
            + (isMarked ? "# root works in the session: root's limits hold\n" : "")
    }

    /// The stage; a hold takes the place of "active", and root is marked as at a shell's prompt.
    private static func stage(of session: SessionInfo) -> String {
        if session.ended != nil { return session.stage.rawValue }
        let isHeld = session.stage == .active && session.heldUntilUs != nil
        return (isHeld ? "held" : session.stage.rawValue) + (session.privileged ? "#" : "")
    }

    private static func terminals(of session: SessionInfo) -> String {
        let names = session.terminals.map(\.shortName)
        return names.isEmpty ? "-" : names.joined(separator: ",")
    }

    private static func idle(of session: SessionInfo) -> String {
        if session.ended != nil { return "-" }
        return session.idleMs.map { DurationText.text(milliseconds: $0) } ?? "?"
    }

    private static func next(of session: SessionInfo, zone: WallTimeText.Zone) -> String {
        if let ended = session.ended {
            let time = WallTimeText.text(microseconds: ended.atUs, zone: zone)
            return "ended \(time) (\(ended.reason.text))"
        }
        let step = session.next.map(\.text)
        let unmeasurable = session.unmeasurable.map { "not measurable: \(PlainText.escaped($0))" }
        let held = session.heldUntilUs.map {
            "held until \(WallTimeText.text(microseconds: $0, zone: zone))"
        }
        let texts = [step, locked(session, zone), held, unmeasurable, activity(of: session)]
            .compactMap { $0 }
        return texts.isEmpty ? "-" : texts.joined(separator: "; ")
    }

    /// Why it is locked and since when.
    private static func locked(_ session: SessionInfo, _ zone: WallTimeText.Zone) -> String? {
        session.lockedUs.map { since in
            let reason = session.lockReason.map { " (\($0.rawValue))" } ?? ""
            return "locked since \(WallTimeText.text(microseconds: since, zone: zone))\(reason)"
        }
    }

    /// What it was last seen to do, where that is not the hand that everybody expects.
    private static func activity(of session: SessionInfo) -> String? {
        guard let last = session.lastActivity, session.stage != .locked, last.doing != .input,
            last.doing != .opening
        else { return nil }
        return "last \(last.name)"
    }
}

extension TerminalInfo {
    /// Its name as people say it, without "/dev/"; safe for a terminal.
    var shortName: String {
        PlainText.escaped(name.hasPrefix("/dev/") ? String(name.dropFirst(5)) : name)
    }
}

extension NextStep {
    /// For example "warn in 12s (idle)".
    var text: String {
        let time = inMs > 0 ? "in \(DurationText.text(milliseconds: inMs))" : "now"
        return "\(what.rawValue) \(time) (\(reason.rawValue))"
    }

    /// For example "will be warned in 12s (idle)".
    var sentence: String {
        let time = inMs > 0 ? "in \(DurationText.text(milliseconds: inMs))" : "now"
        let done =
            switch what {
            case .warn: "warned"
            case .lock: "locked"
            case .end: "ended"
            }
        return "will be \(done) \(time) (\(reason.rawValue))"
    }
}

extension SessionEnd.Reason {
    /// The reason in words.
    var text: String {
        switch self {
        case .idle: "idle limit"
        case .lifetime: "lifetime limit"
        case .hours: "closing hours"
        case .quota: "daily quota"
        case .certificate: "certificate no longer valid"
        case .account: "account locked, expired or changed"
        case .sessions: "too many sessions"
        case .locked: "locked for too long"
        case .admin: "by command"
        case .logout: "logout"
        case .leaderDied: "leader died"
        }
    }
}
