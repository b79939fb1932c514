/// Whether the foreground job of one terminal has worked since the last look.
///
/// A process that ends between two looks shows in the figures of the parent that waited for it
/// (wait_task_zombie, kernel/exit.c). What was counted of it while it lived is taken off there, so
/// nothing counts twice. A figure that falls adds nothing, and neither does a process that
/// was there before it became part of the job.
///
/// MUST NOT miss work that ended between two looks: it counts as of the second.
package struct WorkMeter: Sendable {
    /// How much of something is work; measured in ARCHITECTURE.md, "Work".
    package struct Threshold: Equatable, Sendable {
        /// Processor time in percent of one core.
        package let percent: UInt64
        /// Bytes a second to and from storage, or written to anything.
        package let bytesPerSecond: UInt64

        /// What rests stays below 1 % and 9 KB/s (top, watch), what works is above 20 % or
        /// 100 KB/s (a throttled copy).
        package static let usual = Threshold(percent: 5, bytesPerSecond: 32 * 1024)

        package init(percent: UInt64, bytesPerSecond: UInt64) {
            self.percent = percent
            self.bytesPerSecond = bytesPerSecond
        }
    }

    /// Work that was seen.
    package struct Work: Equatable, Sendable {
        /// The late end of the sample.
        package let at: BootInstant
        /// Who did most of it, of those that still live; of a job that is over, its first process,
        /// or the shell if it was never seen.
        package let by: ProcessIdentity
        /// It did too little for work, and all that is told is that the job is over.
        package let isEnd: Bool
    }

    /// /proc gives processor time and start times in steps of 10 ms (USER_HZ).
    private static let tick: Duration = .milliseconds(10)

    private let threshold: Threshold
    private var before: (usage: JobUsage, at: BootInstant)?
    /// There was a job at the look before the last.
    private var hadJob = false
    /// The first process of the last job, until its end has counted.
    private var last: ProcessIdentity?

    package init(_ threshold: Threshold = .usual) {
        self.threshold = threshold
    }

    /// Whether a job is there, or was at the last look but one.
    ///
    /// Between two programs of a loop a shell shows its prompt's state for a moment: it takes two
    /// looks in a row to believe that it is there.
    package var mayWork: Bool { hadJob || before?.usage.hasJob == true }

    /// Who was at work in the job at the last look: where they are no part of it any more, the next
    /// look is to give what they used as `left`.
    package var workers: [ProcessIdentity] {
        before?.usage.processes.filter { $0.part == .works }.map(\.identity) ?? []
    }

    /// Takes a look; nil if there was no work, or none that is known: the first look has nothing to
    /// compare with.
    package mutating func look(_ usage: JobUsage, at now: BootInstant) -> Work? {
        let work = work(in: usage, at: now)
        defer {
            hadJob = before?.usage.hasJob == true
            before = (usage, now)
            if let first = usage.processes.first(where: { $0.part == .works }) {
                last = first.identity
            } else if usage.isAtPrompt {
                last = nil
            }
        }
        return work ?? end(in: usage, at: now)
    }

    private func end(in usage: JobUsage, at now: BootInstant) -> Work? {
        guard usage.isAtPrompt, !usage.hasJob else { return nil }
        let hasWaited = before.map { $0.usage.waitedFaults != usage.waitedFaults } ?? false
        let shell = hasWaited ? usage.processes.first?.identity : nil
        return (last ?? shell).map { Work(at: now, by: $0, isEnd: true) }
    }

    private func work(in usage: JobUsage, at now: BootInstant) -> Work? {
        let wasJob = mayWork
        guard let before, now > before.at, wasJob || usage.hasJob else { return nil }
        let gains = gains(from: before.usage, at: before.at, to: usage, wasJob: wasJob)
        let sum = gains.reduce(into: Gain()) { $0.add($1.gain) }
        // From the beginning of the job, if it began after the last look.
        let start = wasJob ? before.at : max(before.at, usage.jobBegan ?? before.at)
        guard isWork(sum, over: now.since(start)) else { return nil }
        return gains.max { $0.gain.isLess(than: $1.gain) }
            .map { Work(at: now, by: $0.process, isEnd: false) }
    }

    private func isWork(_ gain: Gain, over span: Duration) -> Bool {
        // Start times are rounded by a tick: a span below it is none.
        let milliseconds = UInt64(max(span, Self.tick).wholeMilliseconds)
        let nanoseconds = milliseconds.scaled(by: threshold.percent).scaled(by: 10_000)
        let bytes = milliseconds.scaled(by: threshold.bytesPerSecond) / 1_000
        return gain.nanoseconds >= nanoseconds || gain.stored >= bytes || gain.written >= bytes
    }
}

