import LapseCore
import LapseLinux
import Testing

@testable import LapseDaemon

/// What the witnesses of a session come to together; moments in seconds.
@Suite struct WitnessesTests {
    private static func at(_ seconds: Double) -> BootInstant {
        BootInstant(nanoseconds: Int64(seconds * 1_000_000_000))
    }

    /// A session of ssh with a terminal that was read at `input`, and a connection whose last byte
    /// came at `byte`.
    private static func ssh(
        input: Double,
        byte: Double,
        keepAlive: Bool = false,
        backing: Double? = nil
    ) -> Witnesses {
        var terminals = TerminalReading()
        (terminals.input, terminals.output) = (at(input), at(input))
        (terminals.hasTerminal, terminals.place) = (true, "/dev/pts/1")
        var witnesses = Witnesses(terminals: terminals)
        witnesses.isOverSSH = true
        witnesses.connection = .measured(
            ConnectionReading.Traffic(
                began: at(0),
                received: nil,
                sent: nil,
                lastByte: at(byte),
                lastBacking: at(backing ?? byte),
                isKeepAlive: keepAlive,
                isUndecided: false,
                keepAlive: keepAlive ? keptAlive : nil
            )
        )
        return witnesses
    }

    private static let keptAlive = KeepAliveSeen(period: .seconds(15), received: 52, sent: 28)

    private static func console(input: Double, output: Double) -> Witnesses {
        var witnesses = ssh(input: input, byte: 0)
        (witnesses.isOverSSH, witnesses.connection) = (false, .none)
        witnesses.terminals.output = at(output)
        return witnesses
    }

    private static func over(at moment: Double) -> WorkReading {
        var reading = WorkReading()
        reading.end = WorkReading.Work(at: at(moment), what: "sleep[7]")
        return reading
    }

    // MARK: The end of a job

    @Test func `over ssh the key that ended a job came with the last byte, and stays known`() {
        var backing = InputBacking()
        var witnesses = Self.ssh(input: 10, byte: 60)
        #expect(backing.weigh(witnesses).input == Self.at(10))
        witnesses.work = Self.over(at: 90)
        #expect(backing.weigh(witnesses).input == Self.at(60))
        #expect(backing.weigh(witnesses).work == nil)
        witnesses.work = WorkReading()
        witnesses.terminals.noInputSince = Self.at(10)
        let later = backing.weigh(witnesses)
        #expect(later.input == Self.at(60) && later.noInputSince == Self.at(60))
    }

    @Test func `a job over ssh that ended by itself, with no byte since, is no hand's`() {
        for witnesses in [
            Self.ssh(input: 10, byte: 9.9),
            Self.ssh(input: 10, byte: 88, keepAlive: true, backing: 10),
        ] {
            var backing = InputBacking()
            var witnesses = witnesses
            witnesses.work = Self.over(at: 90)
            #expect(backing.weigh(witnesses).input == Self.at(10))
            #expect(backing.weigh(witnesses).work == nil)
        }
    }

    @Test(arguments: [(output: 64.0, counted: 64.0), (120, 90)])
    func `on a console it counts like work, as of the prompt that the shell wrote`(
        output: Double,
        counted: Double
    ) {
        var witnesses = Self.console(input: 10, output: output)
        witnesses.work = Self.over(at: 90)
        #expect(witnesses.evidence.input == Self.at(10))
        let work = Evidence.Work(at: Self.at(counted), what: "sleep[7]")
        #expect(witnesses.evidence.work == work)
    }

    @Test func `work that was seen is worth more than an end`() {
        var witnesses = Self.console(input: 10, output: 64)
        witnesses.work = Self.over(at: 90)
        witnesses.work?.work = WorkReading.Work(at: Self.at(90), what: "make[8]")
        #expect(witnesses.evidence.work?.what == "make[8]")
        #expect(witnesses.evidence.work?.at == Self.at(90))
    }

    // MARK: What the connection backs

    @Test func `input that no byte came for counts as of the last byte`() {
        var backing = InputBacking()
        let evidence = backing.weigh(Self.ssh(input: 50, byte: 20))
        #expect(evidence.input == Self.at(20))
        #expect(evidence.noInputSince == Self.at(20))
        #expect(evidence.suspicions.isEmpty)
    }

    @Test func `input within a second of the last byte is that byte`() {
        var backing = InputBacking()
        let witnesses = Self.ssh(input: 20.9, byte: 20)
        #expect(backing.weigh(witnesses) == witnesses.evidence)
    }

    @Test func `three looks in a row that find such reads, and nothing that waits, tell a deceit`()
    {
        var backing = InputBacking()
        var told: [Int] = []
        for look in 1...4 {
            let evidence = backing.weigh(Self.ssh(input: 50 + Double(look), byte: 20))
            told.append(evidence.suspicions.count)
        }
        #expect(told == [0, 0, 1, 1])
        var typedAhead = InputBacking()
        for look in 1...4 {
            var witnesses = Self.ssh(input: 50 + Double(look), byte: 20)
            witnesses.terminals.hasWaiting = true
            #expect(typedAhead.weigh(witnesses).suspicions.isEmpty)
        }
    }

    @Test func `keep-alives back no input once they were seen while nothing was read`() {
        var backing = InputBacking()
        // The first look finds a read, if an old one.
        for look in 1...4 {
            let quiet = Self.ssh(input: 5, byte: Double(look) * 15, keepAlive: true, backing: 5)
            _ = backing.weigh(quiet)
        }
        let evidence = backing.weigh(Self.ssh(input: 60, byte: 60, keepAlive: true, backing: 5))
        #expect(evidence.input == Self.at(5))
        var typing = InputBacking()
        for look in 1...4 {
            let moment = Double(look) * 15
            let keys = Self.ssh(input: moment, byte: moment, keepAlive: true, backing: 5)
            #expect(typing.weigh(keys).input == Self.at(moment))
        }
    }

    @Test func `keep-alives are told once, with what was seen`() {
        var backing = InputBacking()
        let quiet = Self.ssh(input: 5, byte: 15, keepAlive: true, backing: 5)
        #expect(backing.weigh(quiet).suspicions == [.keepAlives(Self.keptAlive)])
        #expect(backing.weigh(quiet).suspicions.isEmpty)
    }

    @Test func `a console's input needs no byte`() {
        var backing = InputBacking()
        let witnesses = Self.console(input: 500, output: 20)
        #expect(backing.weigh(witnesses) == witnesses.evidence)
    }
}
