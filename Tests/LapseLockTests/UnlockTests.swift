import LapseLockWire
import LinuxFixture
import LockFixture
import Testing

extension LapseLockTests {
    @Suite struct UnlockTests {
        @Test func `the right password unlocks, and the screen is as it was`() throws {
            let terminal = try LockedTerminal(isReady: false)
            terminal.put("$ make", row: 3)
            #expect(terminal.wait(for: .ready))
            #expect(terminal.waitShown("This terminal is locked."))
            #expect(terminal.screen.isAlternate)
            terminal.begin()
            terminal.type(LockedTerminal.password)
            terminal.pass(milliseconds: 100)
            #expect(terminal.screen.cursorText.hasSuffix(": "), "nothing of it is shown")
            #expect(terminal.messages == [.ready])
            terminal.type("\r")
            #expect(terminal.wait(for: .verified))
            // It waits for the daemon's word, and swallows.
            terminal.type("rm -rf /\r")
            terminal.pass(milliseconds: 300)
            #expect(terminal.screen.isAlternate)
            terminal.expectLeaves()
            #expect(terminal.messages == [.ready, .verified, .left])
            #expect(terminal.screen.text[3] == "$ make" && !terminal.screen.isAlternate)
            #expect(terminal.screen.row == 3 && terminal.screen.column == 6)
        }

        @Test func `a wrong one is told, and the wait grows`() throws {
            let terminal = try LockedTerminal()
            terminal.begin()
            for count in 1...3 {
                let start = LockedTerminal.now
                terminal.type("wrong\r")
                #expect(terminal.wait { terminal.failures == count })
                #expect(terminal.waitShown("That was not right."))
                #expect(terminal.waitAsked("Wait..."))
                // What is typed in the wait is not used.
                terminal.type(LockedTerminal.password + "\r")
                #expect(terminal.waitAsked(LockedTerminal.passwordPrompt))
                let waited = LockedTerminal.now - start
                #expect((count * 1_000..<count * 1_000 + 3_000).contains(waited), "\(waited)")
            }
            let text = Array("Authentication failure".utf8)
            #expect(terminal.messages.dropFirst() == [.failed(text), .failed(text), .failed(text)])
            terminal.expectRightPasswordUnlocks()
        }

        @Test func `what a module wants to pass passes as well, and the daemon is heard`() throws {
            // pam_unix wants two seconds, of which libpam takes up to a half away or puts it to it.
            let terminal = try LockedTerminal(
                "auth required pam_unix.so\naccount required pam_unix.so\n"
            )
            terminal.begin()
            let start = LockedTerminal.now
            terminal.type("wrong\r")
            // Told at once: libpam itself would have slept first.
            #expect(terminal.wait { terminal.failures == 1 })
            #expect(LockedTerminal.now - start < 900)
            #expect(terminal.waitAsked(LockedTerminal.passwordPrompt))
            #expect(LockedTerminal.now - start >= 2_000)
            terminal.type("wrong\r")
            #expect(terminal.wait { terminal.failures == 2 })
            terminal.expectLeaves()
        }

        @Test func `what is typed ahead of the prompt is not used`() throws {
            let terminal = try LockedTerminal("auth required MODULE sleep:1 off:Code:|x\n")
            terminal.typeAtOnce("\rx\rx\r")
            terminal.pass(milliseconds: 300)
            terminal.typeAtOnce("x\rx\rx")
            #expect(terminal.waitAsked("Code:"))
            terminal.pass(milliseconds: 500)
            #expect(terminal.messages == [.ready])
            // Nothing is in the line either.
            terminal.type("\r")
            #expect(terminal.wait { terminal.failures == 1 })
            #expect(!terminal.isVerified)
        }

        @Test func `only Enter starts PAM`() throws {
            let terminal = try LockedTerminal(
                "auth required pam_permit.so\naccount required pam_permit.so\n"
            )
            terminal.type("open sesame \u{1B}[A\u{1B}[200~text\u{1B}[201~\u{3}\u{4}\u{1B}")
            terminal.pass(milliseconds: 500)
            #expect(terminal.messages == [.ready])
            #expect(terminal.screen.cursorText.hasSuffix(LockedTerminal.enterPrompt))
            terminal.type("\r")
            #expect(terminal.wait(for: .verified))
        }

        private static let edits: [String] = [
            "wrong\u{3}", "wrong\u{4}", "wrong\u{1A}", "wrong\u{1C}", "wrong\u{15}", "\u{3}\u{4}",
            "wrongs\u{8}\u{7F}\u{8}\u{7F}\u{8}\u{7F}", "wrong wrong\u{17}\u{17}",
            "\u{1B}[200~wrong\u{1B}[201~\u{1B}[99;5u",
            "\u{1B}[I\u{1B}[<0;3;3M\u{1B}[<0;3;3m\u{1B}[M !!",
            "wrong\u{C}\u{15}",
        ]

        @Test(arguments: edits)
        func `what was taken back is no part of the answer`(typed: String) throws {
            let terminal = try LockedTerminal()
            terminal.begin()
            terminal.type(typed)
            terminal.expectRightPasswordUnlocks()
            #expect(terminal.failures == 0)
        }

        @Test func `Escape alone takes the line back`() throws {
            let terminal = try LockedTerminal()
            terminal.begin()
            terminal.type("wrong\u{1B}")
            terminal.pass(milliseconds: 400)
            terminal.expectRightPasswordUnlocks()
        }

        @Test func `a password between sequences, and as numbers, is the password`() throws {
            for typed in [
                "open \u{1B}[I\u{1B}[A\u{1B}[<0;1;1Msesame", "\u{1B}[200~open sesame\u{1B}[201~",
                "op\u{1B}[101u\u{1B}[110;1:1u\u{1B}[110;1:3u sesame", "op\u{1B}[27;1;101~n sesame",
            ] {
                let terminal = try LockedTerminal()
                terminal.begin()
                terminal.type(typed + "\r")
                #expect(terminal.wait(for: .verified), "\(typed.debugDescription)")
            }
        }

        @Test func `a paste of ten megabytes is swallowed fast, and is no try`() throws {
            let terminal = try LockedTerminal()
            terminal.begin()
            let paste = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000_000)
            let start = LockedTerminal.now
            terminal.type(paste)
            #expect(LockedTerminal.now - start < 5_000)
            terminal.type("\r")
            #expect(terminal.waitShown("That was too long, and was not tried."))
            #expect(terminal.waitAsked(LockedTerminal.passwordPrompt))
            #expect(terminal.messages == [.ready])
            terminal.expectRightPasswordUnlocks()
        }

        /// The beginning of what was typed is the password; what was typed is not.
        @Test func `an answer that is too long is not cut`() throws {
            let right = String(repeating: "a", count: 512)
            let terminal = try LockedTerminal(
                "auth required MODULE off:Code:|\(right)\naccount required pam_permit.so\n"
            )
            terminal.begin("Code:")
            terminal.type(right + "b\r")
            #expect(terminal.waitShown("That was too long"))
            #expect(!terminal.isVerified)
            terminal.type(right + "\r")
            #expect(terminal.wait(for: .verified))
        }
    }
}
