import Testing

@testable import LapseCommands

@Suite struct TextTableTests {
    private static func table() -> TextTable {
        var table = TextTable([.init("ID"), .init("NAME", cutTo: 4), .init("PLACE", cutTo: 3)])
        table.add(["1", "a long name", "somewhere else"])
        table.add(["22", "波布", ""])
        return table
    }

    @Test func `columns line up, and no line ends in spaces`() {
        #expect(
            Self.table().text(width: nil) == """
                ID  NAME         PLACE
                1   a long name  somewhere else
                22  波布

                """
        )
    }

    @Test func `the widest cells are cut until the table fits`() {
        #expect(
            Self.table().text(width: 24) == """
                ID  NAME       PLACE
                1   a long n…  somewher…
                22  波布

                """
        )
        for width in 13...40 {
            let lines = Self.table().text(width: width).split(separator: "\n")
            #expect(lines.allSatisfy { TextWidth.of(String($0)) <= width }, "\(width)")
        }
    }

    @Test func `a table that cannot be made to fit runs over and hides no id`() {
        #expect(
            Self.table().text(width: 5) == """
                ID  NAME  PL…
                1   a l…  so…
                22  波布

                """
        )
    }

    @Test func `a table without rows is its heading`() {
        #expect(TextTable([.init("A"), .init("B")]).text(width: 80) == "A  B\n")
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("波布", 4), ("\u{1F600}", 2), ("ｆ", 2),
        ("мир", 3), ("…", 1),
    ])
    func `a text takes as many columns as a terminal gives it`(text: String, width: Int) {
        #expect(TextWidth.of(text) == width)
    }

    @Test(arguments: [
        ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("波布", 3, "波…"), ("波布", 2, "…"), ("abc", 1, "…"),
        ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
    ])
    func `a text is cut between characters`(text: String, width: Int, expected: String) {
        #expect(TextWidth.cut(text, to: width) == expected)
    }
}
