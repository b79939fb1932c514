import FoundationEssentials
import LapseCore
import LapseLinux

/// /run/lapse/quota: what each user's sessions used of the present day, so that a restart of the
/// daemon gives nobody a new day.
///
/// A boot does: /run is in memory.
struct QuotaFile {
    let path: String

    private struct Content: Codable {
        /// Days since 1970 on the host's clocks.
        let day: Int64
        /// Milliseconds by uid.
        let used: [String: Int64]
    }

    func save(_ ledger: QuotaLedger, day: Int64, at now: BootInstant) throws(SystemError) {
        let used = ledger.all(at: now).map { ("\($0.user.value)", $0.used.wholeMilliseconds) }
        let content = Content(day: day, used: Dictionary(uniqueKeysWithValues: used))
        let bytes: Data
        do {
            bytes = try JSONEncoder().encode(content)
        } catch {
            throw SystemError("encode", path, code: 0)
        }
        try SmallFile.replace(path, with: Array(bytes))
    }

    /// What was used on `day`; empty for another day's file, for none, and for one that cannot be
    /// read, which is told.
    func load(day: Int64, reportingTo log: DaemonLog) -> [(user: UserID, used: Duration)] {
        guard SmallFile.exists(path) else { return [] }
        guard let bytes = SmallFile.read(path, bytesMax: 4 << 20, links: .refused),
            // Any fault of the content means the same: nothing is known of the day.
            let content = try? JSONDecoder().decode(Content.self, from: Data(bytes))
        else {
            log.fault("\(path) cannot be read; today's quotas count from now")
            return []
        }
        guard content.day == day else { return [] }
        return content.used.compactMap { uid, milliseconds in
            guard let uid = UInt32(uid), (0...86_400_000).contains(milliseconds) else { return nil }
            return (UserID(value: uid), .milliseconds(milliseconds))
        }
    }
}
