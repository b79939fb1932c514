import Glibc
import LapseStage

/// Holds a bare stage open until standard input ends: to look around in one, and for the test that
/// a stage goes with its owner.
func stay() async throws {
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

try await stay()
