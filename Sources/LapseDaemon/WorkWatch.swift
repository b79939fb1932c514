package import LapseCore
import LapseLinux

/// What was seen of a session's work at one look.
package struct WorkReading: Equatable, Sendable {
    /// Work that counts as of a moment, and who did it; for people only, the name is of the
    /// process's own choosing.
    package struct Work: Equatable, Sendable {
        package let at: BootInstant
        package let what: String
    }

    package var work: Work?
    /// Not work, but the end of a job, which may have been a hand's (see `WorkMeter`): by now.
    package var end: Work?
    /// Whether the session may begin to work with no key pressed: false at a shell's prompt, where
    /// nothing need be looked at again before the next key.
    package var mayActAlone = false
    /// Programs that bear a name of `keep-while` and are not believed.
    package var masquerades: [Suspicion] = []
}

/// The witness of work: what each session has in the foreground, and what that used between two
/// looks.
package struct WorkWatch {
    /// Masquerades that one look names.
    package static let masqueradesMax = 8

    private struct Watched {
        var memory = ForegroundJobs.Memory()
        var meters: [ProcessIdentity: WorkMeter] = [:]
        /// The job of each place as it was last seen, for people.
        var labels: [ProcessIdentity: String] = [:]
    }

    private var jobs = ForegroundJobs()
    private var watched: [SessionID: Watched] = [:]

    package init() {}

    package mutating func remove(_ id: SessionID) {
        watched[id] = nil
    }

    /// Looks at a session now.
    ///
    /// - Parameters:
    ///   - session: Whose leader is known to live.
    ///   - keepWhile: Names or absolute paths of programs that are work for as long as they are in
    ///     the foreground.
    ///   - now: After the last look at the session.
    /// - Returns: What was seen; of a session whose leader is gone, nothing.
    package mutating func look(
        at session: SessionFacts,
        keepWhile: [String],
        now: BootInstant
    ) -> WorkReading {
        var one = watched.removeValue(forKey: session.id) ?? Watched()
        defer { watched[session.id] = one }
        let found = jobs.find(below: session.leader, user: session.user, remembering: &one.memory)
        var reading = WorkReading()
        var meters: [ProcessIdentity: WorkMeter] = [:]
        var labels: [ProcessIdentity: String] = [:]
        for job in found.jobs {
            var meter = one.meters[job.place] ?? WorkMeter()
            let work = meter.look(Self.usage(of: job, after: meter.workers), at: now)
            meters[job.place] = meter
            let former = one.labels[job.place]
            labels[job.place] = job.workers.first?.label ?? former
            guard let work else { continue }
            let label = Self.label(of: work.by, in: job) ?? former ?? "[\(work.by.pid)]"
            let told = WorkReading.Work(at: work.at, what: label)
            if work.isEnd {
                reading.end = reading.end ?? told
            } else {
                reading.work = reading.work ?? told
            }
        }
        (one.meters, one.labels) = (meters, labels)
        let workers = found.jobs.lazy.flatMap(\.workers)
        reading.mayActAlone = !found.hasTerminal || meters.values.contains(where: \.mayWork)
        if !keepWhile.isEmpty { Self.keep(Array(workers), while: keepWhile, now, &reading) }
        return reading
    }

    private static func label(of process: ProcessIdentity, in job: ForegroundJob) -> String? {
        (job.workers + job.waiting).first { $0.identity == process }?.label
    }

    /// Takes in the programs that are work by their names.
    private static func keep(
        _ workers: [ProcessStat],
        while names: [String],
        _ now: BootInstant,
        _ reading: inout WorkReading
    ) {
        for process in workers {
            guard let executable = ExecutablePath(pid: process.pid),
                names.contains(where: { executable.isNamed($0) })
            else { continue }
            if executable.isRootsAlone {
                reading.work = reading.work ?? WorkReading.Work(at: now, what: process.label)
            } else if reading.masquerades.count < masqueradesMax {
                reading.masquerades.append(
                    .masquerade(executable: executable.path, pid: process.pid)
                )
            }
        }
    }
}

// MARK: - What a job has used

extension WorkWatch {
    /// What the job has used; `former` are those who were at work at the last look.
    private static func usage(
        of job: ForegroundJob,
        after former: [ProcessIdentity]
    ) -> JobUsage {
        var usage = JobUsage()
        usage.isAtPrompt =
            job.workers.isEmpty && job.waiting.allSatisfy { $0.isAsleep && $0.isInForeground }
        usage.waitedFaults = job.waiting.first?.waitedFaults ?? 0
        usage.processes.reserveCapacity(job.workers.count + job.waiting.count)
        for process in job.waiting {
            usage.processes.append(JobUsage.Process(process, .waits, nil))
        }
        for process in job.workers {
            let counted = ProcessUsage.read(pid: process.pid)
            usage.processes.append(JobUsage.Process(process, .works, counted))
        }
        let present = Set(usage.processes.map(\.identity))
        for identity in former where !present.contains(identity) {
            guard let process = ProcessStat.read(pid: identity.pid), process.identity == identity
            else { continue }
            let counted = ProcessUsage.read(pid: process.pid)
            usage.processes.append(JobUsage.Process(process, .left, counted))
        }
        return usage
    }
}

extension JobUsage.Process {
    /// Without `usage` only its processor time is known.
    fileprivate init(_ process: ProcessStat, _ part: JobUsage.Part, _ usage: ProcessUsage?) {
        let tick = UInt64(1_000_000_000 / ProcessSelf.ticksPerSecond)
        let began = process.startTicks.multipliedReportingOverflow(by: tick)
        self.init(
            identity: process.identity,
            parent: process.parent,
            part: part,
            began: BootInstant(nanoseconds: began.overflow ? .max : Int64(clamping: began.0)),
            own: process.ownTicks &* tick,
            waited: process.waitedTicks &* tick,
            bytes: usage.map {
                JobUsage.Bytes(
                    stored: $0.storageRead &+ $0.storageWritten,
                    written: $0.written
                )
            }
        )
    }
}
