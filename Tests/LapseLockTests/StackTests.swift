import LapseLockWire
import LinuxFixture
import LockFixture
import Testing

extension LapseLockTests {
    @Suite struct StackTests {
        private static let permit = "\naccount required pam_permit.so\n"

        @Test func `two prompts, one of them seen`() throws {
            let terminal = try LockedTerminal(
                "auth required MODULE off:Password:|one [on:Your code: |two]" + Self.permit
            )
            terminal.begin("Password:")
            terminal.type("one\r")
            #expect(terminal.waitAsked("Your code: "))
            terminal.type("twx\u{8}")
            #expect(terminal.waitAsked("Your code: tw"))
            terminal.type("o\u{1B}[2J\u{1B}")
            terminal.pass(milliseconds: 300)
            #expect(terminal.waitAsked("Your code: "))
            terminal.type("two\r")
            #expect(terminal.wait(for: .verified))
            terminal.expectLeaves()
        }

        @Test func `two prompts in one conversation, of which the second can be wrong`() throws {
            let terminal = try LockedTerminal(
                "auth required MODULE pair:A:|one|B:|two" + Self.permit
            )
            terminal.begin("A:")
            terminal.type("one\r")
            #expect(terminal.waitAsked("B:"))
            terminal.type("three\r")
            #expect(terminal.wait { terminal.failures == 1 })
            #expect(terminal.waitAsked("A:"))
            terminal.type("one\rtwo\r")
            #expect(terminal.waitAsked("B:"))
            #expect(!terminal.isVerified, "the second was typed before it was asked for")
            terminal.type("two\r")
            #expect(terminal.wait(for: .verified))
        }

        @Test func `texts of modules are shown without their commands`() throws {
            let texts = (1...10).map { "[info:note \($0)]" }.joined(separator: " ")
            let terminal = try LockedTerminal(
                "auth required MODULE \(texts) [error:\u{1B}[2J\u{9B}Jbad\u{7}] [off:P\u{1B}[31m: |x]"
                    + Self.permit
            )
            terminal.begin("P?[31m: ")
            let notes = terminal.screen.text.filter { $0.contains("note") }
            #expect(notes == (4...10).map { "  note \($0)" })
            #expect(terminal.screen.shows("?[2J?Jbad?"))
            terminal.type("x\r")
            #expect(terminal.wait(for: .verified))
            #expect(terminal.screen.faults == [])
        }

        @Test func `pam_echo shows its file`() throws {
            let terminal = try LockedTerminal(
                "auth optional pam_echo.so file=DIRECTORY/text\n" + LockedTerminal.unix
            )
            terminal.begin()
            #expect(terminal.screen.shows("Beware of the leopard."))
            terminal.expectRightPasswordUnlocks()
        }

        @Test func `pam_faillock counts, and its word is shown`() throws {
            let options = "dir=DIRECTORY/tally deny=2"
            let terminal = try LockedTerminal(
                """
                auth required pam_faillock.so preauth \(options)
                auth sufficient pam_unix.so nodelay
                auth [default=die] pam_faillock.so authfail \(options)
                account required pam_faillock.so
                account required pam_unix.so

                """
            )
            terminal.begin()
            for count in 1...2 {
                terminal.type("wrong\r")
                #expect(terminal.wait { terminal.failures == count })
                #expect(terminal.waitAsked(LockedTerminal.passwordPrompt))
            }
            #expect(terminal.screen.shows("locked"), "\(terminal.screen.text)")
            terminal.type(LockedTerminal.password + "\r")
            #expect(terminal.wait { terminal.failures == 3 || terminal.isVerified })
            #expect(!terminal.isVerified)
        }

