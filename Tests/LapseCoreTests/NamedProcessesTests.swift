import LapseCore
import Testing

@Suite struct NamedProcessesTests {
    private static func some(_ range: ClosedRange<Int>) -> NamedProcesses {
        NamedProcesses(range.map { "p[\($0)]" })
    }

    @Test(
        arguments: [
            (1, "p[1]"), (32, "p[32]"), (33, "and 1 more"),
            (NamedProcesses.countedMax, "and 968 more"),
            (NamedProcesses.countedMax + 1, "and 968 or more others"),
        ]
    )
    func `the first are named, the others counted`(count: Int, last: String) {
        let texts = Self.some(1...count).texts
        #expect(texts.last == last)
        #expect(texts.first == "p[1]")
        #expect(texts.count == min(count, NamedProcesses.shownMax + 1))
    }

    @Test func `one that was there before is not counted again`() {
        var all = Self.some(1...40)
        all.formUnion(Self.some(35...50))
        #expect(all.count == 50)
        #expect(all.texts.last == "and 18 more")
        #expect(NamedProcesses(["a", "b", "a"]).texts == ["a", "b"])
    }

    @Test func `the count has an end`() {
        var all = Self.some(1...NamedProcesses.countedMax)
        all.formUnion(Self.some(1...NamedProcesses.countedMax))
        #expect(all == Self.some(1...NamedProcesses.countedMax))
        all.formUnion(Self.some(5000...5001))
        #expect(all.count == NamedProcesses.countedMax)
        #expect(all.texts.last == "and 968 or more others")
    }

    @Test func `none are nothing`() {
        #expect(NamedProcesses([]).isEmpty && NamedProcesses([]).texts.isEmpty)
    }
}
