import Testing

@testable import LapsePolicy

/// Each limit at its last good value and at the first bad one.
struct PolicyLimitsTests {
    @Test func `a file may have 1 MiB and not a byte more`() {
        let full = [UInt8](repeating: UInt8(ascii: " "), count: PolicyLimits.fileBytesMax)
        #expect(messages([full]) == [])
        #expect(messages([full + [0x20]]) == ["the file is larger than 1048576 bytes"])
    }

    @Test func `all files together may have 4 MiB and not a byte more`() {
        let full = [UInt8](repeating: UInt8(ascii: " "), count: PolicyLimits.fileBytesMax)
        #expect(messages([full, full, full, full]) == [])
        #expect(
            messages([full, full, full, full, [0x20]])
                == ["the files of the policy have more than 4194304 bytes"]
        )
    }

    @Test func `a policy may have 128 files and not one more`() {
        let files = [[UInt8]](repeating: [], count: PolicyLimits.filesMax)
        #expect(messages(files) == [])
        #expect(messages(files + [[]]) == ["the policy has more than 128 files"])
    }

    @Test func `an array may make a file of 65536 values and not one more`() throws {
        func array(_ elements: Int) -> [UInt8] {
            Array(("a = [" + String(repeating: "1,", count: elements) + "]").utf8)
        }
        // The array itself is a value too.
        let most = PolicyLimits.valuesMax - 1
        #expect(try TOMLReader.read(array(most), file: 0).keys.all.count == 1)
        #expect(faults(array(most + 1)).map(\.message) == ["the file has more than 65536 values"])
    }

    @Test func `headers count as values`() {
        func headers(_ count: Int) -> [UInt8] {
            Array(String(repeating: "[[a]]\n", count: count).utf8)
        }
        #expect(faults(headers(PolicyLimits.valuesMax)) == [])
        #expect(
            faults(headers(PolicyLimits.valuesMax + 1)).map(\.message)
                == ["the file has more than 65536 values"]
        )
    }

    @Test func `a hundred faults of syntax are told and no more`() {
        func lines(_ count: Int) -> [UInt8] {
            Array(String(repeating: "= 1\n", count: count).utf8)
        }
        #expect(messages([lines(99)]).count == 99)
        // Reading stops at the hundredth, so nobody knows whether there is one more.
        #expect(messages([lines(100)]).count == 100)
        #expect(messages([lines(150)]).count == 100)
    }

    @Test func `a hundred unknown keys are told and one word for the rest`() {
        func keys(_ count: Int) -> [UInt8] {
            Array((0..<count).map { "k\($0) = 1\n" }.joined().utf8)
        }
        #expect(messages([keys(100)]).count == 100)
        let told = messages([keys(101)])
        #expect(told.count == 101)
        #expect(told.last == "more than 100 problems, the others are not shown")
    }

    @Test func `a policy may have 4096 rules, of all files together, and not one more`() {
        func rules(_ places: Range<Int>) -> [UInt8] {
            Array(places.map { "[[rule]]\nname = \"\($0)\"\nmode = \"observe\"\n" }.joined().utf8)
        }
        let most = PolicyLimits.rulesMax
        let full = [rules(0..<2_000), rules(2_000..<most)]
        #expect(isRefused(full) == false)
        #expect(isRefused(full + [rules(most..<most + 1)]))
        #expect(messages(full + [rules(most..<most + 2)]).count == 1)
        #expect(messages([rules(0..<most + 1)]) == ["the policy has more than 4096 rules"])
    }

    @Test func `a hundred hints are looked for and no more, in rules as elsewhere`() {
        let rule = "[[rule]]\nname = \"r\"\n"
        let keys = (0..<2_000).map { "idle\($0) = 1\n" }.joined()
        let users = "when.users = [" + String(repeating: "\"\",", count: 2_000) + "]"
        let baselines = "baseline = [" + String(repeating: "\"pci\",", count: 2_000) + "]"
        for text in [rule + keys, rule + users, baselines, "[defaults]\n" + keys] {
            let told = messages([Array(text.utf8)])
            #expect(told.count == 101)
            #expect(told.last == "more than 100 problems, the others are not shown")
        }
    }

    @Test func `a hundred doubts are told and one word for the rest`() {
        let rule = "[[rule]]\nname = \"r\"\nidle = \"5m\"\n"
        for list in ["\"a\",", "\"local\","] {
            let key = list == "\"a\"," ? "users" : "from"
            let text = rule + "when.\(key) = [" + String(repeating: list, count: 2_000) + "]"
            #expect(messages([Array(text.utf8)]).count == 101)
            #expect(isRefused([Array(text.utf8)]) == false)
        }
    }

    @Test func `what rules hide is looked for up to a limit, and the policy is accepted beyond`() {
        let list = (0..<1_000).map { "\"u\($0)\"," }.joined()
        func rule(_ name: String, _ last: String) -> String {
            "[[rule]]\nname = \"\(name)\"\nidle = \"5m\"\nwhen.users = [\(list)\"\(last)\"]\n"
        }
        // One such pair of lists is within the limit, two are beyond.
        #expect(1_001 * 1_001 <= Condition.comparisonsMax)
        #expect(1_001 * 1_001 * 2 > Condition.comparisonsMax)
        let hidden = "the rule `again` can never take effect"
        #expect(messages([Array((rule("a", "x") + rule("again", "x")).utf8)]) == [hidden])
        let three = rule("a", "x") + rule("b", "y") + rule("again", "x")
        #expect(messages([Array(three.utf8)]) == [])
        #expect(isRefused([Array(three.utf8)]) == false)
    }

    @Test func `programs to wait for may be 64 and not one more`() {
        func file(_ count: Int) -> [UInt8] {
            let names = (0..<count).map { "\"p\($0)\"" }.joined(separator: ", ")
            return Array("[defaults]\nkeep-while = [\(names)]".utf8)
        }
        let most = PolicyLimits.programsMax
        #expect(messages([file(most)]) == [])
        let told = "`keep-while` has 65 programs, at most 64 are possible"
        #expect(messages([file(most + 1)]) == [told])
    }

    @Test func `the name of a program may have 255 bytes, a path 4095, and not one more`() {
        func messages(_ program: String) -> [String] {
            self.messages([Array("[defaults]\nkeep-while = \"\(program)\"".utf8)])
        }
        let name = String(repeating: "n", count: PolicyLimits.programNameBytesMax)
        #expect(messages(name) == [])
        #expect(messages(name + "n") == ["the name of a program has at most 255 bytes"])
        #expect(messages("/\(name)/\(name)") == [])
        #expect(messages("/\(name)n/a") == ["each part of a path has at most 255 bytes"])
        let most = PolicyLimits.programPathBytesMax
        let path = String(repeating: "/\(name)", count: most / 256)
        let rest = String(repeating: "n", count: most - path.utf8.count - 1)
        #expect((path + "/" + rest).utf8.count == most)
        #expect(messages(path + "/" + rest) == [])
        #expect(messages(path + "/" + rest + "n") == ["a path has at most 4095 bytes"])
    }

    @Test func `a hundred shells are told and one word for the rest`() {
        let shells = ["ash", "bash", "csh", "dash", "fish", "ksh", "sh", "tcsh", "yash", "zsh"]
        let list = shells.map { "\"\($0)\"" }.joined(separator: ", ")
        let rules = (0..<4_000).map { rule in
            "[[rule]]\nname = \"\(rule)\"\nwhen.users = \(rule)\nkeep-while = [\(list)]\n"
        }
        func told(_ count: Int) -> [String] {
            messages([Array(rules.prefix(count).joined().utf8)])
        }
        #expect(told(10).count == 100)
        #expect(told(11).count == 101)
        #expect(told(4_000).count == 101)
    }

    @Test func `warnings of a list do not push its errors out`() {
        var list = DiagnosticList()
        for _ in 0..<150 {
            list.add(.warning("doubt", nil))
        }
        list.add(.error("fault", nil))
        #expect(list.hasErrors)
        #expect(list.sorted().count == 102)
        #expect(list.sorted().contains { $0.message == "fault" })
    }

    private func isRefused(_ files: [[UInt8]]) -> Bool {
        Policy.load(files.map { PolicySource(name: "f", bytes: $0) }).policy == nil
    }

    private func messages(_ files: [[UInt8]]) -> [String] {
        Policy.load(files.map { PolicySource(name: "f", bytes: $0) }).diagnostics.map(\.message)
    }
}