        @Test func `a stack that asks nothing unlocks at Enter, or fails once for each`() throws {
            let open = try LockedTerminal("auth required pam_permit.so" + Self.permit)
            open.type("\r")
            #expect(open.wait(for: .verified))
            let shut = try LockedTerminal("auth required pam_deny.so" + Self.permit)
            shut.type("\r")
            #expect(shut.wait { shut.failures == 1 })
            shut.pass(milliseconds: 2_500)
            #expect(shut.failures == 1)
            #expect(shut.screen.cursorText.hasSuffix(LockedTerminal.enterPrompt))
        }

        /// Numbers of <security/_pam_types.h>.
        private static let accounts: [(code: Int, isVerified: Bool, message: String)] = [
            (0, true, ""),
            (12, true, ""),  // PAM_NEW_AUTHTOK_REQD
            (6, false, "failed Permission denied"),
            (7, false, "failed Authentication failure"),
            (13, false, "failed User account has expired"),
            (10, false, "failed User not known"),
            (26, false, "unable Critical error"),
            (4, false, "unable System error"),
            (9, false, "unable Authentication service cannot retrieve"),
        ]

        @Test(arguments: accounts)
        func `the account has its say`(code: Int, isVerified: Bool, message: String) throws {
            let terminal = try LockedTerminal(
                "auth required pam_permit.so\naccount required MODULE return:\(code)\n"
            )
            terminal.type("\r")
            #expect(terminal.wait { terminal.messages.count == 2 })
            #expect(terminal.isVerified == isVerified)
            switch terminal.messages.last {
            case .failed(let text):
                #expect(("failed " + String(decoding: text, as: UTF8.self)).hasPrefix(message))
            case .unable(let text):
                #expect(("unable " + String(decoding: text, as: UTF8.self)).hasPrefix(message))
                #expect(terminal.waitShown("Re-authentication is not possible now: "))
            case .verified: #expect(message == "")
            default: Issue.record("\(terminal.messages)")
            }
        }

        @Test func `a module that is missing makes it unable, not open`() throws {
            let terminal = try LockedTerminal("auth required /nowhere/pam_no.so" + Self.permit)
            let start = LockedTerminal.now
            terminal.type("\r")
            #expect(terminal.wait { terminal.messages.count == 2 })
            guard case .unable = terminal.messages.last else {
                Issue.record("\(terminal.messages)")
                return
            }
            terminal.type("\r\r\r")
            #expect(terminal.waitAsked(LockedTerminal.enterPrompt))
            #expect(LockedTerminal.now - start >= 3_000)
            #expect(terminal.messages.count == 2)
        }

        @Test func `a module that makes somebody else of the user opens nothing`() throws {
            for stack in [
                "auth required MODULE user:root" + Self.permit,
                "auth required pam_permit.so\naccount required MODULE user:root\n",
            ] {
                let terminal = try LockedTerminal(stack)
                terminal.type("\r")
                #expect(terminal.wait { terminal.messages.count == 2 })
                #expect(terminal.messages.last == .failed(Array("Permission denied".utf8)))
            }
        }

        @Test func `modules find a clean environment`() throws {
            let terminal = try LockedTerminal("auth required MODULE environment" + Self.permit)
            terminal.type("\r")
            #expect(terminal.wait(for: .verified))
        }

        @Test func `modules may have children, and what they print goes nowhere`() throws {
            let terminal = try LockedTerminal("auth required MODULE fork print fork" + Self.permit)
            terminal.type("\r")
            #expect(terminal.wait(for: .verified))
            terminal.expectLeaves()
            #expect(!String(decoding: terminal.output, as: UTF8.self).contains("printed"))
        }

        @Test func `a module that hangs ends the locker, a prompt that waits does not`() throws {
            let hung = try LockedTerminal("auth required MODULE sleep:60\n", moduleSeconds: 1)
            let start = LockedTerminal.now
            hung.type("\r")
            // 128 + SIGALRM.
            #expect(hung.status() == 142)
            #expect(LockedTerminal.now - start >= 900)
            let asking = try LockedTerminal(moduleSeconds: 1)
            asking.begin()
            asking.pass(milliseconds: 2_500)
            asking.expectRightPasswordUnlocks()
        }
    }
}
