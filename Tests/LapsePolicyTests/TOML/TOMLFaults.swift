@testable import LapsePolicy

/// All that the reader has against a document; empty if it reads it.
func faults(_ bytes: [UInt8]) -> [Diagnostic] {
    do {
        _ = try TOMLReader.read(bytes, file: 0)
        return []
    } catch {
        switch error {
        case .refused(let diagnostics): return diagnostics
        }
    }
}
