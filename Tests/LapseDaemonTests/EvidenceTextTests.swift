import Testing

@testable import LapseDaemon

@Suite struct EvidenceTextTests {
    @Test(
        arguments: [
            (true, true, "each read of it is seen (inotify); reads through /dev/tty by its atime"),
            (false, true, "by its atime alone, to 8 s; reads through /dev/tty by its atime"),
            (
                true, false,
                "each read of it is seen (inotify); before Linux 6.5 reads through /dev/tty are "
                    + "seen on no terminal: those of anybody count, over ssh until its last byte"
            ),
        ]
    )
    func `what tells of input says what this kernel cannot show`(
        isExact: Bool,
        readsAreStamped: Bool,
        text: String
    ) {
        let told = DaemonBackend.how(isExact: isExact, readsAreStamped: readsAreStamped)
        #expect(told == text)
    }
}
