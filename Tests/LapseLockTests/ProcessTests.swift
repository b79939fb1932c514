import ControlFixture
import Glibc
import LapseLockWire
import LinuxFixture
import LockFixture
import TestRandom
import Testing

extension LapseLockTests {
    @Suite struct ProcessTests {
        /// The bytes of the process's writable memory, a part at a time.
        private static func memory(of pid: Int32, _ body: ([UInt8]) -> Bool) throws -> Bool {
            let file = open("/proc/\(pid)/mem", O_RDONLY | O_CLOEXEC)
            try #require(file >= 0)
            defer { close(file) }
            for line in ProgramRun.contents("/proc/\(pid)/maps").split(separator: "\n") {
                let fields = line.split(separator: " ")
                guard fields[1].contains("w") else { continue }
                let ends = fields[0].split(separator: "-").compactMap { Int($0, radix: 16) }
                var bytes = [UInt8](repeating: 0, count: ends[1] - ends[0])
                let count = pread(file, &bytes, bytes.count, off_t(ends[0]))
                if count > 0, body(Array(bytes[..<count])) { return true }
            }
            return false
        }

        private static func holds(_ pid: Int32, _ text: String) throws -> Bool {
            let wanted = Array(text.utf8)
            return try memory(of: pid) { bytes in
                bytes.indices.dropLast(wanted.count).contains { place in
                    bytes[place] == wanted[0]
                        && bytes[place..<(place + wanted.count)].elementsEqual(wanted)
                }
            }
        }

        /// The second one's module frees what it was told as it is.
        private static let stacks = [
            LockedTerminal.unix,
            "auth required MODULE [off:Password: |\(LockedTerminal.password)]\n"
                + "account required pam_permit.so\n",
        ]

        @Test(arguments: stacks, [1, 100])
        func `a password is in the memory while it is typed, and not after`(
            stack: String,
            piece: Int
        ) throws {
            // What is searched for is behind what malloc writes into memory that was freed.
            let typed = "Xq7 whatever this is, it is not the password"
            let terminal = try LockedTerminal(stack)
            let pid = terminal.program.pid
            terminal.begin()
            var rest = typed[...]
            while !rest.isEmpty {
                terminal.type(String(rest.prefix(piece)))
                rest = rest.dropFirst(piece)
                terminal.pass(milliseconds: piece == 1 ? 5 : 200)
            }
            #expect(terminal.wait { (try? Self.holds(pid, typed)) == true }, "the search finds it")
            terminal.type("\u{3}")
            terminal.pass(milliseconds: 200)
            #expect(try !Self.holds(pid, "not the pass"), "taken back")
            terminal.type(typed + "\r")
            #expect(terminal.wait { terminal.failures == 1 })
            #expect(terminal.waitAsked("Wait..."))
            #expect(try !Self.holds(pid, "not the pass"), "tried and wrong")
            #expect(terminal.waitAsked(LockedTerminal.passwordPrompt))
            terminal.type(LockedTerminal.password + "\r")
            #expect(terminal.wait(for: .verified))
            #expect(terminal.waitAsked("Unlocking..."))
            #expect(try !Self.holds(pid, LockedTerminal.password), "tried and right")
            #expect(try !Self.holds(pid, "not the pass"), "tried and wrong, long ago")
            #expect(
                try Self.holds(pid, "This terminal is locked."),
                "the search finds what is there"
            )
        }

