import LapseCore
import Testing

@testable import LapseDaemon

@Suite struct TerminalSearchTests {
    private let start = BootInstant(nanoseconds: 1_000_000_000_000)
    private let place = TerminalSearch.Place.node(path: "/dev/pts/7")

    /// Runs a search to its end as the daemon does.
    ///
    /// - Returns: When each place was looked at.
    private func run(_ search: inout TerminalSearch) -> [(Duration, [TerminalSearch.Place])] {
        var looks: [(Duration, [TerminalSearch.Place])] = []
        while let next = search.next {
            looks.append((next.since(start), search.takeDue(at: next)))
        }
        return looks
    }

    // #expect cannot call a mutating method.
    private func take(
        _ search: inout TerminalSearch,
        at now: BootInstant
    ) -> [TerminalSearch.Place] {
        search.takeDue(at: now)
    }

    @Test func `a place is looked at four times, over four seconds`() {
        var search = TerminalSearch()
        search.add(place, at: start)
        let looks = run(&search)
        #expect(
            looks.map(\.0) == [
                .milliseconds(50), .milliseconds(300), .milliseconds(1_050), .milliseconds(4_050),
            ]
        )
        #expect(looks.allSatisfy { $0.1 == [place] })
    }

    @Test func `a new sign begins the looks again`() {
        var search = TerminalSearch()
        search.add(place, at: start)
        search.add(place, at: start + .seconds(3))
        #expect(run(&search).last?.0 == .milliseconds(7_050))
    }

    @Test func `nothing is taken before it is due, and a late turn takes a place once`() {
        var search = TerminalSearch()
        search.add(place, at: start)
        #expect(take(&search, at: start + .milliseconds(49)).isEmpty)
        #expect(take(&search, at: start + .seconds(2)) == [place])
        #expect(search.next == start + .milliseconds(4_050))
        #expect(take(&search, at: start + .seconds(9)) == [place])
        #expect(search.next == nil)
    }

    @Test func `a thousand ptys in a second cost twenty turns of first looks`() {
        var search = TerminalSearch()
        for number in 0..<1_000 {
            let place = TerminalSearch.Place.node(path: "/dev/pts/\(number)")
            search.add(place, at: start + .milliseconds(number))
        }
        let looks = run(&search)
        #expect(looks.flatMap(\.1).count == 4_000)
        #expect(looks.count <= 4 * 20 + 4)
    }

    @Test func `no more places are searched than the limit`() {
        var search = TerminalSearch()
        for number in 0...TerminalSearch.placesMax {
            search.add(.node(path: "/dev/pts/\(number)"), at: start)
        }
        #expect(take(&search, at: start + .seconds(1)).count == TerminalSearch.placesMax)
    }
}
