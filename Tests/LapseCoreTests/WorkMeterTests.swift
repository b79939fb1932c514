import LapseCore
import Testing

/// Looks at a job, ten seconds apart.
///
/// With the usual threshold 500 ms of processor time or 327,680 bytes in ten seconds are work.
@Suite struct WorkMeterTests {
    private typealias Process = JobUsage.Process

    private static let shell: Int32 = 10

    /// A process; times in milliseconds, its start in seconds.
    private static func process(
        _ pid: Int32,
        under parent: Int32 = shell,
        _ part: JobUsage.Part = .works,
        began: Double = 1,
        own: UInt64 = 0,
        waited: UInt64 = 0,
        stored: UInt64 = 0,
        written: UInt64 = 0
    ) -> Process {
        Process(
            identity: ProcessIdentity(pid: pid, startTicks: UInt64(began * 100)),
            parent: parent,
            part: part,
            began: OneSession.at(began),
            own: own * 1_000_000,
            waited: waited * 1_000_000,
            bytes: JobUsage.Bytes(stored: stored, written: written)
        )
    }

    private static func usage(_ processes: Process...) -> JobUsage {
        var usage = JobUsage()
        usage.processes = processes
        return usage
    }

    /// Whom each look takes for working; the first is at 10 s.
    private static func workers(_ looks: [JobUsage]) -> [Int32?] {
        var meter = WorkMeter()
        return looks.enumerated().map { number, usage in
            let now = OneSession.at(Double(number + 1) * 10)
            let work = meter.look(usage, at: now)
            #expect(work == nil || work?.at == now)
            return work?.by.pid
        }
    }

    private struct Case: Sendable {
        let what: String
        let looks: [JobUsage]
        let workers: [Int32?]

        init(_ what: String, _ looks: [JobUsage], _ workers: [Int32?]) {
            self.what = what
            self.looks = looks
            self.workers = workers
        }
    }

    private static let amounts: [Case] = [
        Case("one look tells nothing", [usage(process(1, own: 99_999))], [nil]),
        Case("rest", [usage(process(1, own: 9)), usage(process(1, own: 9))], [nil, nil]),
        Case(
            "just below the threshold, of everything",
            [
                usage(process(1)),
                usage(process(1, own: 499, stored: 327_679, written: 327_679)),
            ],
            [nil, nil]
        ),
        Case("processor time", [usage(process(1)), usage(process(1, own: 500))], [nil, 1]),
        Case("storage", [usage(process(1)), usage(process(1, stored: 327_680))], [nil, 1]),
        Case("writing", [usage(process(1)), usage(process(1, written: 327_680))], [nil, 1]),
        Case(
            "the sum of several processes, of whom the one with the most is named",
            [
                usage(process(1), process(2), process(3)),
                usage(process(1, own: 100), process(2, own: 300), process(3, own: 100)),
            ],
            [nil, 2]
        ),
        Case(
            "figures that fall add nothing and take nothing off",
            [
                usage(process(1, own: 900, stored: 9_999_999), process(2)),
                usage(process(1, own: 0, stored: 0), process(2, own: 500)),
            ],
            [nil, 2]
        ),
        Case(
            "figures of nonsense are much, not a crash",
            [
                usage(process(1), process(2)),
                usage(process(1, written: .max), process(2, written: .max)),
            ],
            [nil, 1]
        ),
    ]

    private static let comings: [Case] = [
        Case(
            "a job that began after the last look counts as a whole, over its own life",
            [usage(), usage(process(1, began: 19.5, own: 25))],
            [nil, 1]
        ),
        Case(
            "the same figure over ten seconds is none",
            [usage(), usage(process(1, began: 10, own: 25))],
            [nil, nil]
        ),
        Case(
            "a process that was brought to the foreground counts from then on",
            [usage(), usage(process(1, own: 9_999)), usage(process(1, own: 10_499))],
            [nil, nil, 1]
        ),
        Case(
            "another process with a pid that is used again counts by its own start",
            [
                usage(process(1, own: 100), process(2)),
                usage(process(1, began: 2, own: 9_999), process(2)),
                usage(process(1, began: 25, own: 500), process(2)),
            ],
            [nil, nil, 1]
        ),
        Case(
            "a child that came and went counts by what its parent waited for",
            [usage(process(1)), usage(process(1, waited: 500))],
            [nil, 1]
        ),
        Case(
            "a child that was counted while it lived is not counted again",
            [
                usage(process(1), process(2, under: 1, own: 9_000, stored: 9_000_000)),
                usage(process(1, waited: 9_499, stored: 9_300_000)),
            ],
            [nil, nil]
        ),
        Case(
            "but what it did after it was last seen is counted",
            [
                usage(process(1), process(2, under: 1, own: 9_000)),
                usage(process(1, waited: 9_500)),
            ],
            [nil, 1]
        ),
        Case(
            "a child that ended with its own child is taken off the nearest that is left",
            [
                usage(
                    process(1),
                    process(2, under: 1, own: 4_000, waited: 100),
                    process(3, under: 2, own: 5_000)
                ),
                usage(process(1, waited: 9_599)),
                usage(process(1, waited: 10_099)),
            ],
            [nil, nil, 1]
        ),
        Case(
            "one that ended somewhere else takes nothing off anybody",
            [
                usage(process(1), process(2, under: 77, own: 9_000)),
                usage(process(1, own: 500)),
            ],
            [nil, 1]
        ),
    ]

