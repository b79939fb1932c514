/// A run of bytes in one policy file.
///
/// Lines and columns are not kept: `PolicySource` counts them for the few places that are shown.
/// Stored in 12 bytes, because every key and value of a file carries one.
package struct SourceSpan: Sendable, Hashable {
    private let fileStored: UInt32
    private let startStored: UInt32
    private let endStored: UInt32

    /// A span of `bytes` in the file at the place `file` of the list given to the loader.
    package init(file: Int, _ bytes: Range<Int>) {
        fileStored = UInt32(truncatingIfNeeded: file)
        startStored = UInt32(truncatingIfNeeded: bytes.lowerBound)
        endStored = UInt32(truncatingIfNeeded: bytes.upperBound)
    }

    /// The place of the file in the list of sources, from 0.
    package var file: Int { Int(fileStored) }

    /// Offset of the first byte.
    package var start: Int { Int(startStored) }

    /// Offset after the last byte.
    package var end: Int { Int(endStored) }

    /// The smallest span that holds both; both must be of one file.
    package func joined(_ other: SourceSpan) -> SourceSpan {
        SourceSpan(file: file, min(start, other.start)..<max(end, other.end))
    }
}
