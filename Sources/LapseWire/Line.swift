/// A line of text put together as bytes: fixed words and numbers.
///
/// Bytes, because in the module every use of `String` would bring Unicode's tables along.
package struct Line {
    /// The text so far, without a line end.
    package var bytes: [UInt8] = []

    /// Begins with fixed words.
    package init(_ words: StaticString) {
        add(words)
    }

    /// Adds fixed words.
    package mutating func add(_ words: StaticString) {
        // SAFETY: start and count are those of a static string, whose bytes are never freed.
        bytes += UnsafeBufferPointer(start: words.utf8Start, count: words.utf8CodeUnitCount)
    }

    /// Adds a number in decimal digits, with words on both sides.
    package mutating func add(
        _ before: StaticString,
        _ number: some FixedWidthInteger,
        _ after: StaticString
    ) {
        add(before)
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var digits: [UInt8] = []
        var rest = UInt64(truncatingIfNeeded: number.magnitude)
        repeat {
            digits.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes += digits.reversed()
        add(after)
    }
}
