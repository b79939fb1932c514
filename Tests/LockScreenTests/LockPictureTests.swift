import LockFixture
import LockScreen
import TestRandom
import Testing

@Suite struct LockPictureTests {
    private static func picture(
        _ lines: [String],
        _ prompt: String,
        notes: [String] = []
    ) -> LockPicture {
        var picture = LockPicture()
        picture.lines = lines.map { Array($0.utf8) }
        picture.prompt = Array(prompt.utf8)
        picture.notes = notes.map { Array($0.utf8) }
        return picture
    }

    private static func shown(
        _ picture: LockPicture,
        rows: Int,
        columns: Int,
        isUTF8: Bool = true
    ) -> TextScreen {
        var screen = TextScreen(rows: rows, columns: columns)
        screen.feed(LockPicture.enter)
        screen.feed(picture.paint(rows: rows, columns: columns, isUTF8: isUTF8))
        return screen
    }

    private static let usual = picture(
        ["This terminal is locked.", "ada on host since 14:03."],
        "Password: ",
        notes: ["That was not right."]
    )

    @Test func `the last words stand below the line with the cursor`() {
        var screen = TextScreen()
        screen.mayEndLines = true
        screen.put("Lapse: this session is idle.", row: 0)
        screen.put("$ make", row: 7)
        screen.feed(LockPicture.enter)
        screen.feed(Self.usual.paint(rows: 24, columns: 80, isUTF8: true))
        screen.feed(LockPicture.leave(keepsAlternate: false))
        screen.feed(LockPicture.farewell(Array("It ends.".utf8), columns: 80, isUTF8: true))
        #expect(screen.text[0] == "Lapse: this session is idle.")
        #expect(Array(screen.text[7...8]) == ["$ make", "It ends."])
        #expect(screen.row == 9 && screen.column == 0)
        #expect(screen.faults == [])
    }

    @Test func `there is room between the parts where the screen has room`() {
        let screen = Self.shown(Self.usual, rows: 24, columns: 80)
        #expect(
            Array(screen.text.prefix(8)) == [
                "", "  This terminal is locked.", "  ada on host since 14:03.", "", "  Password:",
                "",
                "  That was not right.", "",
            ]
        )
        #expect(screen.cursorText == "  Password: ")
        #expect(screen.faults == [])
    }

    private static let small: [(rows: Int, text: [String])] = [
        (1, ["Password:"]),
        (2, ["Password:", "That was not right."]),
        (3, ["This terminal is locked.", "Password:", "That was not right."]),
        (
            4,
            [
                "This terminal is locked.", "ada on host since 14:03.", "Password:",
                "That was not right.",
            ]
        ),
    ]

    @Test(arguments: small)
    func `on a small screen the prompt stays`(rows: Int, text: [String]) {
        let screen = Self.shown(Self.usual, rows: rows, columns: 30)
        #expect(screen.text == text)
        #expect(screen.cursorText == "Password: ")
        #expect(screen.faults == [])
    }

    @Test func `on a narrow screen all is broken into rows`() {
        let screen = Self.shown(Self.usual, rows: 12, columns: 20)
        #expect(
            screen.text == [
                "", "This terminal is", "locked.", "ada on host since", "14:03.", "", "Password:",
                "",
                "That was not right.", "", "", "",
            ]
        )
        #expect(screen.faults == [])
    }

    @Test func `of a prompt that is too long its end is shown`() {
        let typed = String(repeating: "x", count: 300) + "end"
        let screen = Self.shown(Self.picture(["a"], typed), rows: 6, columns: 20)
        #expect(screen.cursorText.hasSuffix("xend"))
        #expect(screen.text.first == "a")
        #expect(screen.faults == [])
    }

    @Test func `of the notes the last eight rows are shown`() {
        let notes = (1...12).map { "note \($0)" }
        let screen = Self.shown(Self.picture(["a"], "b", notes: notes), rows: 40, columns: 80)
        let shown = screen.text.filter { $0.contains("note") }
        #expect(shown == (5...12).map { "  note \($0)" })
    }

    @Test func `a terminal that does not know its size is taken for one of 80 by 24`() {
        #expect(
            Self.usual.paint(rows: 0, columns: 0, isUTF8: true)
                == Self.usual.paint(rows: 24, columns: 80, isUTF8: true)
        )
    }

    @Test func `on any size nothing reaches the last column or a row too many`() {
        var random = SeededRandom(seed: 3)
        let pieces = [
            "a", "word ", "日本", "ä", "😀", "\n", "\t", " ", "\u{1B}[2J", "\u{9B}", "\u{202E}",
        ]
        func text(_ count: Int) -> [UInt8] {
            (0..<Int.random(in: 0...count, using: &random)).flatMap { _ in
                Int.random(in: 0..<20, using: &random) == 0
                    ? random.bytes(1...3) : Array((pieces.randomElement(using: &random) ?? "").utf8)
            }
        }
        for round in 0..<3_000 {
            var picture = LockPicture()
            picture.lines = (0..<(round % 7)).map { _ in text(40) }
            picture.notes = (0..<(round % 11)).map { _ in text(60) }
            picture.prompt = text(80) + Array("\nend".utf8)
            let rows = Int.random(in: 1...30, using: &random)
            let columns = Int.random(in: 6...100, using: &random)
            let isUTF8 = round % 3 != 0
            let screen = Self.shown(picture, rows: rows, columns: columns, isUTF8: isUTF8)
            guard screen.faults == [], screen.cursorText.hasSuffix("end") else {
                Issue.record("\(rows) by \(columns), \(picture): \(screen.faults) \(screen.text)")
                return
            }
        }
    }

    @Test func `leaving brings back the screen and the cursor`() {
        var screen = TextScreen()
        screen.put("$ make", row: 4)
        screen.feed(LockPicture.enter)
        screen.feed(Self.usual.paint(rows: 24, columns: 80, isUTF8: true))
        #expect(screen.isAlternate && !screen.shows("make") && screen.shows("Password"))
        #expect(screen.questions == 2)
        screen.feed(LockPicture.leave(keepsAlternate: false))
        #expect(!screen.isAlternate && screen.text[4] == "$ make" && !screen.shows("Password"))
        #expect(screen.row == 4 && screen.column == 6)
        #expect(screen.faults == [])
    }

    @Test func `an application on the alternate screen stays there, and finds it empty`() {
        var screen = TextScreen()
        screen.feed(Array("\u{1B}[?1049h".utf8))
        screen.feed(LockPicture.enter)
        screen.feed(Self.usual.paint(rows: 24, columns: 80, isUTF8: true))
        screen.feed(LockPicture.leave(keepsAlternate: true))
        #expect(screen.isAlternate && screen.text.allSatisfy { $0.isEmpty })
    }
}
