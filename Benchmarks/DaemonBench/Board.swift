import Glibc

/// Prints figures, and remembers whether one was beyond its limit.
struct Board {
    private var isGood = true

    /// Prints median and longest of the figures; the longest is what is held to the limit.
    mutating func judge(_ name: String, _ figures: [Duration], most: Duration) {
        let sorted = figures.sorted()
        guard let longest = sorted.last else { return judgeNone(name) }
        let isTooSlow = longest > most
        isGood = isGood && !isTooSlow
        note(
            name,
            "median \(Self.text(sorted[sorted.count / 2])), longest \(Self.text(longest))"
                + " of \(sorted.count)   at most \(Self.text(most))   \(isTooSlow ? "TOO SLOW" : "ok")"
        )
    }

    func note(_ name: String, _ text: String) {
        print("\(name)\(String(repeating: " ", count: max(1, 58 - name.utf8.count)))\(text)")
        fflush(nil)
    }

    private mutating func judgeNone(_ name: String) {
        isGood = false
        note(name, "NOT MEASURED")
    }

    /// Ends the program.
    func finish() -> Never { exit(isGood ? 0 : 1) }

    /// Milliseconds with one digit behind the point.
    static func text(_ time: Duration) -> String {
        let tenths = Int64((time / .microseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) ms"
    }
}
