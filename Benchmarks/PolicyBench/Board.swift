import Glibc

/// Takes figures, prints them, and remembers whether all were as promised.
struct Board {
    private let rounds = 9
    private var isGood = true

    /// Runs `work` and prints the median of the rounds for one of its `times` parts.
    ///
    /// `work` returns whether its result was right; a wrong one is as bad as a slow one.
    @discardableResult
    mutating func measure(
        _ name: String,
        most: Duration,
        times: Int = 1,
        _ work: () -> Bool
    ) -> Duration {
        var isRight = work()
        let figures = (0..<rounds).map { _ in
            let start = Self.processorTime()
            isRight = work() && isRight
            return (Self.processorTime() - start) / times
        }
        let median = figures.sorted()[rounds / 2]
        let verdict = !isRight ? "WRONG" : median > most ? "TOO SLOW" : "ok"
        isGood = isGood && verdict == "ok"
        let padding = String(repeating: " ", count: max(1, 46 - name.count))
        print("\(name)\(padding)\(Self.text(median))   at most \(Self.text(most))   \(verdict)")
        return median
    }

    /// What this process has had of the processor: other programs on the machine change it little.
    private static func processorTime() -> Duration {
        var time = timespec()
        // It fails for clocks that the kernel does not know; this one is as old as POSIX timers.
        precondition(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Ends the program.
    func finish() -> Never { exit(isGood ? 0 : 1) }

    static func ratio(_ one: Duration, _ other: Duration) -> String {
        let tenths = Int((one / other * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Microseconds with two digits behind the point.
    private static func text(_ time: Duration) -> String {
        let (seconds, attoseconds) = time.components
        let hundredths = seconds * 100_000_000 + attoseconds / 10_000_000_000
        let rest = String(hundredths % 100)
        let text = "\(hundredths / 100)." + (rest.utf8.count < 2 ? "0" : "") + rest + " us"
        return String(repeating: " ", count: max(0, 14 - text.count)) + text
    }
}
