import LapseControl
import Testing

@testable import LapseCommands

@Suite struct DurationArgumentTests {
    @Test(arguments: [
        ("1ms", Int64(1)), ("30m", 1_800_000), ("1h30m", 5_400_000), ("2d", 172_800_000),
        ("365d23h59m59s999ms", ControlLimits.steeringMsMax - 1),
    ])
    func `a time is written as in a policy file`(text: String, milliseconds: Int64) throws {
        #expect(try DurationArgument.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        ("30", "`30` has no unit; write a number and its unit"),
        ("30x", "unknown unit `x`; the units are ms, s, m, h, d and w."),
        ("", "the duration is empty"), ("-5m", "unexpected `-`"), ("5m30m", "given twice"),
        ("0s", "the time has to be more than 0 and less than 366 days."),
        ("366d", "the time has to be more than 0 and less than 366 days."),
        ("99999999999999999999d", "is too long"),
    ])
    func `what is none is refused with the reason`(text: String, reason: String) {
        let error = #expect(throws: (any Error).self) { try DurationArgument.milliseconds(text) }
        #expect(error.map { "\($0)" }?.contains(reason) == true, "\(error.map { "\($0)" } ?? "")")
    }
}
