import LapseCore
import LapsePolicy

/// What the engine was told of a session's activity, in one life of the daemon.
struct SeenActivity {
    private let opened: Int64
    /// The last key, as the engine has to know it.
    private var lastKey: Int64
    /// The last hand before this daemon.
    private var formerHand: Int64
    /// What each meter told last, by its beginning.
    private var meters: [Int64: Bytes] = [:]
    private var output: Int64 = .min
    private var work: Int64 = .min
    private var former: Int64 = .min
    private var word: Int64 = .min
    /// The word was that of the user, who may say so for a while only.
    private var wordIsAsked = false
    private(set) var hasTerminal = true
    /// It was to be locked and could not be, and no key came since.
    var hasLockFailed = false
    /// When it was opened, or a lock of it: a hand that nothing takes back.
    private var proved: Int64
    private var mayActAlone = false
    private(set) var isDoubted = false
    /// The last hand when the last look was over.
    private var judged: Int64
    /// A key came while the input was doubted.
    private var doubtTurn = -1
    private var suspected: Set<Suspicion.Kind> = []
    /// What the last look found, and was not recorded yet.
    private var unrecorded: [Suspicion] = []
    private var isMaxRecorded = false
    /// When the session has to be looked at though nothing of it is due.
    private(set) var sampleDue: Int64?
    private(set) var idleNotBefore: Int64 = .min
    let isAdopted: Bool
    private var wasLookedAt = false

    init(opened: Int64, isAdopted: Bool) {
        self.opened = opened
        self.isAdopted = isAdopted
        lastKey = opened
        formerHand = opened
        judged = opened
        proved = opened
    }

    private struct Bytes {
        var received: Int64 = .min
        var sent: Int64 = .min
        /// Received while there was no terminal.
        var hand: Int64 = .min
    }

    private var received: Int64 { meters.values.map(\.received).max() ?? .min }
    private var sent: Int64 { meters.values.map(\.sent).max() ?? .min }
    /// The last hand that came as bytes, or before this daemon.
    private var otherHand: Int64 {
        max(formerHand, proved, meters.values.map(\.hand).max() ?? .min)
    }
    /// The last hand, as the engine has to know it.
    var lastSeen: Int64 { max(lastKey, otherHand) }

    // MARK: What counts

    /// The last that counts, if `hand` or later was the last hand.
    func counted(hand: Int64, _ allowance: Allowance) -> Int64 {
        let hand = max(hand, otherHand)
        let cap = Self.cap(hand, allowance)
        let names = allowance.activity
        var last = max(hand, word, former)
        if names.contains(.output) { last = max(last, output) }
        if names.contains(.work) { last = max(last, min(work, cap)) }
        let counts = names.contains(.network)
        if allowance.traffic != .sent, counts || !hasTerminal { last = max(last, received) }
        guard allowance.traffic != .received else { return last }
        if counts { return max(last, sent) }
        return hasTerminal ? last : max(last, min(sent, cap))
    }

    private static func cap(_ hand: Int64, _ allowance: Allowance) -> Int64 {
        guard case .after(let most) = allowance.workMax else { return .max }
        let (cap, isOver) = hand.addingReportingOverflow(most.wholeNanoseconds)
        return isOver ? .max : cap
    }

    // MARK: What is told

    mutating func key(at moment: Int64, _ truth: SessionLedger.Truth, interval: Int64?) {
        see(moment)
        if sampleDue == nil { sampleDue = interval.map { truth.now + $0 } }
    }

    mutating func doubtfulKey(_ turn: Int) { doubtTurn = turn }

    mutating func remember(_ known: FormerActivity) {
        see(known.hand.nanoseconds)
        formerHand = max(formerHand, known.hand.nanoseconds)
        former = known.other?.nanoseconds ?? .min
    }

    mutating func touch(at now: Int64, by user: UserID) {
        (word, wordIsAsked) = (now, user.value != 0)
    }

