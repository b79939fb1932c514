import LapseCore
import TestRandom
import Testing

/// A job as the kernel keeps its books: processes that fork, work, end, and are waited for.
private struct SimulatedJob {
    private struct Process {
        let pid: Int32
        let parent: Int32
        let began: Int64
        var own: UInt64 = 0
        var waited: UInt64 = 0
        var stored: UInt64 = 0
        var hasEnded = false
    }

    private static let pidsMax: Int32 = 40
    private var processes = [Process(pid: 1, parent: 0, began: 0)]
    private var nextPid: Int32 = 2
    private(set) var milliseconds: Int64 = 1_000
    /// All that was ever used, in milliseconds and bytes.
    private(set) var used: (time: UInt64, bytes: UInt64) = (0, 0)

    mutating func step(_ random: inout SeededRandom, isBusy: Bool) {
        milliseconds += Int64.random(in: 1...200, using: &random)
        let place = Int.random(in: processes.indices, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0...2 where !processes[place].hasEnded: fork(from: processes[place].pid)
        case 3...4 where place > 0 && !processes.contains { $0.parent == processes[place].pid }:
            processes[place].hasEnded = true
        case 5...6: reap()
        default:
            guard !processes[place].hasEnded else { return }
            let time = UInt64.random(in: 0...(isBusy ? 100 : 3), using: &random)
            let bytes = UInt64.random(in: 0...(isBusy ? 9_000 : 900), using: &random)
            processes[place].own += time
            processes[place].stored += bytes
            used = (used.time + time, used.bytes + bytes)
        }
    }

    /// Pids go round, so that they are used again soon.
    private mutating func fork(from parent: Int32) {
        for _ in 2..<Self.pidsMax {
            nextPid = nextPid < Self.pidsMax ? nextPid + 1 : 2
            guard !processes.contains(where: { $0.pid == nextPid }) else { continue }
            processes.append(Process(pid: nextPid, parent: parent, began: milliseconds))
            return
        }
    }

    /// wait(2), by the parents of all that have ended.
    private mutating func reap() {
        for ended in processes where ended.hasEnded {
            processes.removeAll { $0.pid == ended.pid }
            guard let heir = processes.firstIndex(where: { $0.pid == ended.parent }) else {
                continue
            }
            processes[heir].waited += ended.own + ended.waited
            processes[heir].stored += ended.stored
        }
    }

    var usage: JobUsage {
        var usage = JobUsage()
        usage.processes = processes.map { process in
            JobUsage.Process(
                identity: ProcessIdentity(
                    pid: process.pid,
                    startTicks: UInt64(process.began)
                ),
                parent: process.parent,
                part: .works,
                began: BootInstant(nanoseconds: process.began * 1_000_000),
                own: process.own * 1_000_000,
                waited: process.waited * 1_000_000,
                bytes: JobUsage.Bytes(stored: process.stored, written: 0)
            )
        }
        return usage
    }
}

@Suite struct WorkMeterRandomTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `what came and went is counted exactly once`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let threshold = WorkMeter.Threshold(
            percent: UInt64.random(in: 1...40, using: &random),
            bytesPerSecond: UInt64.random(in: 100...20_000, using: &random)
        )
        var job = SimulatedJob()
        var meter = WorkMeter(threshold)
        _ = meter.look(job.usage, at: BootInstant(nanoseconds: job.milliseconds * 1_000_000))
        for look in 0..<60 {
            let before = (job.used, at: job.milliseconds)
            let isBusy = Bool.random(using: &random)
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                job.step(&random, isBusy: isBusy)
            }
            let span = UInt64(job.milliseconds - before.at)
            let time = job.used.time - before.0.time
            let bytes = job.used.bytes - before.0.bytes
            let isWork =
                time * 100 >= threshold.percent * span
                || bytes >= threshold.bytesPerSecond * span / 1_000
            let now = BootInstant(nanoseconds: job.milliseconds * 1_000_000)
            let seen = meter.look(job.usage, at: now)
            #expect((seen != nil) == isWork, "seed \(seed), look \(look)")
        }
    }
}
