import LapseCore
import LapseLinux

/// One look at all processes, for the sessions that end at the same moment.
///
/// At the end of the hours all of them do: a scan each would take minutes on a host with ten
/// thousand. So one serves for the whole turn of the loop, and for the next ones as long again as it
/// took, so that half of the time is left for the rest.
struct ProcessScan {
    /// The longest that one serves: what was born since is met by the next signal of the ladder, at
    /// the latest by the hunt.
    static let timeMax: Duration = .milliseconds(500)
    let table: ProcessTable
    /// The leaders of all sessions at that moment.
    let leaders: Set<ProcessIdentity>
    /// Who has which terminals open, of the users who were asked about.
    private var openers: [UInt32: [UInt64: [ProcessStat]]] = [:]
    private let began: BootInstant
    private let ended: BootInstant
    private var isOfThisTurn = true

    init(leaders: Set<ProcessIdentity>) {
        began = BootInstant(nanoseconds: BootClock.now())
        table = ProcessTable.scan()
        ended = BootInstant(nanoseconds: BootClock.now())
        self.leaders = leaders
    }

    func serves(at now: BootInstant) -> Bool {
        let age = now.since(ended)
        return age < Self.timeMax && (isOfThisTurn || age < ended.since(began))
    }

    /// The processes of a user that have each terminal open, by its device number.
    ///
    /// Asked once for all his sessions: it takes a look at each file of each process.
    mutating func processes(of uid: UInt32) -> [UInt64: [ProcessStat]] {
        if let known = openers[uid] { return known }
        var found: [UInt64: [ProcessStat]] = [:]
        for entry in table.entries where ProcessTree.owner(of: entry.stat.pid) == uid {
            for device in OpenTerminals.of(pid: entry.stat.pid) {
                found[device, default: []].append(entry.stat)
            }
        }
        openers[uid] = found
        return found
    }

    /// The loop begins another turn.
    mutating func turnEnded() {
        isOfThisTurn = false
    }
}
