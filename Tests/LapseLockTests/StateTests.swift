import ControlFixture
import Glibc
import LapseLockWire
import LinuxFixture
import LockFixture
import Testing

extension LapseLockTests {
    @Suite struct StateTests {
        enum State: CaseIterable {
            case start
            case asking
            case typing
            case resting
            case verified
            case closed
            case gone

            func reach() throws -> LockedTerminal {
                let terminal = try LockedTerminal()
                switch self {
                case .start: #expect(terminal.waitAsked(LockedTerminal.enterPrompt))
                case .asking: terminal.begin()
                case .typing:
                    terminal.begin()
                    terminal.type("half a pass")
                case .resting:
                    terminal.begin()
                    terminal.type("wrong\r")
                    #expect(terminal.waitAsked("Wait..."))
                    #expect(terminal.wait { terminal.failures == 1 })
                case .verified:
                    terminal.begin()
                    terminal.type(LockedTerminal.password + "\r")
                    #expect(terminal.wait(for: .verified))
                case .closed:
                    terminal.begin()
                    terminal.allowLineEnds()
                    terminal.send(.close(Array("It ends.".utf8)))
                    #expect(terminal.waitShown("It ends."))
                case .gone:
                    terminal.begin()
                    terminal.hangUp()
                }
                return terminal
            }
        }

        @Test(arguments: State.allCases)
        func `it leaves at once when it is told to`(state: State) throws {
            let terminal = try state.reach()
            terminal.pass(milliseconds: 100)
            let output = terminal.output.count
            terminal.send(.leave)
            #expect(terminal.wait(for: .left))
            #expect(terminal.status() == 0)
            // No wait was waited out first: a prompt would have followed.
            let after = String(decoding: terminal.output[output...], as: UTF8.self)
            #expect(!after.contains("assword") && !after.contains("Enter"))
            #expect(!terminal.screen.isAlternate || state == .gone)
            #expect(terminal.screen.faults == [])
        }

        @Test(arguments: State.allCases)
        func `when the daemon dies it ends, and touches nothing`(state: State) throws {
            let terminal = try state.reach()
            terminal.pass(milliseconds: 200)
            let output = terminal.output.count
            terminal.hangUpDaemon()
            // The pty is read on, so that anything written shows.
            let end = LockedTerminal.now + 5_000
            while !terminal.program.hasEnded, LockedTerminal.now < end {
                terminal.pass(milliseconds: 20)
            }
            terminal.pass(milliseconds: 50)
            #expect(terminal.program.hasEnded && terminal.program.wait() == 1)
            #expect(terminal.output.count == output)
        }

        @Test(arguments: [State.start, .asking, .typing, .resting, .verified])
        func `a session that ends gets its words, and no keys`(state: State) throws {
            let terminal = try state.reach()
            terminal.allowLineEnds()
            terminal.send(.close(Array("This session ends: 8 hours \u{1B}[2J are over.".utf8)))
            #expect(terminal.waitShown("This session ends: 8 hours ?[2J are over."))
            #expect(!terminal.screen.isAlternate)
            let output = terminal.output.count
            let before = terminal.messages
            terminal.send(.tell(Array("Too late.".utf8)))
            terminal.resize(rows: 20, columns: 70)
            terminal.type(
                LockedTerminal.password + "\r\u{C}\r" + String(repeating: "x", count: 20_000)
            )
            terminal.pass(milliseconds: 600)
            #expect(terminal.output.count == output)
            #expect(terminal.messages == before)
            #expect(!terminal.program.hasEnded)
            #expect(terminal.screen.faults == [])
        }

        @Test func `a terminal that has hung up costs nothing and opens nothing`() throws {
            let terminal = try State.gone.reach()
            terminal.pass(milliseconds: 200)
            let before = Self.ticks(terminal.program.pid)
            terminal.pass(milliseconds: 1_500)
            #expect(Self.ticks(terminal.program.pid) - before <= 1)
            #expect(!terminal.program.hasEnded && terminal.messages == [.ready])
        }

        /// utime and stime of proc(5), in hundredths of a second.
        private static func ticks(_ pid: Int32) -> Int {
            let fields = ProgramRun.contents("/proc/\(pid)/stat").split(separator: " ")
            return (Int(fields[13]) ?? 0) + (Int(fields[14]) ?? 0)
        }

        private static let noBeginnings: [[UInt8]] = [
            [], [3], [2, 0x61, 0], [0xFF, 0xFF], [1], [1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0],
            [UInt8](repeating: 0x61, count: 9_000),
        ]

        @Test(arguments: noBeginnings)
        func `without a lock and its terminal there is no locker`(packet: [UInt8]) throws {
            let beginning = try Beginning()
            beginning.send(packet)
            let status = beginning.program.wait()
            #expect(status == (packet.isEmpty ? 1 : 2))
        }

        @Test func `it speaks first where the service manager has started it, and only there`()
            throws
        {
            let served = try Beginning(["--served"])
            #expect(served.word(within: 10_000) == LockMessage.here.encode())
            let child = try Beginning()
            #expect(child.word(within: 300) == nil)
        }

        @Test func `packets that are none are passed over`() throws {
            let terminal = try State.asking.reach()
            for packet: [UInt8] in [
                [0xFF], [2], [4, 0x61], [7, 0x61, 0], [8], [1, 0, 0, 0, 0, 0],
            ] {
                terminal.send(packet, descriptor: 2)
            }
            terminal.pass(milliseconds: 200)
            let files = try Descriptors.of(terminal.program.pid)
            #expect(files == [0, 1, 2, 3, 4], "no descriptor that came along is kept")
            terminal.expectRightPasswordUnlocks()
        }
    }
}
