@testable import LapsePolicy

extension HostFacts {
    /// The host of the tables: noon of a day in June, clocks two hours ahead, few users and groups,
    /// and a directory that does not answer for names that begin with `slow`.
    static var test: HostFacts {
        let now = CivilTime(year: 2026, month: 6, day: 15, hour: 10)
        let zone = FixedZone(secondsEast: 7_200)
        return HostFacts(
            now: WallMoment(WallInstant(seconds: now.seconds), in: zone),
            isUser: { answer($0, ["root", "alice", "bob", "backup", "größe"]) },
            isGroup: { answer($0, ["wheel", "sudo", "staff", "ops"]) }
        )
    }

    private static func answer(_ name: String, _ known: Set<String>) -> Bool? {
        name.hasPrefix("slow") ? nil : known.contains(name)
    }
}
