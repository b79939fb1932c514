/// A choice that a policy file writes as one of a few words.
package protocol Word: CaseIterable, RawRepresentable, Sendable where RawValue == String {}

extension Word {
    /// The choice with exactly the bytes of `text`.
    ///
    /// The `init(rawValue:)` of the language would take U+212A, the sign of the kelvin, for a `K`.
    static func word(_ text: String) -> Self? {
        allCases.first { $0.rawValue.isExactly(text) }
    }

    /// All words, in their order.
    static var words: [String] { allCases.map(\.rawValue) }
}

/// The candidate that was probably meant by a misspelt word; `nil` if none is near enough.
///
/// Upper and lower case count as alike; of two candidates equally near the first is taken.
func nearest(to word: String, among candidates: [String]) -> String? {
    // A word longer than that is no slip of one of ours, and costs its square to compare.
    let bytesMax = 40
    guard word.utf8.count <= bytesMax else { return nil }
    let written = Array(word.lowercased().utf8)
    return
        candidates
        .map { (name: $0, distance: editDistance(written, Array($0.lowercased().utf8))) }
        .filter { $0.distance <= max(1, $0.name.utf8.count / 3) }
        .min { $0.distance < $1.distance }?
        .name
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from one to the other.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let isSame = left[row] == right[column]
            var best = min(
                last[column] + (isSame ? 0 : 1),
                last[column + 1] + 1,
                current[column] + 1
            )
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                best = min(best, beforeLast[column - 1] + 1)
            }
            current.append(best)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
