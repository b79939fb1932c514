import Testing

@testable import LapseStage

@Suite struct WallClockTests {
    @Test func `a wall time becomes the moment that it was`() {
        let before = ContinuousClock.now
        let time = wallClock()
        let after = ContinuousClock.now
        let converted = instant(atWallTime: time)
        #expect(converted > before - .milliseconds(1))
        #expect(converted < after + .milliseconds(1))
    }
}