        @Test func `it stays alone with its terminal and the daemon`() throws {
            let terminal = try LockedTerminal()
            terminal.begin()
            let pid = terminal.program.pid
            let place = "/proc/\(pid)"
            #expect(try Descriptors.of(pid) == [0, 1, 2, 3, 4])
            for number in 0...2 { #expect(Self.target("\(place)/fd/\(number)") == "/dev/null") }
            #expect(Self.target("\(place)/fd/3").hasPrefix("socket:"))
            #expect(Self.target("\(place)/fd/4") == terminal.path)
            #expect(getsid(pid) == pid)
            let limits = ProgramRun.contents("\(place)/limits").split(separator: "\n")
            let core = limits.first { $0.hasPrefix("Max core file size") } ?? ""
            #expect(core.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
            // tty_nr of proc(5): no controlling terminal.
            #expect(ProgramRun.contents("\(place)/stat").split(separator: " ")[6] == "0")
            for number in [SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGPIPE] {
                terminal.program.signal(number)
            }
            terminal.pass(milliseconds: 200)
            terminal.expectRightPasswordUnlocks()
        }

        private static func target(_ link: String) -> String {
            var buffer = [CChar](repeating: 0, count: 256)
            let count = readlink(link, &buffer, buffer.count)
            return String(
                decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) },
                as: UTF8.self
            )
        }

        /// The most that one locked terminal may cost, in KiB.
        private static let privateMax = 1_536

        @Test func `a locked terminal costs little, and no more after many attempts`() throws {
            let terminal = try LockedTerminal()
            #expect(terminal.waitAsked(LockedTerminal.enterPrompt))
            let idle = Self.privateKiB(terminal.program.pid)
            terminal.begin()
            let asking = Self.privateKiB(terminal.program.pid)
            var first = 0
            for count in 1...5 {
                terminal.type("wrong\r")
                #expect(terminal.wait { terminal.failures == count })
                #expect(terminal.waitAsked(LockedTerminal.passwordPrompt))
                if count == 1 { first = Self.privateKiB(terminal.program.pid, isWritten: true) }
            }
            let later = Self.privateKiB(terminal.program.pid)
            print(
                "lapse-lock: private KiB: \(idle) idle, \(asking) asking, \(later) after 5 attempts"
            )
            #expect(idle > 0 && idle < Self.privateMax)
            #expect(asking < Self.privateMax && later < Self.privateMax)
            let written = Self.privateKiB(terminal.program.pid, isWritten: true)
            #expect(written <= first + 32, "\(first)")
        }

        /// Private_Clean and Private_Dirty of smaps_rollup, proc(5).
        ///
        /// - Parameters:
        ///   - pid: The process.
        ///   - isWritten: Only what it has written itself; the rest depends on who else has the same
        ///     libraries at the moment.
        /// - Returns: KiB.
        private static func privateKiB(_ pid: Int32, isWritten: Bool = false) -> Int {
            ProgramRun.contents("/proc/\(pid)/smaps_rollup").split(separator: "\n")
                .filter {
                    $0.hasPrefix("Private_Dirty:") || !isWritten && $0.hasPrefix("Private_Clean:")
                }
                .compactMap { Int($0.split(separator: " ")[1]) }
                .reduce(0, +)
        }

        /// In all states: before a prompt, at one that is seen, at one that is not, in a wait.
        @Test func `twenty thousand random texts open nothing, and break nothing`() throws {
            let terminal = try LockedTerminal(
                "auth required MODULE on:Name:|\(LockedTerminal.password.replacing(" ", with: "_"))"
                    + "\naccount required pam_permit.so\n"
            )
            var random = SeededRandom(seed: 20_000)
            let ends: [UInt8] = [0x0A, 0x0D]
            for round in 0..<20_000 {
                var bytes = random.bytes(1...48)
                // Nine of ten without Enter, so that not all fall into waits.
                if round % 10 != 0 { bytes.removeAll { ends.contains($0) } }
                // Kitty's Enter would be pressed by none of these.
                terminal.type(bytes)
                if round % 1_000 == 0 { terminal.type("\r") }
                if terminal.isVerified || terminal.program.hasEnded { break }
            }
            #expect(!terminal.isVerified && !terminal.program.hasEnded)
            #expect(terminal.screen.faults == [])
            #expect(terminal.failures > 0, "some of them were tried")
            terminal.type("\r")
            #expect(terminal.wait { terminal.screen.cursorText.contains("Name:") })
            terminal.pass(milliseconds: 1_500)
            terminal.type("\u{3}\u{15}open_sesame\r")
            #expect(terminal.wait(for: .verified), "\(terminal.screen.text)")
        }
    }
}
