import ControlFixture
import Glibc
import LapseControl
import LinuxFixture

/// The limit of a reload with 1,000 rules and 10,000 sessions: that long, logins wait.
private let reloadMost: Duration = .milliseconds(200)
private let reloads = 15

/// Reloads of one policy, and of two in turn that give every session another idle limit.
func measureReloads(_ host: BusyHost, _ board: inout Board) {
    measureReload("changed for all", host, &board) { place in
        host.directory.write("lapse.toml", policyText(isSecond: place % 2 == 0))
    }
    measureReload("unchanged", host, &board) { _ in }
}

private func measureReload(
    _ what: String,
    _ host: BusyHost,
    _ board: inout Board,
    _ prepare: (Int) -> Void
) {
    var client = host.client()
    var (wall, processor): ([Duration], [Duration]) = ([], [])
    for place in 0..<reloads {
        prepare(place)
        let before = host.processorTime
        wall.append(
            ContinuousClock().measure {
                // try?: why stands in the daemon's log, the end of which is shown.
                if (try? client.reload()) == nil { host.stop("the reload was refused") }
            }
        )
        processor.append(host.processorTime - before)
        // The users are looked up after a reload, and what is new of them decided on.
        sleep(2)
    }
    board.judge("reload, 1,000 rules, 10,000 sessions, \(what)", wall, most: reloadMost)
    let sorted = processor.sorted()
    board.note(
        "... of the processor",
        "median \(Board.text(sorted[reloads / 2])), longest \(Board.text(sorted[reloads - 1]))"
    )
}

/// The whole list, in a process of its own: `listAll`.
func measureList(_ host: BusyHost, _ board: inout Board) {
    var client = host.client()
    let before = host.processorTime
    let list = RunningProgram([ProgramRun.built("daemon-bench"), "list", host.control])
    var waits: [Duration] = []
    while !list.hasEnded {
        waits.append(
            ContinuousClock().measure {
                if (try? client.status()) == nil { host.stop("no status") }
            }
        )
    }
    let sorted = waits.sorted()
    board.note(
        "status while 10,000 sessions are listed",
        "median \(Board.text(sorted[sorted.count / 2])), longest \(Board.text(sorted.last ?? .zero))"
            + " of \(sorted.count)"
    )
    board.note("... of the processor, both", Board.text(host.processorTime - before))
}

func listAll(_ control: String) -> Never {
    var count = 0
    let time = ContinuousClock().measure {
        guard var client = try? ControlClient(path: control, timeout: .seconds(60)),
            let sessions = try? client.list(includingEnded: false)
        else { exit(1) }
        count = sessions.count
    }
    Board().note("list of \(count) sessions, the client's reading too", Board.text(time))
    exit(count == 10_000 ? 0 : 1)
}

/// Everybody logs out at once.
func measureLogouts(of crowd: Crowd, _ host: BusyHost, _ board: inout Board) {
    let before = host.processorTime
    crowd.logOut()
    crowd.await(host)
    board.note("10,000 logouts, of the processor", Board.text(host.processorTime - before))
}

/// All sessions of a user end at once; each has a leader, and a process that only KILL ends.
func measureEnds(_ host: BusyHost, _ board: inout Board, sessions: Int) {
    let leaders = (0..<sessions).map { _ in Leader(host) }
    for leader in leaders { leader.untilOpen() }
    sleep(5)
    let before = host.processorTime
    var client = host.client()
    let began = ContinuousClock.now
    guard (try? client.revoke(user: "user0", why: "bench")) == sessions else {
        host.stop("not all are being ended")
    }
    let ordered = ContinuousClock.now - began
    var longest = ordered
    host.wait(for: "\(sessions) sessions to end") {
        var left = 1
        let waited = ContinuousClock().measure {
            left = (try? client.status())?.counts?.sessionsEnding ?? 0
        }
        longest = max(longest, waited)
        return left == 0
    }
    let all = ContinuousClock.now - began
    let what = "\(sessions) sessions end at once"
    board.note(what, "\(Board.text(all)) until the last is gone")
    board.note("... of the processor", Board.text(host.processorTime - before))
    board.note("... the longest that others waited", Board.text(longest))
    for leader in leaders { leader.clean() }
}
