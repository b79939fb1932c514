import Glibc
import LapseStage

// `lapse-demo` tells the story; `lapse-demo --stay` holds a bare stage open until standard input
// ends, to look around in one, and for the test that a stage goes with its owner.
do throws(StageError) {
    if CommandLine.arguments.dropFirst().first == "--stay" {
        try await stay()
    } else {
        try await Story().tell()
    }
} catch {
    fflush(nil)
    print("lapse-demo: \(error)")
    exit(1)
}

func stay() async throws(StageError) {
    var options = StageOptions(.absent)
    options.consoleCount = 1
    let stage = try await Stage.start(options)
    guard let number = stage.consoleNumbers.first else { return }
    _ = try await stage.logIn(.alice)
    _ = try await stage.logIn(.bob, onConsole: number)
    print(
        "nsenter --target \(stage.initPid) --mount --pid --net --uts --ipc -- bash # tty\(number)"
    )
    fflush(nil)
    while readLine() != nil {}
    try await stage.stop()
}
