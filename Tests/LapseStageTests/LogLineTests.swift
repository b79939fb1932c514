import Testing

@testable import LapseStage

@Suite struct LogLineTests {
    @Test func `a line of the log is taken apart into its fields`() {
        let text = #"lapsed: event=ended user=alice why="to \"rest\" \\ x=1" idle=20.013s from="#
        let line = LogLine(text, at: .now)
        #expect(line.event == "ended")
        #expect(line.fields["user"] == "alice")
        #expect(line.fields["why"] == #"to "rest" \ x=1"#)
        #expect(line.seconds("idle") == 20.013)
        #expect(line.fields["from"] == "")
        #expect(line.fields.count == 5)
    }

    @Test func `a figure that is none is nil`() {
        let line = LogLine("event=warned idle=unmeasured limit=12", at: .now)
        #expect(line.seconds("idle") == nil)
        #expect(line.seconds("limit") == nil)
        #expect(line.seconds("absent") == nil)
    }
}
