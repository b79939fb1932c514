import LapseCore
import LapseLinux

/// One look at all processes, for the sessions that end at the same moment.
///
/// At the end of the hours all of them do: a scan each would take minutes on a host with ten
/// thousand. So one serves for as long again as it took, and half of the time is left for the rest.
struct ProcessScan {
    let table: ProcessTable
    /// The leaders of all sessions at that moment.
    let leaders: Set<ProcessIdentity>
    private let began: BootInstant
    private let ended: BootInstant

    init(leaders: Set<ProcessIdentity>) {
        began = BootInstant(nanoseconds: BootClock.now())
        table = ProcessTable.scan()
        ended = BootInstant(nanoseconds: BootClock.now())
        self.leaders = leaders
    }

    func serves(at now: BootInstant) -> Bool {
        now.since(ended) < ended.since(began)
    }
}