    /// Takes in a look; gives until when the user's own words may keep it, if input was none.
    mutating func look(_ evidence: Evidence, _ allowance: Allowance) -> Int64? {
        // Two terminals may tell of the same kind: one record is enough.
        var kinds = suspected
        unrecorded = evidence.suspicions.filter { kinds.insert($0.kind).inserted }
        hasTerminal = evidence.hasTerminal
        mayActAlone = evidence.mayActAlone
        let before = lastSeen
        let shrunk = evidence.noInputSince.flatMap { unsee($0.nanoseconds, allowance) }
        if let input = evidence.input { see(input.nanoseconds) }
        measure(evidence, areHand: !hasTerminal && allowance.traffic != .sent)
        if lastSeen != before { isMaxRecorded = false }
        output = max(output, evidence.output?.nanoseconds ?? .min)
        work = max(work, evidence.work?.at.nanoseconds ?? .min)
        if lastSeen > judged, evidence.noInputSince == nil {
            isDoubted = false
            if evidence.suspicions.isEmpty { suspected = [] }
        }
        judged = lastSeen
        return shrunk
    }

    /// A meter's word takes the place of its former one; that of others stays.
    private mutating func measure(_ evidence: Evidence, areHand: Bool) {
        let received = evidence.received?.nanoseconds ?? .min
        let sent = evidence.sent?.nanoseconds ?? .min
        let began = evidence.meterBegan?.nanoseconds
        var bytes = meters[began ?? .min] ?? Bytes()
        let isWhole = began != nil
        bytes.received = isWhole ? received : max(bytes.received, received)
        bytes.sent = isWhole ? sent : max(bytes.sent, sent)
        if areHand { bytes.hand = bytes.received }
        bytes.hand = min(bytes.hand, bytes.received)
        meters[began ?? .min] = bytes
    }

    private mutating func see(_ moment: Int64) {
        guard moment > lastSeen else { return lastKey = max(lastKey, moment) }
        lastKey = moment
        isMaxRecorded = false
        hasLockFailed = false
    }

    private mutating func unsee(_ moment: Int64, _ allowance: Allowance) -> Int64? {
        isDoubted = true
        let (most, isLess) = (max(proved, moment), moment < lastSeen)
        for (began, bytes) in meters {
            let received = hasTerminal ? bytes.received : min(bytes.received, moment)
            let hand = min(bytes.hand, most)
            meters[began] = Bytes(received: received, sent: bytes.sent, hand: hand)
        }
        formerHand = min(formerHand, most)
        guard isLess else { return nil }
        lastKey = min(lastKey, most)
        isMaxRecorded = false
        let until = lastSeen + allowance.holdMax.wholeNanoseconds
        if wordIsAsked { word = min(word, until) }
        return until
    }

    /// Whoever opened a lock was there.
    mutating func unlocked(_ truth: SessionLedger.Truth) {
        see(truth.now)
        proved = truth.now
        judged = lastSeen
        isDoubted = false
        suspected = []
        (isMaxRecorded, hasLockFailed) = (false, false)
    }

    /// A key or a proof may have begun something.
    mutating func mayBegin(at moment: Int64, interval: Int64?) {
        sampleDue = interval.map { moment + $0 }
    }

    // MARK: Looks between the deadlines

    /// The time between looks; nil if none is of use.
    func interval(_ ledger: SessionLedger, at now: Int64) -> Int64? {
        let allowance = ledger.allowance
        guard case .after(let limit) = allowance.idle,
            !ledger.isBlind || allowance.unmeasurable == .end
        else { return nil }
        if hasTerminal {
            let names = allowance.activity
            guard names.contains(.output) || names.contains(.network) || names.contains(.work)
            else { return nil }
            let isWorkAll = !names.contains(.output) && !names.contains(.network)
            if isWorkAll, Self.cap(lastSeen, allowance) <= now { return nil }
        }
        return min(max(limit.wholeNanoseconds / 10, 1_000_000_000), 60_000_000_000)
    }