// MARK: - What each process has gained

extension WorkMeter {
    /// What was used between two looks.
    private struct Gain {
        var nanoseconds: UInt64
        var stored: UInt64 = 0
        var written: UInt64 = 0

        init(nanoseconds: UInt64 = 0) {
            self.nanoseconds = nanoseconds
        }

        /// All that a process has used, or only what it waited for.
        init(all process: JobUsage.Process) {
            let own = process.part == .waits ? 0 : process.own
            nanoseconds = own.adding(process.waited)
            stored = process.bytes?.stored ?? 0
            written = process.bytes?.written ?? 0
        }

        mutating func add(_ other: Gain) {
            nanoseconds = nanoseconds.adding(other.nanoseconds)
            stored = stored.adding(other.stored)
            written = written.adding(other.written)
        }

        mutating func subtract(_ other: Gain) {
            nanoseconds -= min(nanoseconds, other.nanoseconds)
            stored -= min(stored, other.stored)
            written -= min(written, other.written)
        }

        func isLess(than other: Gain) -> Bool {
            (nanoseconds, stored, written) < (other.nanoseconds, other.stored, other.written)
        }
    }

    private func gains(
        from before: JobUsage,
        at earlier: BootInstant,
        to usage: JobUsage,
        wasJob: Bool
    ) -> [(process: ProcessIdentity, gain: Gain)] {
        let known = Dictionary(
            before.processes.map { ($0.identity, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let countedOfGone = Self.countedOfGone(before, now: Set(usage.processes.map(\.identity)))
        return usage.processes.map { process in
            guard let former = known[process.identity] else {
                return (process.identity, Self.gainOfNew(process, since: earlier))
            }
            var gain = Self.gain(from: former, to: process, wasJob: wasJob)
            gain.subtract(countedOfGone[process.identity] ?? Gain())
            return (process.identity, gain)
        }
    }

    private static func gain(
        from former: JobUsage.Process,
        to process: JobUsage.Process,
        wasJob: Bool
    ) -> Gain {
        let waited = process.waited.less(former.waited)
        guard former.part == .works, process.part != .waits else {
            // What a shell waited for since a look at the bare prompt began and ended with a key.
            return wasJob ? Gain(nanoseconds: waited) : Gain()
        }
        var gain = Gain(nanoseconds: process.own.less(former.own).adding(waited))
        if let bytes = process.bytes, let known = former.bytes {
            gain.stored = bytes.stored.less(known.stored)
            gain.written = bytes.written.less(known.written)
        }
        return gain
    }

    /// All that a process has used, if it began after the last look; its start may be rounded down
    /// by a tick.
    private static func gainOfNew(
        _ process: JobUsage.Process,
        since earlier: BootInstant
    ) -> Gain {
        guard process.part == .works, process.began + tick > earlier else { return Gain() }
        return Gain(all: process)
    }

    /// What was counted of processes that are gone, by the nearest ancestor that is still there: it
    /// comes again in what that one waited for.
    private static func countedOfGone(
        _ before: JobUsage,
        now: Set<ProcessIdentity>
    ) -> [ProcessIdentity: Gain] {
        let byPid = Dictionary(
            before.processes.map { ($0.identity.pid, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var counted: [ProcessIdentity: Gain] = [:]
        for gone in before.processes where !now.contains(gone.identity) {
            var ancestor = byPid[gone.parent]
            var steps = 0
            while let one = ancestor, !now.contains(one.identity), steps < before.processes.count {
                ancestor = byPid[one.parent]
                steps += 1
            }
            guard let heir = ancestor, now.contains(heir.identity) else { continue }
            counted[heir.identity, default: Gain()].add(Gain(all: gone))
        }
        return counted
    }
}

extension JobUsage {
    /// When the first of its workers began.
    fileprivate var jobBegan: BootInstant? {
        processes.lazy.filter { $0.part == .works }.map(\.began).min()
    }
}

extension UInt64 {
    /// The difference, 0 where a figure fell.
    fileprivate func less(_ former: UInt64) -> UInt64 { self - Swift.min(self, former) }

    /// Saturates: a nonsensical figure is much, not a crash.
    fileprivate func adding(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// Saturates likewise.
    fileprivate func scaled(by factor: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
