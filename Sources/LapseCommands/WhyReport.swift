import LapseControl
import LapseText

/// What `lapsectl why` prints.
enum WhyReport {
    /// Writes why a session is treated as it is.
    ///
    /// - Parameters:
    ///   - why: The reasons.
    ///   - session: The session.
    ///   - width: Columns of the terminal; nil when the text goes elsewhere.
    ///   - zone: The zone for points in time.
    /// - Returns: The text.
    static func text(
        _ why: Explanation,
        of session: SessionInfo,
        width: Int?,
        zone: WallTimeText.Zone
    ) -> String {
        var list = FactList()
        let root = session.privileged ? ", with root's limits" : ""
        let user = "\(PlainText.escaped(session.user)), \(PlainText.escaped(session.service))"
        list.add("Session", "\(PlainText.escaped(why.id)): \(user)\(root)")
        list.add("Stage", session.stageText)
        list.addLock(of: session, zone: zone)
        add(why.steps, to: &list)
        for hold in why.holds { add(hold, to: &list, zone: zone) }
        for one in why.activities { list.add("Seen", one.text(zone: zone)) }
        add(why.evidence, unmeasurable: session.unmeasurable, to: &list)
        DecisionReport.addMode(why.mode, from: why.modeOrigin, to: &list)
        DecisionReport.addDoubts(why.unknown, why.exceptions, to: &list, zone: zone)
        return list.text + "\n" + DecisionReport.table(why.settings, width: width)
    }

    private static func add(_ steps: [NextStep], to list: inout FactList) {
        if steps.isEmpty { list.add("Next", "nothing is due") }
        for step in steps { list.add("Next", step.sentence) }
    }

    private static func add(_ hold: HoldInfo, to list: inout FactList, zone: WallTimeText.Zone) {
        let time = WallTimeText.text(microseconds: hold.untilUs, zone: zone)
        let wait = DurationText.text(milliseconds: hold.inMs)
        list.add("Held", "for \(wait), until \(time)")
        list.add("", "by \(PlainText.escaped(hold.by)): \(PlainText.escaped(hold.why))")
    }

    private static func add(
        _ evidence: [EvidenceInfo],
        unmeasurable: String?,
        to list: inout FactList
    ) {
        if let unmeasurable {
            list.add("Activity", "not measurable: \(PlainText.escaped(unmeasurable))")
        }
        for one in evidence {
            let name = TerminalInfo(name: one.terminal, idleMs: nil).shortName
            let time =
                one.lastInputMs.map { "last input \(DurationText.text(milliseconds: $0)) ago" }
                ?? "last input unknown"
            list.add("Activity", "\(name): \(time) (\(PlainText.escaped(one.how)))")
        }
    }
}
