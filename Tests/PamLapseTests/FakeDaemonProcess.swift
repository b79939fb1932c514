internal import Foundation

/// A running `fake-lapsed`; ended when it goes out of scope.
final class FakeDaemonProcess {
    private let socket: String
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// Starts it and waits until it listens.
    convenience init(at socket: String, _ behaviour: String, _ arguments: String...) throws {
        try self.init(at: socket, behaviour, arguments)
    }

    init(at socket: String, _ behaviour: String, _ arguments: [String]) throws {
        self.socket = socket
        process.executableURL = URL(filePath: try Module.program("fake-lapsed"))
        process.arguments = [socket, behaviour] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        guard try nextLine() == "ready" else {
            throw Module.Missing(what: "fake-lapsed \(behaviour) did not start")
        }
    }

    /// Stops it with SIGSTOP: it holds its socket and does nothing.
    func freeze() {
        kill(process.processIdentifier, SIGSTOP)
    }

    /// Ends it and gives what it has seen, line by line.
    func seen() throws -> [String] {
        kill(process.processIdentifier, SIGCONT)
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        return try String(contentsOfFile: socket + ".seen", encoding: .utf8).split(separator: "\n")
            .map(String.init)
    }

    private func nextLine() throws -> String {
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([0x0A]) {
            line += byte
        }
        return String(decoding: line, as: UTF8.self)
    }

    deinit {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
