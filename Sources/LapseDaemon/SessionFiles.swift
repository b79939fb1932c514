import FoundationEssentials
import LapseCore
import LapseLinux
import LapseWire

/// /run/lapse/sessions: one small file a session, so that a restarted daemon takes up where the
/// former one stopped.
///
/// It lies on a tmpfs and is gone with the boot that it belongs to.
struct SessionFiles {
    let directory: String

    init(directory: String) {
        self.directory = directory
    }

    func save(_ session: SavedSession) throws(SystemError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let bytes: Data
        do {
            bytes = try encoder.encode(session)
        } catch {
            throw SystemError("encode", session.facts.id.name, code: 0)
        }
        try SmallFile.replace(path(session.facts.id), with: Array(bytes))
    }

    func remove(_ id: SessionID) {
        SmallFile.remove(path(id))
    }

    /// All sessions of this boot; a file that cannot be read is reported, kept aside and passed
    /// over: its session is then unknown, never half known.
    func load(reportingTo log: DaemonLog) -> [SavedSession] {
        SmallFile.names(in: directory).sorted().compactMap { name in
            let path = directory + "/" + name
            guard !name.hasSuffix(".new"), !name.hasSuffix(".bad") else { return nil }
            guard let bytes = SmallFile.read(path),
                // Any fault of the content means the same: the file is not to be trusted.
                let session = try? JSONDecoder().decode(SavedSession.self, from: Data(bytes))
            else {
                log.fault(
                    "\(path) cannot be read; moved to \(name).bad, its session is not watched"
                )
                SmallFile.rename(path, to: path + ".bad")
                return nil
            }
            return session.bootID == ProcessSelf.bootID() ? session : nil
        }
    }

    private func path(_ id: SessionID) -> String {
        "\(directory)/\(id.name)"
    }
}

/// A session as it lies on disk.
struct SavedSession: Codable {
    let bootID: String
    let openedWall: Int64
    private let id: UInt64
    private let tokenLow: UInt64
    private let tokenHigh: UInt64
    private let user: String
    private let uid: UInt32
    private let service: String
    private let rhost: String
    private let tty: String
    private let leaderPid: Int32
    private let leaderStartTicks: UInt64
    private let auditSession: UInt32?
    private let openedNanoseconds: Int64

    init(facts: SessionFacts, closeToken: CloseToken, openedWall: Int64) {
        bootID = ProcessSelf.bootID()
        self.openedWall = openedWall
        id = facts.id.value
        tokenLow = closeToken.low
        tokenHigh = closeToken.high
        user = facts.user
        uid = facts.uid.value
        service = facts.service
        rhost = facts.rhost
        tty = facts.tty
        leaderPid = facts.leader.pid
        leaderStartTicks = facts.leader.startTicks
        auditSession = facts.auditSession
        openedNanoseconds = facts.opened.nanoseconds
    }

    var closeToken: CloseToken { CloseToken(low: tokenLow, high: tokenHigh) }

    var facts: SessionFacts {
        SessionFacts(
            id: SessionID(value: id),
            user: user,
            uid: UserID(value: uid),
            service: service,
            rhost: rhost,
            tty: tty,
            leader: ProcessIdentity(pid: leaderPid, startTicks: leaderStartTicks),
            auditSession: auditSession,
            opened: BootInstant(nanoseconds: openedNanoseconds)
        )
    }
}
