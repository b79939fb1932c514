import FoundationEssentials
import LapseCore
import LapseLinux
import LapsePolicy
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
        let now = BootInstant(nanoseconds: BootClock.now())
        return SmallFile.names(in: directory).sorted().compactMap { name in
            let path = directory + "/" + name
            guard !name.hasSuffix(".new"), !name.hasSuffix(".bad") else { return nil }
            guard let session = read(path, now: now) else {
                log.fault(
                    "\(path) cannot be read; moved to \(name).bad, its session is not watched"
                )
                SmallFile.rename(path, to: path + ".bad")
                return nil
            }
            guard session.isOfThisBoot else {
                SmallFile.remove(path)
                return nil
            }
            return session
        }
    }

    /// A session that may be believed: what lies there is signalled in the end.
    private func read(_ path: String, now: BootInstant) -> SavedSession? {
        guard let bytes = SmallFile.read(path, bytesMax: Self.bytesMax, links: .refused),
            // Any fault of the content means the same: the file is not to be trusted.
            let session = try? JSONDecoder().decode(SavedSession.self, from: Data(bytes)),
            session.isSound(at: now), self.path(session.facts.id) == path
        else { return nil }
        return session
    }

    /// A locked console's screen is in it, in base64.
    private static let bytesMax = 256 << 10

    private func path(_ id: SessionID) -> String {
        "\(directory)/\(id.name)"
    }
}

/// A session as it lies on disk.
struct SavedSession: Codable {
    /// The form of the file; another one is a file that cannot be read.
    private static let version = 1
    private let version: Int
    private let bootID: String
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
    /// Missing in a file of before there were any.
    private let nested: [SavedNesting]?

    /// The leader's executable, by which its relay is known.
    let leaderImage: ProcessImage?
    /// The control group that is the session's alone.
    let group: ControlGroup?
    /// How the user authenticated; nil if that is not known.
    private let auth: [String]?
    /// Seconds since 1970.
    private let certificateEndsSeconds: Int64?
    private let accountWasLocked: Bool?
    /// Nil unless it is locked.
    let lock: SavedLock?
    /// Nil in a file that was written at the opening.
    let progress: Progress?

    /// What has come of the session since it opened.
    struct Progress: Codable, Equatable {
        /// The last hand, nanoseconds since boot: terminals that are gone cannot tell any more.
        private let lastInputNanoseconds: Int64
        /// The last of what else counted; a file of before there was any has none.
        private let lastOtherNanoseconds: Int64?
        private let renewedNanoseconds: Int64?
        /// Device numbers of its terminals: what a dead leader leaves behind is told apart by them.
        let terminals: [UInt64]
        /// The kernel's name for its connection; nil if that is not known.
        let connection: UInt64?
        /// Who ordered its end, and why: an order is carried out by the next daemon too.
        private let endBy: UInt32?
        private let endWhy: String?

        init(
            activity: FormerActivity,
            terminals: [UInt64],
            connection: UInt64?,
            endRequest: EndRequest?
        ) {
            lastInputNanoseconds = activity.hand.nanoseconds
            lastOtherNanoseconds = activity.other?.nanoseconds
            renewedNanoseconds = activity.renewed?.nanoseconds
            self.terminals = terminals
            self.connection = connection
            endBy = endRequest?.by.value
            endWhy = endRequest?.why
        }

        /// The latest of its moments.
        fileprivate var lastNanoseconds: Int64 {
            max(lastInputNanoseconds, lastOtherNanoseconds ?? lastInputNanoseconds)
        }

        var activity: FormerActivity {
            FormerActivity(
                hand: BootInstant(nanoseconds: lastInputNanoseconds),
                other: lastOtherNanoseconds.map { BootInstant(nanoseconds: $0) },
                renewed: renewedNanoseconds.map { BootInstant(nanoseconds: $0) }
            )
        }

        var endRequest: EndRequest? {
            endBy.map { EndRequest(by: UserID(value: $0), why: endWhy ?? "") }
        }
    }

    init(
        facts: SessionFacts,
        closeToken: CloseToken,
        openedWall: Int64,
        leaderImage: ProcessImage? = nil,
        group: ControlGroup? = nil,
        auth: [String]? = nil,
        certificateEnds: WallInstant? = nil,
        wasLocked: Bool = false,
        progress: Progress? = nil,
        nestings: [SavedNesting] = [],
        lock: SavedLock? = nil
    ) {
        self.lock = lock
        version = Self.version
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
        self.leaderImage = leaderImage
        self.group = group
        self.auth = auth
        certificateEndsSeconds = certificateEnds?.seconds
        accountWasLocked = wasLocked
        self.progress = progress
        nested = nestings.isEmpty ? nil : nestings
    }

    var nestings: [SavedNesting] { nested ?? [] }

    var isOfThisBoot: Bool { bootID == ProcessSelf.bootID() }

    /// Whether the values can be those of a session, beyond having the right types.
    fileprivate func isSound(at now: BootInstant) -> Bool {
        version == Self.version && id & SessionName.mask == id && leaderPid > 1
            && openedNanoseconds >= 0
            && (max(openedNanoseconds, progress?.lastNanoseconds ?? 0) <= now.nanoseconds
                || !isOfThisBoot)
            && lock?.isSound(at: now) != false && nestings.count <= Nestings.openMax
            && nestings.allSatisfy(\.isSound)
    }

    var certificateEnds: WallInstant? { certificateEndsSeconds.map { WallInstant(seconds: $0) } }

    var wasLocked: Bool { accountWasLocked ?? false }

    /// What the policy may ask; groups and terminal are looked for anew.
    var subject: Subject {
        Subject(
            user: user,
            uid: uid,
            groups: nil,
            service: service,
            source: Subject.Source(rhost: rhost, tty: tty),
            terminal: TerminalKind(path: tty),
            auth: auth
        )
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

/// An open su or sudo as it lies on disk.
struct SavedNesting: Codable {
    private let uid: UInt32
    private let service: String
    private let tokenLow: UInt64
    private let tokenHigh: UInt64
    private let openerPid: Int32
    private let openerStartTicks: UInt64

    init(_ nesting: Nesting) {
        uid = nesting.uid.value
        service = nesting.service
        tokenLow = nesting.token.low
        tokenHigh = nesting.token.high
        openerPid = nesting.opener.pid
        openerStartTicks = nesting.opener.startTicks
    }

    fileprivate var isSound: Bool { openerPid > 1 && service.utf8.count <= WireLimits.serviceMax }

    /// Nil if the process that opened it is gone.
    var nesting: Nesting? {
        Nesting(
            uid: UserID(value: uid),
            service: service,
            token: CloseToken(low: tokenLow, high: tokenHigh),
            opener: ProcessIdentity(pid: openerPid, startTicks: openerStartTicks)
        )
    }
}
