import LapseControl
import LapseText

/// What `lapsectl status` prints.
enum StatusReport {
    /// Writes the daemon's state.
    ///
    /// - Parameters:
    ///   - status: The state, as far as the user may see it.
    ///   - zone: The zone for points in time.
    /// - Returns: The text.
    static func text(_ status: StatusInfo, zone: WallTimeText.Zone) -> String {
        var list = FactList()
        list.add("Daemon", "lapsed \(PlainText.escaped(status.version))")
        let since = WallTimeText.text(microseconds: status.startedUs, zone: zone)
        list.add("Up", "\(DurationText.text(milliseconds: status.upMs)), since \(since)")
        list.add("Boot", PlainText.escaped(status.bootId))
        list.add("Mode", text(of: status.mode))
        if let policy = status.policy { add(policy, to: &list, zone: zone) }
        if let counts = status.counts { add(counts, to: &list) }
        if status.policy == nil, status.counts == nil {
            list.add("More", "is shown to root and to members of group lapse")
        }
        return list.text
    }

    static func text(of mode: StatusInfo.Mode) -> String {
        switch mode {
        case .enforce: "enforce"
        case .observe: "observe: everything is recorded, nobody is warned, locked or ended"
        }
    }

    private static func add(
        _ policy: PolicyInfo,
        to list: inout FactList,
        zone: WallTimeText.Zone
    ) {
        for file in policy.files {
            list.add("Policy", PlainText.escaped(file))
        }
        if policy.files.isEmpty { list.add("Policy", "no file: the built-in defaults") }
        list.add("Loaded", WallTimeText.text(microseconds: policy.loadedUs, zone: zone))
        for exception in policy.exceptionsOver {
            let time = WallTimeText.text(microseconds: exception.untilUs, zone: zone)
            list.add(
                "Over",
                "exception \(PlainText.escaped(exception.rule)), since \(time): "
                    + "\(PlainText.escaped(exception.reason)) (\(PlainText.escaped(exception.place)))"
            )
        }
        if let refused = policy.refused {
            list.add("Refused", "the last reload; the policy from before stays in force:")
            for line in PlainText.escapedLines(refused).split(
                separator: "\n",
                omittingEmptySubsequences: false
            ) {
                list.add("", String(line))
            }
        }
    }

    private static func add(_ counts: StatusCounts, to list: inout FactList) {
        list.add(
            "Sessions",
            "\(counts.sessionsActive) active, \(counts.sessionsWarned) warned, "
                + "\(counts.sessionsLocked) locked, \(counts.sessionsEnding) ending; \(counts.sessionsUnmeasurable) not measurable"
        )
        list.add(
            "Totals",
            "\(counts.openedTotal) opened, \(counts.closedTotal) closed, "
                + "\(counts.endedTotal) of them ended by Lapse"
        )
        addLocks(counts, to: &list)
        list.add("Forged", "\(counts.suspiciousTotal) attempts to look active")
        list.add("Looks", "\(counts.looksTotal) at what sessions do")
        list.add("Reports", "\(counts.reportsRefusedTotal) refused")
        list.add("Faults", "\(counts.faultsTotal)")
    }

    private static func addLocks(_ counts: StatusCounts, to list: inout FactList) {
        var text = "\(counts.locksTotal), \(counts.unlocksTotal) unlocked by their users"
        if counts.unlocksTotal > 0 {
            let mean = Int64(counts.lockedSecondsTotal) * 1_000 / Int64(counts.unlocksTotal)
            text += " (after \(DurationText.text(milliseconds: mean)) on average)"
        }
        list.add("Locks", text)
        list.add(
            "",
            "\(counts.unlocksByRootTotal) by root, \(counts.endedLockedTotal) ended; "
                + "\(counts.unlockFailuresTotal) tries failed, "
                + "\(counts.lockersDiedTotal) lockers died"
        )
    }
}
