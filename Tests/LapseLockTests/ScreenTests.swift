import LapseLockWire
import LinuxFixture
import LockFixture
import Testing

extension LapseLockTests {
    @Suite struct ScreenTests {
        private static func contains(_ terminal: LockedTerminal, _ sequence: String) -> Bool {
            String(decoding: terminal.output, as: UTF8.self).contains(sequence)
        }

        /// What a terminal answers, and what is learned from it.
        private static let answers: [(answer: String, screen: LockMessage.Screen?)] = [
            ("", nil),
            ("\u{1B}[?62c", .unknown),
            ("\u{1B}[?1049;2$y\u{1B}[?62c", .main), ("\u{1B}[?1049;4$y\u{1B}[?62c", .main),
            ("\u{1B}[?1049;0$y\u{1B}[?62c", .unknown),
            ("\u{1B}[?1049;0$y\u{1B}[?1047;0$y\u{1B}[?62c", .unknown),
            // libvterm.
            ("\u{1B}[?1049;0$y\u{1B}[?1047;1$y\u{1B}[?1;2c", .alternate),
            ("\u{1B}[?1049;0$y\u{1B}[?1047;2$y\u{1B}[?1;2c", .main),
            ("\u{1B}[?2026;2$y\u{1B}[?1049;1$y\u{1B}[?62c", .alternate),
            ("\u{1B}[?1049;1$y\u{1B}[?62c", .alternate),
            ("\u{1B}[?1049;3$y\u{1B}[?62c", .alternate),
            // The first word counts: another one is somebody's who types.
            ("\u{1B}[?1049;2$y\u{1B}[?62c\u{1B}[?1049;1$y", .main),
            ("\u{1B}[?62c\u{1B}[?1049;1$y", .unknown),
            ("\u{1B}[?1049;1$y\u{1B}[?1049;2$y", .alternate),
            ("abc\u{1B}[?1049;1$yabc", .alternate),
        ]

        @Test(arguments: answers)
        func `the alternate screen is left unless it was there before`(
            answer: String,
            screen: LockMessage.Screen?
        ) throws {
            let terminal = try LockedTerminal()
            terminal.type(answer)
            terminal.pass(milliseconds: 100)
            #expect(terminal.messages == [.ready] + (screen.map { [.screen($0)] } ?? []))
            terminal.expectLeaves()
            #expect(Self.contains(terminal, "\u{1B}[?1049l") == (screen != .alternate))
            #expect(terminal.output.suffix(2) == Array("\u{1B}8".utf8)[...])
        }

        @Test func `an answer counts whenever it comes`() throws {
            let terminal = try LockedTerminal("auth required MODULE sleep:1 off:Code:|x\n")
            terminal.type("\r")
            terminal.pass(milliseconds: 200)
            // PAM is at work and nobody reads; the prompt that comes drops keys, and not this.
            terminal.typeAtOnce("typed\u{1B}[?1049;1$y\u{1B}[?62ctyped")
            #expect(terminal.waitAsked("Code:"))
            terminal.expectLeaves()
            #expect(!Self.contains(terminal, "\u{1B}[?1049l"))
        }

        @Test(arguments: [LockMessage.Screen.unknown, .main, .alternate])
        func `a second locker does not ask, and believes the first`(
            screen: LockMessage.Screen
        ) throws {
            let terminal = try LockedTerminal(isAgain: true, screen: screen)
            #expect(terminal.waitShown("This terminal is locked."))
            terminal.type("\u{1B}[?1049;1$y\u{1B}[?1049;2$y")
            terminal.pass(milliseconds: 100)
            #expect(!Self.contains(terminal, "\u{1B}7"))
            #expect(!Self.contains(terminal, "\u{1B}[?1049h"))
            #expect(terminal.screen.questions == 0)
            terminal.expectLeaves()
            #expect(terminal.messages == [.ready, .left])
            #expect(Self.contains(terminal, "\u{1B}[?1049l") == (screen != .alternate))
        }

        private static let sizes = [(3, 20), (1, 20), (24, 20), (3, 200), (60, 300), (8, 7)]

        @Test(arguments: sizes)
        func `a terminal of any size can be unlocked`(rows: Int, columns: Int) throws {
            let terminal = try LockedTerminal(rows: rows, columns: columns)
            #expect(
                terminal.wait { terminal.screen.cursorText.hasSuffix("unlock.") || columns < 8 }
            )
            terminal.type("\r")
            #expect(terminal.wait { terminal.screen.text.joined().contains("rd:") })
            terminal.expectRightPasswordUnlocks()
        }

        @Test func `a window that changes is drawn anew, at a prompt and before`() throws {
            let terminal = try LockedTerminal()
            #expect(terminal.waitAsked(LockedTerminal.enterPrompt))
            terminal.resize(rows: 10, columns: 30)
            #expect(terminal.waitAsked(LockedTerminal.enterPrompt))
            terminal.begin()
            terminal.resize(rows: 30, columns: 100)
            #expect(terminal.waitAsked(LockedTerminal.passwordPrompt))
            terminal.expectRightPasswordUnlocks()
        }

        @Test func `Ctrl-L draws anew`() throws {
            let terminal = try LockedTerminal()
            terminal.begin()
            terminal.pass(milliseconds: 300)
            let before = terminal.output.count
            terminal.pass(milliseconds: 700)
            #expect(terminal.output.count == before, "nothing is drawn for nothing")
            terminal.type("open \u{C}sesame")
            #expect(terminal.wait { terminal.output.count > before })
            terminal.type("\r")
            #expect(terminal.wait(for: .verified))
        }

        @Test func `what the daemon tells is shown at once, the last three`() throws {
            let terminal = try LockedTerminal()
            terminal.begin()
            for count in 1...4 {
                terminal.send(.tell(Array("It ends in \(5 - count) min.".utf8)))
                #expect(terminal.waitShown("It ends in \(5 - count) min."))
            }
            #expect(!terminal.screen.shows("It ends in 4 min."))
            #expect(terminal.screen.shows("It ends in 3 min."))
            #expect(terminal.screen.cursorText.hasSuffix(LockedTerminal.passwordPrompt))
            terminal.expectRightPasswordUnlocks()
        }

        @Test func `on three rows a warning comes before who locked what`() throws {
            let terminal = try LockedTerminal(rows: 3, columns: 40)
            terminal.send(.tell(Array("It ends in 4 min.".utf8)))
            #expect(terminal.waitShown("It ends in 4 min."))
            let shown = terminal.screen.text.map { $0.drop { $0 == " " } }
            #expect(
                shown == [
                    "This terminal is locked.", "It ends in 4 min.", "Press Enter to unlock.",
                ]
            )
        }

        @Test func `a terminal without UTF-8 gets none`() throws {
            let lines = ["Für Ada: 日本"]
            let latin = try LockedTerminal(isUTF8: false, lines: lines)
            #expect(latin.waitShown("F?r Ada: ??"))
            #expect(!latin.output.contains { $0 >= 0x80 })
            let unicode = try LockedTerminal(lines: lines)
            #expect(unicode.waitShown("Für Ada: 日本"))
        }

        @Test func `a terminal that takes no output can be unlocked all the same`() throws {
            let terminal = try LockedTerminal()
            terminal.begin()
            terminal.fill()
            // Blind; what the daemon says is heard between two attempts to draw.
            terminal.send(.tell(Array("A warning.".utf8)))
            terminal.typeAtOnce(LockedTerminal.password + "\r")
            #expect(terminal.waitWithoutReading(for: .verified))
            terminal.send(.leave)
            #expect(terminal.waitWithoutReading(for: .left))
        }
    }
}
