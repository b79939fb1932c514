import Foundation
import Testing

@testable import LapsePolicy

/// The reader against the official suite.
///
/// Without the suite these tests are disabled with a loud word, but where `CI` is set they fail.
@Suite(.enabled(if: suiteIsHereOrMustBe(), "the official TOML suite is not on this machine"))
struct TOMLSuiteTests {
    @Test func `every valid case of the official suite is read as its JSON says`() throws {
        let suite = try #require(TOMLSuite.found, "no suite at \(TOMLSuite.place.path())")
        var passed = 0
        for path in suite.valid {
            do {
                let root = try TOMLReader.read(suite.bytes(path), file: 0)
                let span = SourceSpan(file: 0, 0..<0)
                let value = TOMLValue(content: .table(root), span: span)
                let found = difference(value, try suite.expectation(path))
                #expect(found == nil, "\(path)")
                passed += found == nil ? 1 : 0
            } catch {
                Issue.record("\(path): \(error)")
            }
        }
        // The number is that of the list in July 2025: a shorter list would hide skipped cases.
        #expect(suite.valid.count >= 210)
        #expect(passed == suite.valid.count)
    }

    @Test func `every invalid case of the official suite is refused with its place`() throws {
        let suite = try #require(TOMLSuite.found, "no suite at \(TOMLSuite.place.path())")
        var refused = 0
        for path in suite.invalid {
            let bytes = try suite.bytes(path)
            let diagnostics = faults(bytes)
            guard let first = diagnostics.first else {
                Issue.record("\(path) was accepted")
                continue
            }
            #expect(diagnostics.allSatisfy { $0.severity == .error }, "\(path)")
            #expect(diagnostics.allSatisfy { isInside($0.span, bytes) }, "\(path)")
            let source = PolicySource(name: path, bytes: bytes)
            #expect(first.render(sources: [source]).contains("--> \(path):"))
            refused += 1
        }
        #expect(suite.invalid.count >= 499)
        #expect(refused == suite.invalid.count)
    }
}

private func isInside(_ span: SourceSpan?, _ bytes: [UInt8]) -> Bool {
    guard let span else { return false }
    return span.start <= span.end && span.end <= bytes.count
}

private func suiteIsHereOrMustBe() -> Bool {
    if TOMLSuite.found != nil || ProcessInfo.processInfo.environment["CI"] != nil {
        return true
    }
    let line = String(repeating: "*", count: 72)
    let place = TOMLSuite.place.path()
    let text = "\(line)\nNOT TESTED: no official TOML suite at \(place)\n\(line)\n"
    FileHandle.standardError.write(Data(text.utf8))
    return false
}
