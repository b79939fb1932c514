import ControlFixture
import Glibc

/// A directory of a test's own, removed with all that is in it when the test lets go of it.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() {
        path = FixtureServer.makeDirectory()
    }

    deinit {
        Self.remove(path)
    }

    /// The path of a name in it.
    package func path(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// Writes a file and returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String, mode: UInt32 = 0o600) -> String {
        let file = fopen(path(name), "w")
        precondition(file != nil, "\(path(name)) can be written.")
        if let file {
            fwrite(text, 1, text.utf8.count, file)
            fclose(file)
        }
        chmod(path(name), mode)
        return path(name)
    }

    /// Makes a symbolic link.
    package func link(_ name: String, to target: String) {
        precondition(symlink(target, path(name)) == 0, "\(path(name)) can be made.")
    }

    /// The names in it, sorted.
    package var names: [String] {
        Self.names(path).sorted()
    }

    private static func names(_ path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            // SAFETY: d_name is a C string within the entry, valid until the next readdir.
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func remove(_ path: String) {
        for name in names(path) where unlink("\(path)/\(name)") != 0 { remove("\(path)/\(name)") }
        rmdir(path)
    }
}
