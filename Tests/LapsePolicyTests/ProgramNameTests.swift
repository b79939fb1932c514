import Testing

@testable import LapsePolicy

struct ProgramNameTests {
    @Test(arguments: [
        ("make", "/usr/bin/make", true),
        ("make", "/home/alice/make", true),
        ("make", "/usr/bin/cmake", false),
        ("make", "/usr/bin/make/x", false),
        ("make", "/usr/bin/Make", false),
        ("make", "/usr/bin/make (deleted)", false),
        ("make", "/usr/bin/\u{301}make", false),
        ("\u{301}make", "/usr/bin/\u{301}make", true),
        ("make", "make", true),
        ("make", "/", false),
        ("make", "", false),
        ("/usr/bin/make", "/usr/bin/make", true),
        ("/usr/bin/make", "/home/alice/make", false),
        ("/usr/bin/make", "/home/alice/usr/bin/make", false),
        ("/usr/bin/make", "make", false),
        ("gr\u{F6}\u{DF}e", "/bin/gr\u{F6}\u{DF}e", true),
        ("gr\u{F6}\u{DF}e", "/bin/gro\u{308}\u{DF}e", false),
        ("/gr\u{F6}\u{DF}e/x", "/gro\u{308}\u{DF}e/x", false),
    ])
    func `a name stands for the file's, a path for the whole`(
        _ wanted: String,
        _ executable: String,
        _ isNamed: Bool
    ) {
        var allowance = Allowance.builtIn
        #expect(!allowance.keepsWhileRunning(executable))
        allowance.keepWhile = ["another", wanted]
        #expect(allowance.keepsWhileRunning(executable) == isNamed)
    }

    @Test func `a path of slashes alone is a folder`() {
        let path = String(repeating: "/", count: 1 << 16)
        #expect(ProgramName(path).fault(in: "keep-while") == "that is a folder")
    }
}
