import LapsePolicy

/// What `lapsectl policy check --against list` prints: the standards that are known.
struct BaselineList: Encodable {
    struct Standard: Encodable {
        let id: String
        let title: String
        /// A rule with `reason` and `until` may be weaker.
        let hasExceptions: Bool
        let requirements: [Item]

        struct Item: Encodable {
            let clause: String
            let text: String
            /// What it wants of the settings, as "idle at most 15m".
            let demand: String
            let isFromMemory: Bool
        }
    }

    let baselines: [Standard]

    /// All of them, in their order.
    static let all = BaselineList(baselines: Baseline.all.map(Standard.init))

    /// All of them for people.
    static var text: String {
        all.baselines.map { standard in
            let exceptions =
                standard.hasExceptions ? "; exceptions with a reason may be weaker" : ""
            let head = "\(standard.id): \(standard.title)\(exceptions)\n"
            let items = standard.requirements.map { item in
                let memory = item.isFromMemory ? " (from memory, unverified)" : ""
                return "  \(item.clause): \(item.demand)\(memory)\n    \(item.text)\n"
            }
            return head + items.joined()
        }.joined(separator: "\n")
    }
}

extension BaselineList.Standard {
    fileprivate init(_ baseline: Baseline) {
        id = baseline.id
        title = baseline.title
        hasExceptions = baseline.hasExceptions
        requirements = baseline.requirements.map {
            Item(
                clause: $0.clause,
                text: $0.text,
                demand: $0.demand.shown,
                isFromMemory: $0.isFromMemory
            )
        }
    }
}

extension Demand {
    /// In words, by the names of the settings.
    fileprivate var shown: String {
        switch self {
        case .idle(.never, let remedy): "idle\(remedy.shown) with any limit"
        case .idle(.after(let most), let remedy):
            "idle\(remedy.shown) at most \(PolicyDuration.text(most))"
        case .privilegedIdle(let most):
            "privileged.idle\(IdleRemedy.end.shown) at most \(PolicyDuration.text(most))"
        case .lifetime(let most): "lifetime at most \(PolicyDuration.text(most))"
        case .sessions(let most): "sessions-max at most \(most)"
        }
    }
}

extension IdleRemedy {
    /// What is added to the idle limit, with on-idle = "lock".
    fileprivate var shown: String {
        switch self {
        case .reauthentication: ""
        case .end: " + lock-for"
        }
    }
}
