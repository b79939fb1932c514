/// Words that must stand on one line in this order, so that a test holds a text to its meaning and
/// not to each of its letters.
package struct Phrase: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    CustomStringConvertible
{
    private let words: [[UInt8]]
    package let description: String

    package init(_ words: [String]) {
        self.words = words.map { Array($0.utf8) }
        description = words.joined(separator: " … ")
    }

    package init(stringLiteral text: String) {
        self.init([text])
    }

    package init(arrayLiteral words: String...) {
        self.init(words)
    }

    /// The lines from an offset on that hold the phrase, and where in each its last word ends.
    func finds(in bytes: [UInt8], from start: Int = 0) -> [(line: Range<Int>, end: Int)] {
        var finds: [(line: Range<Int>, end: Int)] = []
        var lineStart = start
        while lineStart < bytes.count {
            let isBreak: (UInt8) -> Bool = { $0 == UInt8(ascii: "\n") }
            let lineEnd = bytes[lineStart...].firstIndex(where: isBreak) ?? bytes.count
            if let end = end(in: bytes[lineStart..<lineEnd]) {
                finds.append((lineStart..<lineEnd, end))
            }
            lineStart = lineEnd + 1
        }
        return finds
    }

    private func end(in line: ArraySlice<UInt8>) -> Int? {
        var rest = line
        for word in words {
            guard let found = find(word, in: rest) else { return nil }
            rest = rest[found...]
        }
        return rest.startIndex
    }
}

/// The index just behind the first occurrence of a word.
private func find(_ word: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = word.first else { return bytes.startIndex }
    var candidate = bytes
    while let start = candidate.firstIndex(of: first) {
        candidate = bytes[start...]
        if candidate.starts(with: word) { return start + word.count }
        candidate = candidate.dropFirst()
    }
    return nil
}
