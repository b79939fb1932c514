// What the policy costs: loading, matching, hostile files. `swift run -c release policy-bench`.
//
// Each figure is the median of several rounds. Exit status 1 if one is beyond what was promised.

import LapsePolicy

let everybody = WallMoment(WallInstant(seconds: 1_781_524_800), in: FixedZone.utc)
var board = Board()

board.measure("load 1,000 rules", most: .milliseconds(20)) {
    Policy.load([thousandRules]).policy != nil
}
guard let policy = Policy.load([thousandRules]).policy else {
    fatalError("The policy of a thousand rules is refused.")
}
let matchTime = board.measure(
    "match one session in 1,000 rules",
    most: .microseconds(20),
    times: 1_000
) {
    sessions.allSatisfy { policy.allowance(for: $0, at: everybody).origin(of: .idle) != .builtIn }
}
guard let small = Policy.load([source("[[rule]]\nname = \"r\"\nidle = \"5m\"\n")]).policy else {
    fatalError("The policy of one rule is refused.")
}
let smallTime = board.measure("match one session in 1 rule", most: .microseconds(20), times: 1_000)
{
    sessions.allSatisfy { small.allowance(for: $0, at: everybody).origin(of: .idle) != .builtIn }
}
print("1,000 rules cost \(Board.ratio(matchTime, smallTime)) times what 1 rule costs")

board.measure("reload: 1,000 rules and 10,000 sessions", most: .milliseconds(200)) {
    guard let policy = Policy.load([thousandRules]).policy else { return false }
    return (0..<10_000).allSatisfy { place in
        let subject = sessions[place % sessions.count]
        return policy.allowance(for: subject, at: everybody).origin(of: .idle) != .builtIn
    }
}
let office = Hours.weekly(
    [(Weekday.monday, Weekday.friday, 7), (.saturday, .saturday, 8)].map { first, last, hour in
        Hours.Window(days: .init(first: first, last: last), opens: hour * 60, closes: 19 * 60)
    }
)
board.measure("the next closing hour of one session", most: .microseconds(20), times: 1_000) {
    (0..<1_000).allSatisfy { place in
        let instant = WallInstant(seconds: everybody.instant.seconds + Int64(place) * 601)
        let moment = WallMoment(instant, in: everybody.zone)
        return office.state(at: moment) != .open(closes: nil)
    }
}
board.measure("print 1,000 rules", most: .milliseconds(50)) { policy.text.utf8.count > 1_000 }
for (name, file, isRefused) in hostileFiles {
    board.measure("1 MB: \(name)", most: .milliseconds(100)) {
        (Policy.load([file]).policy == nil) == isRefused
    }
}
board.finish()
