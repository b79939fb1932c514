import Testing

@testable import LapsePolicy

struct WordTests {
    @Test(arguments: [
        ("idel", "idle"), ("IDLE", "idle"), ("lifetme", "lifetime"), ("life-time", "lifetime"),
        ("warning", nil), ("on_idle", "on-idle"), ("onidle", "on-idle"), ("ends", "end"),
        ("", nil), ("x", nil), ("wran", "warn"), ("lockfor", "lock-for"), ("frieze", "freeze"),
    ])
    func `the nearest word is found, and none is made up`(_ word: String, _ wanted: String?) {
        #expect(nearest(to: word, among: Setting.words) == wanted)
    }

    @Test func `a word too long for a slip is not compared`() {
        let long = String(repeating: "a", count: 41)
        #expect(nearest(to: long, among: [long]) == nil)
        #expect(nearest(to: String(long.dropLast()), among: [long]) == long)
    }

    @Test func `of two words equally near the first is taken`() {
        #expect(nearest(to: "ab", among: ["ac", "ad"]) == "ac")
    }

    @Test func `a word is known by its bytes and not by what looks alike`() {
        #expect(EndSignal.word("KILL") == .kill)
        #expect(EndSignal.word("\u{212A}ILL") == nil)
        #expect(EndSignal.word("kill") == nil)
    }
}
