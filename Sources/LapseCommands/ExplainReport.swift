import LapseControl
import LapsePolicy
import LapseSources

/// What `lapsectl policy explain` says; its fields are the JSON document.
struct ExplainReport: Encodable {
    struct Asked: Encodable {
        let user: String
        let uid: UInt32?
        let groups: [String]?
        let service: String
        /// An address, or "local"; nil for unknown.
        let from: String?
        let terminal: String?
        let auth: [String]?
        let privileged: Bool
        let atUs: Int64
    }

    struct Opening: Encodable, Equatable {
        let isOpen: Bool
        /// When that changes; nil if it does not.
        let changesUs: Int64?
    }

    /// What becomes of a session that is to be locked.
    enum Lock: String, Encodable {
        case locked
        /// It has no terminal.
        case endedWithoutTerminal
        /// Its user has no password.
        case endedWithoutPassword
        /// Whether he has one is not known.
        case unknown
    }

    /// The session, as it was asked about.
    let session: Asked
    /// What could not be found out of it.
    let remarks: [String]
    let mode: StatusInfo.Mode
    let modeOrigin: OriginInfo
    let settings: [SettingInfo]
    let unknown: [String]
    let exceptions: [ExceptionInfo]
    let hours: Opening
    /// Nil where no limit locks the session.
    let lock: Lock?

    /// Asks the policy.
    ///
    /// - Parameters:
    ///   - policy: The policy.
    ///   - subject: The session.
    ///   - moment: When.
    ///   - hasPassword: Whether its user has a password; nil where nobody can say.
    init(
        _ policy: Policy,
        _ subject: ExplainedSubject,
        at moment: WallMoment,
        hasPassword: Bool?
    ) {
        let decision = policy.allowance(for: subject.subject, at: moment)
        session = Asked(
            user: subject.user,
            uid: subject.uid,
            groups: subject.groups.map { $0.sorted() },
            service: subject.service,
            from: Self.text(of: subject.source),
            terminal: subject.terminal?.rawValue,
            auth: subject.auth,
            privileged: subject.isPrivileged,
            atUs: moment.instant.seconds * 1_000_000
        )
        remarks = subject.remarks
        mode = StatusInfo.Mode(decision.mode)
        modeOrigin = policy.shown(decision.modeOrigin)
        settings = decision.settings(of: policy)
        unknown = decision.unknown.map(\.rawValue)
        exceptions = decision.exceptions.map { policy.shown($0, in: moment.zone) }
        let obstacle = decision.lockObstacle(
            terminal: subject.terminal,
            hasPassword: hasPassword
        )
        lock =
            switch obstacle {
            case nil: decision.locks ? .locked : nil
            case .noTerminal?: .endedWithoutTerminal
            case .noPassword?: .endedWithoutPassword
            case .passwordUnknown?: .unknown
            }
        switch decision.allowance.hours.state(at: moment) {
        case .open(let closes): hours = Opening(isOpen: true, changesUs: closes?.microseconds)
        case .closed(let opens): hours = Opening(isOpen: false, changesUs: opens?.microseconds)
        }
    }

    private static func text(of source: Subject.Source) -> String? {
        switch source {
        case .address(let address): address.description
        case .local: "local"
        case .unknown: nil
        }
    }

    /// The same for people.
    ///
    /// - Parameters:
    ///   - width: Columns of the terminal; nil when the text goes elsewhere.
    ///   - zone: The zone for points in time.
    /// - Returns: The text.
    func text(width: Int?, zone: WallTimeText.Zone) -> String {
        var list = FactList()
        let isRoots = session.privileged || session.uid == 0
        let root = isRoots ? "; root's limits hold where they are smaller" : ""
        let uid = session.uid.map { "uid \($0)" } ?? "uid unknown"
        list.add("User", "\(PlainText.escaped(session.user)) (\(uid)\(root))")
        list.add("Groups", Self.text(of: session.groups))
        list.add("Service", PlainText.escaped(session.service))
        list.add("From", session.from.map(PlainText.escaped) ?? "unknown")
        list.add("Terminal", session.terminal ?? "unknown")
        list.add("Auth", Self.text(of: session.auth))
        list.add("At", WallTimeText.text(microseconds: session.atUs, zone: zone))
        for remark in remarks { list.add("Remark", remark) }
        DecisionReport.addMode(mode, from: modeOrigin, to: &list)
        list.add("Hours", hoursText(zone))
        if let lock { list.add("Lock", lock.text) }
        DecisionReport.addDoubts(unknown, exceptions, to: &list, zone: zone)
        return list.text + "\n" + DecisionReport.table(settings, width: width)
    }

    private func hoursText(_ zone: WallTimeText.Zone) -> String {
        let change = hours.changesUs.map { WallTimeText.text(microseconds: $0, zone: zone) }
        return switch (hours.isOpen, change) {
        case (true, nil): "open, always"
        case (true, let time?): "open until \(time)"
        case (false, nil): "closed, and not opening within a week"
        case (false, let time?): "closed until \(time)"
        }
    }

    private static func text(of names: [String]?) -> String {
        guard let names else { return "unknown" }
        return names.isEmpty ? "none" : names.map(PlainText.escaped).joined(separator: ", ")
    }
}

extension ExplainReport.Lock {
    /// In words.
    fileprivate var text: String {
        switch self {
        case .locked: "locked where a limit says so"
        case .endedWithoutTerminal: "ended instead of locked: there is no terminal"
        case .endedWithoutPassword: "ended instead of locked: the user has no password (unlock)"
        case .unknown: "ended instead of locked if the user has no password, which is not known"
        }
    }
}

extension WallInstant {
    fileprivate var microseconds: Int64 { seconds * 1_000_000 }
}
