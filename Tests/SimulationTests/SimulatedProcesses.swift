import LapseCore
import LapsePolicy
import TestRandom

/// The processes of one session: the leader, which holds the PAM session, and those below it.
struct SimulatedProcesses {
    /// A process below the leader or on the session's terminal.
    struct Member {
        var isAlive = true
        /// The sshd process that carries the connection.
        let isRelay: Bool
        /// It lives apart from the terminals.
        let isDetached: Bool
        let obeysHangUp: Bool
        let obeysTerminate: Bool
    }

    var members: [Member] = []
    var leaderIsAlive = true
    /// A leader that ignores SIGTERM dies of SIGKILL alone.
    let leaderObeys: Bool
    /// In uninterruptible sleep no signal is taken, not even SIGKILL, until it is over.
    var leaderSleeps: Bool
    /// A signal that came in that sleep.
    var leaderMustDie = false
    init(random: inout SeededRandom) {
        leaderObeys = random.chance(80)
        leaderSleeps = random.chance(3)
        let detached = random.chance(20) ? random.between(1, 2) : 0
        for place in 0..<Int(random.between(0, 3)) {
            members.append(
                Member(
                    isRelay: place == 0 && random.chance(50),
                    isDetached: false,
                    obeysHangUp: random.chance(60),
                    obeysTerminate: random.chance(70)
                )
            )
        }
        for _ in 0..<detached {
            members.append(
                Member(
                    isRelay: false,
                    isDetached: true,
                    obeysHangUp: false,
                    obeysTerminate: random.chance(70)
                )
            )
        }
    }

    /// The living ones that a signal leaves alone.
    func spared(by order: SignalOrder) -> NamedProcesses {
        order.sparesDetached ? detached : []
    }

    /// The living ones that live apart from the terminals.
    var detached: NamedProcesses {
        NamedProcesses(members.filter { $0.isDetached && $0.isAlive }.map { _ in "tmux[7]" })
    }

    /// The members that a signal reaches, and those of them that die of it.
    func reached(by order: SignalOrder) -> (reached: Int, dying: [Int]) {
        var count = 0
        var dying: [Int] = []
        for (place, member) in members.enumerated() where member.isAlive {
            if member.isRelay && order.to != .processesAndRelay { continue }
            if member.isDetached && order.sparesDetached { continue }
            count += 1
            let dies =
                switch order.signal {
                case .hangUp: member.obeysHangUp
                case .terminate, .interrupt, .quit: member.obeysTerminate
                case .kill: true
                }
            if dies { dying.append(place) }
        }
        return (count, dying)
    }

    /// Whether the leader dies of a signal now; in its sleep it only takes note.
    mutating func leaderDies(of signal: EndSignal) -> Bool {
        guard signal == .kill || (leaderObeys && signal == .terminate) else { return false }
        if leaderSleeps { leaderMustDie = true }
        return !leaderSleeps
    }
}

extension SeededRandom {
    /// Whether something of so many per cent probability happens.
    mutating func chance(_ percent: UInt64) -> Bool {
        next() % 100 < percent
    }

    mutating func between(_ least: Int64, _ most: Int64) -> Int64 {
        least >= most ? least : least + Int64(next() % UInt64(most - least + 1))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }
}
