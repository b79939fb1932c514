/// All processes of the host as one scan of /proc found them, zombies left out.
///
/// A scan takes time (about 20 us a process): what was born behind it is not there, what died in
/// front of it still is. Whoever signals a process of it goes through `ProcessHandle.open`.
package struct ProcessTable: Sendable {
    /// One process.
    package struct Entry: Equatable, Sendable {
        package let stat: ProcessStat
        /// The kernel's audit session, nil if it has none.
        package let auditSession: UInt32?

        package init(stat: ProcessStat, auditSession: UInt32?) {
            self.stat = stat
            self.auditSession = auditSession
        }

        /// Reads it; nil for a process that is gone or dead.
        package init?(pid: Int32) {
            guard let stat = ProcessStat.read(pid: pid), !stat.isDead else { return nil }
            self.init(stat)
        }

        /// Reads what is not in its stat.
        package init(_ stat: ProcessStat) {
            self.init(stat: stat, auditSession: ProcessTree.auditSession(of: stat.pid))
        }
    }

    package let entries: [Entry]
    /// Those that have ended and wait for their parents to take note: they start nobody any more.
    package let dead: [Int32]
    private let places: [Int32: Int]
    private let byParent: [Int32: [Int]]
    private let byAuditSession: [UInt32: [Int]]

    /// Makes a table of these; a process stands in it once.
    package init(_ entries: [Entry], dead: [Int32] = []) {
        self.entries = entries
        self.dead = dead
        places = Dictionary(
            entries.indices.map { (entries[$0].stat.pid, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        byParent = Dictionary(grouping: entries.indices) { entries[$0].stat.parent }
        byAuditSession = Dictionary(grouping: entries.indices.filter { entries[$0].hasAudit }) {
            entries[$0].auditSession ?? .max
        }
    }

    /// Scans /proc.
    package static func scan() -> ProcessTable {
        var (entries, dead): ([Entry], [Int32]) = ([], [])
        for pid in ProcessTree.all() {
            guard let stat = ProcessStat.read(pid: pid) else { continue }
            if stat.isDead { dead.append(pid) } else { entries.append(Entry(stat)) }
        }
        return ProcessTable(entries, dead: dead)
    }

    package subscript(pid: Int32) -> Entry? {
        places[pid].map { entries[$0] }
    }

    package func children(of pid: Int32) -> [Entry] {
        (byParent[pid] ?? []).map { entries[$0] }
    }

    package func members(ofAuditSession session: UInt32) -> [Entry] {
        (byAuditSession[session] ?? []).map { entries[$0] }
    }
}

extension ProcessTable.Entry {
    fileprivate var hasAudit: Bool { auditSession != nil }
}

extension ProcessStat {
    /// It has ended and waits for its parent to take note, or is on its way out of the table.
    package var isDead: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }
}