    mutating func lookedAt(_ truth: SessionLedger.Truth, interval: Int64?) {
        sampleDue = mayActAlone ? interval.map { truth.now + $0 } : nil
        if isAdopted, !wasLookedAt { idleNotBefore = sampleDue ?? .min }
        wasLookedAt = true
    }

    mutating func changed(_ truth: SessionLedger.Truth, interval: Int64?) {
        guard let interval else { return sampleDue = nil }
        guard mayActAlone || sampleDue != nil else { return }
        sampleDue = min(sampleDue ?? .max, truth.now + interval)
    }

    /// Whether a look that comes now was due without any limit being so.
    mutating func takeSample(_ truth: SessionLedger.Truth) -> Bool {
        if isDoubted, doubtTurn == truth.turn { return true }
        guard let due = sampleDue, truth.now >= due else { return false }
        sampleDue = nil
        return true
    }

    // MARK: What is recorded

    mutating func recorded(_ suspicion: Suspicion) throws(Violation) {
        guard let place = unrecorded.firstIndex(of: suspicion) else {
            throw Violation("\(suspicion) was not seen now, or was recorded before")
        }
        unrecorded.remove(at: place)
        guard suspected.insert(suspicion.kind).inserted else {
            throw Violation("\(suspicion.kind) was recorded twice with no hand in between")
        }
    }

    func checkRecorded() throws(Violation) {
        guard let left = unrecorded.first else { return }
        throw Violation("\(left) was not recorded")
    }

    mutating func workMaxReached(_ allowance: Allowance) throws(Violation) {
        let cap = Self.cap(lastSeen, allowance)
        let works = allowance.activity.contains(.work) && work > cap
        let sends = !hasTerminal && allowance.traffic != .received && sent > cap
        guard works || sends else { throw Violation("work-max is not reached, or nothing works") }
        guard !isMaxRecorded else { throw Violation("work-max was recorded twice") }
        isMaxRecorded = true
    }

    mutating func workMaxChanged() { isMaxRecorded = false }
}

extension SessionLedger {
    /// The last that counts, as the engine has to know it.
    var counted: Int64 { counted(hand: seen.lastSeen) }

    func counted(hand: Int64) -> Int64 { seen.counted(hand: hand, allowance) }

    var isDoubted: Bool { seen.isDoubted }
    var sampleDue: Int64? { seen.sampleDue }

    /// The most by which the first judgement after a restart may be put off.
    var adoptionGrace: Int64 { seen.isAdopted ? 60_000_000_000 : 0 }

    func checkSuspicions() throws(Violation) {
        guard endReason == nil, !exitTold else { return }
        try seen.checkRecorded()
    }

    /// Takes in activity.
    ///
    /// More of it begins a new count, which owes nothing for former changes;
    /// less of it brings the limit nearer, of which there has to be a word.
    mutating func follow(_ truth: Truth, _ take: (inout SessionLedger) -> Void) {
        let (former, before) = (counted, enforced(.idle, truth))
        take(&self)
        if counted > former {
            mayNotice = false
            owed.remove(.idle)
            overdueKinds.remove(.idle)
        } else if counted < former {
            mayNotice = true
            guard !allowance.warn.isEmpty, let before, let after = enforced(.idle, truth),
                after < max(before, promises[.idle] ?? .min)
            else { return }
            owed.insert(.idle)
        }
    }

    mutating func take(_ evidence: Evidence, _ truth: Truth) {
        follow(truth) { ledger in
            ledger.isBlind = evidence.unmeasurable != nil
            guard let until = ledger.seen.look(evidence, ledger.allowance), ledger.holdIsAsked
            else { return }
            ledger.holdUntil = min(ledger.holdUntil, until)
        }
        seen.lookedAt(truth, interval: seen.interval(self, at: truth.now))
        guard isBlind, allowance.unmeasurable == .report else { return }
        if promises.removeValue(forKey: .idle) != nil { voidTurn = truth.turn }
        owed.remove(.idle)
    }
}