    private static func waits(own: UInt64 = 0, waited: UInt64) -> Process {
        process(shell, under: 1, .waits, own: own, waited: waited)
    }

    /// The shell at its prompt, having waited for children with so many faults.
    private static func prompt(faults: UInt64 = 0) -> JobUsage {
        var usage = usage(waits(waited: 0))
        (usage.isAtPrompt, usage.waitedFaults) = (true, faults)
        return usage
    }

    private static let ends: [Case] = [
        Case(
            "a job that is over counts once, however little it did",
            [usage(waits(waited: 0), process(1)), prompt(), prompt()],
            [nil, 1, nil]
        ),
        Case(
            "so does the next",
            [
                usage(waits(waited: 0), process(1)), prompt(),
                usage(waits(waited: 0), process(2, began: 25)), prompt(),
            ],
            [nil, 1, nil, 2]
        ),
        Case(
            "a shell that is not asleep yet is not at its prompt",
            [usage(waits(waited: 0), process(1)), usage(waits(waited: 0)), prompt()],
            [nil, nil, 1]
        ),
        Case("a prompt that no job came before is none", [prompt(), prompt()], [nil, nil]),
        Case(
            "one that came and went between two looks is over, too",
            [prompt(faults: 7), prompt(faults: 90), prompt(faults: 90)],
            [nil, shell, nil]
        ),
        Case(
            "what a job did before it was stopped counts beside the next",
            [
                usage(waits(waited: 0), process(1)),
                usage(waits(waited: 0), process(1, .left, own: 500), process(2, began: 19.9)),
            ],
            [nil, 1]
        ),
        Case(
            "what it does in the background does not",
            [
                usage(waits(waited: 0), process(1), process(2)),
                usage(waits(waited: 0), process(1, .left, own: 499), process(2)),
                usage(waits(waited: 0), process(2)),
                usage(waits(waited: 0), process(1, own: 9_999), process(2)),
            ],
            [nil, nil, nil, nil]
        ),
    ]

    private static let shells: [Case] = [
        Case(
            "what a shell does itself is the prompt",
            [usage(waits(waited: 0), process(1)), usage(waits(own: 9_999, waited: 0), process(1))],
            [nil, nil]
        ),
        Case(
            "a job that ended since the last look was work until now",
            [usage(waits(waited: 0), process(1)), usage(waits(waited: 500))],
            [nil, shell]
        ),
        Case(
            "what was counted of it is taken off",
            [usage(waits(waited: 0), process(1, own: 9_000)), usage(waits(waited: 9_499))],
            [nil, nil]
        ),
        Case(
            "what came and went between two prompts came with a key",
            [usage(waits(waited: 0)), usage(waits(waited: 9_999))],
            [nil, nil]
        ),
        Case(
            "nor does it count for the job that follows",
            [usage(waits(waited: 0)), usage(waits(waited: 9_999), process(1, began: 19))],
            [nil, nil]
        ),
        Case(
            "a loop whose shell is met between two programs goes on",
            [
                usage(waits(waited: 0), process(1)), usage(waits(waited: 0)),
                usage(waits(waited: 500), process(2, began: 29)),
            ],
            [nil, nil, shell]
        ),
        Case(
            "a shell that comes to work itself is counted from then on",
            [
                usage(waits(waited: 0), process(1)), usage(process(shell, own: 9_999)),
                usage(process(shell, own: 10_499)),
            ],
            [nil, nil, shell]
        ),
    ]

    @Test(arguments: amounts + comings + shells + ends)
    private func `looks at a job tell work from rest`(example: Case) {
        #expect(Self.workers(example.looks) == example.workers, "\(example.what)")
    }

    @Test func `bytes that are not known, then known, are none`() {
        func unknown(_ bytes: UInt64?) -> JobUsage {
            let process = Self.process(1)
            return Self.usage(
                Process(
                    identity: process.identity,
                    parent: process.parent,
                    part: .works,
                    began: process.began,
                    own: 0,
                    waited: 0,
                    bytes: bytes.map { JobUsage.Bytes(stored: $0, written: $0) }
                )
            )
        }
        #expect(
            Self.workers([unknown(nil), unknown(1 << 40), unknown(nil), unknown(1 << 41)])
                == [nil, nil, nil, nil]
        )
    }

    @Test func `a look that is not later than the last one tells nothing`() {
        var meter = WorkMeter()
        _ = meter.look(Self.usage(Self.process(1)), at: OneSession.at(10))
        for moment in [10.0, 9] {
            let work = meter.look(
                Self.usage(Self.process(1, own: 99_999)),
                at: OneSession.at(moment)
            )
            #expect(work == nil)
        }
    }

    @Test func `it takes two prompts in a row to believe that there is no job`() {
        var meter = WorkMeter()
        #expect(!meter.mayWork)
        let job = Self.usage(Self.process(1))
        let looks: [(JobUsage, Bool)] = [
            (Self.usage(), false), (job, true), (Self.usage(), true), (job, true),
            (Self.usage(), true), (Self.usage(), false),
        ]
        for (number, look) in looks.enumerated() {
            _ = meter.look(look.0, at: OneSession.at(Double(number)))
            #expect(meter.mayWork == look.1, "look \(number)")
        }
    }
}
