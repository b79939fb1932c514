import Glibc
import LapsePolicy
import LapseSources
import LinuxFixture
import Testing

/// How the files in their places are found and read is held by `LoadedPolicyTests`; here is what
/// the command adds.
@Suite struct PolicyFilesTests {
    private let directory = TemporaryDirectory()

    @Test func `files that are named are read in their order, then the drop-ins`() throws {
        mkdir(directory.path("d"), 0o755)
        for name in ["b.toml", "a", "d/2.toml", "d/1.toml", "d/3.txt"] {
            directory.write(name, "# \(name)\n")
        }
        let paths = [directory.path("b.toml"), directory.path("a")]
        let sources = try PolicyFiles(paths, directory: directory.path("d")).read()
        #expect(
            sources.map(\.name) == paths + [directory.path("d/1.toml"), directory.path("d/2.toml")]
        )
        #expect(sources.first?.bytes == Array("# b.toml\n".utf8))
        #expect(try PolicyFiles(paths).read().map(\.name) == paths)
    }

    @Test func `a file that is named has to be there`() throws {
        let path = directory.path("none.toml")
        let fault = #expect(throws: PolicyFault.self) { try PolicyFiles([path]).read() }
        #expect(fault?.description == "\(path) cannot be read: No such file or directory")
    }

    @Test func `a name in a message moves no cursor`() throws {
        let fault = #expect(throws: PolicyFault.self) { try PolicyFiles(["/\u{1B}[2J"]).read() }
        #expect(fault?.description == #"/\u{1B}[2J cannot be read: No such file or directory"#)
    }
}
