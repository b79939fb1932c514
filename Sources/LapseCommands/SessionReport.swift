import LapseControl
import LapseText

/// What `lapsectl show` prints.
enum SessionReport {
    /// Writes all that is known of a session, a line a fact.
    ///
    /// - Parameters:
    ///   - session: The session.
    ///   - zone: The zone for points in time.
    /// - Returns: The text.
    static func text(_ session: SessionInfo, zone: WallTimeText.Zone) -> String {
        var list = FactList()
        list.add("Session", PlainText.escaped(session.id))
        list.add("User", user(of: session))
        list.add("From", session.rhost.map(PlainText.escaped) ?? "this host")
        list.add("Service", PlainText.escaped(session.service))
        list.add("Leader", "pid \(session.leader)")
        list.add("Opened", opened(session, zone: zone))
        for terminal in session.terminals {
            list.add("Terminal", text(of: terminal))
        }
        if let ended = session.ended {
            addEnd(ended, to: &list, zone: zone)
        } else {
            addCourse(of: session, to: &list, zone: zone)
        }
        return list.text
    }

    private static func user(of session: SessionInfo) -> String {
        let uid = session.uid.map { "uid \($0)" } ?? "uid unknown"
        let asked = session.ruser.map { ", asked for by \(PlainText.escaped($0))" } ?? ""
        return "\(PlainText.escaped(session.user)) (\(uid)\(asked))"
    }

    private static func opened(_ session: SessionInfo, zone: WallTimeText.Zone) -> String {
        let time = WallTimeText.text(microseconds: session.openedUs, zone: zone)
        return "\(time) (\(DurationText.text(milliseconds: session.ageMs)) ago)"
    }

    private static func text(of terminal: TerminalInfo) -> String {
        let idle =
            terminal.idleMs.map { "idle \(DurationText.text(milliseconds: $0))" }
            ?? "not measurable"
        return "\(terminal.shortName), \(idle)"
    }

    private static func addCourse(
        of session: SessionInfo,
        to list: inout FactList,
        zone: WallTimeText.Zone
    ) {
        if let reason = session.unmeasurable {
            list.add("Idle", "not measurable: \(PlainText.escaped(reason))")
        } else {
            list.add("Idle", measured(session.idleMs, limit: session.idleLimitMs))
        }
        if let last = session.lastActivity { list.add("Seen", last.text(zone: zone)) }
        list.add("Lifetime", measured(session.ageMs, limit: session.lifetimeLimitMs))
        if session.privileged { list.add("Root", "works in it: root's limits hold") }
        if let until = session.heldUntilUs {
            list.add("Held", "until \(WallTimeText.text(microseconds: until, zone: zone))")
            if let why = session.heldWhy { list.add("", PlainText.escaped(why)) }
        }
        list.add("Stage", session.stageText)
        list.addLock(of: session, zone: zone)
        list.add("Next", session.next?.text ?? "nothing is due")
    }

    private static func measured(_ milliseconds: Int64?, limit: Int64?) -> String {
        let value = milliseconds.map { DurationText.text(milliseconds: $0) } ?? "unknown"
        let limit = limit.map { "of \(DurationText.text(milliseconds: $0))" } ?? "(no limit)"
        return "\(value) \(limit)"
    }

    private static func addEnd(
        _ ended: SessionEnd,
        to list: inout FactList,
        zone: WallTimeText.Zone
    ) {
        list.add("Stage", SessionStage.ended.rawValue)
        list.add("Ended", WallTimeText.text(microseconds: ended.atUs, zone: zone))
        list.add("Lasted", DurationText.text(milliseconds: ended.durationMs))
        list.add("Reason", ended.reason.text)
        if let by = ended.by { list.add("By", PlainText.escaped(by)) }
        if let why = ended.why { list.add("Why", PlainText.escaped(why)) }
        for spared in ended.spared {
            list.add("Spared", PlainText.escaped(spared))
        }
    }
}

extension SessionInfo {
    /// Its stage, with the limit that it is warned for, or why it is locked: "warned (idle)".
    var stageText: String {
        let why = lockReason?.rawValue ?? warnedFor?.rawValue
        return stage.rawValue + (why.map { " (\($0))" } ?? "")
    }
}

extension SessionLock {
    /// Why, in words.
    var text: String {
        switch self {
        case .idle: "because it was idle"
        case .lifetime: "because its lifetime is over"
        case .request: "because somebody asked for it"
        }
    }
}

extension FactList {
    /// Adds since when a session is locked, why, and what comes of it; nothing for one that is not.
    mutating func addLock(of session: SessionInfo, zone: WallTimeText.Zone) {
        guard let since = session.lockedUs else { return }
        let time = WallTimeText.text(microseconds: since, zone: zone)
        add("Locked", "since \(time)" + (session.lockReason.map { ", \($0.text)" } ?? ""))
        if session.lockedBy != nil || session.lockWhy != nil {
            let who = session.lockedBy.map { "by \(PlainText.escaped($0))" }
            let why = session.lockWhy.map(PlainText.escaped)
            add("", [who, why].compactMap { $0 }.joined(separator: ": "))
        }
        if let tries = session.failedTries, tries > 0 {
            add("", tries == 1 ? "1 try to unlock it failed" : "\(tries) tries to unlock it failed")
        }
        let end = session.lockEndsUs.map { WallTimeText.text(microseconds: $0, zone: zone) }
        add("", end.map { "will be ended at \($0) unless it is unlocked" } ?? "without end")
    }
}

/// Named facts, a line each; a name that repeats is written once.
struct FactList {
    /// Width of the names: the longest is "Exception".
    private static let nameWidth = 11

    private(set) var text = ""
    private var lastName = ""

    /// Adds a fact.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - value: Its value; safe for a terminal.
    mutating func add(_ name: String, _ value: String) {
        let shown = name == lastName ? "" : name
        lastName = name
        text += shown + String(repeating: " ", count: Self.nameWidth - shown.count) + value + "\n"
    }
}
