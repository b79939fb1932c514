// Integers and floats.

extension TOMLReader {
    /// The number that `word` is; `nil` if it is none.
    ///
    /// A number that does not fit is reported and read as 0, so that the rest is still looked at.
    mutating func number(_ word: ArraySlice<UInt8>) -> TOMLValue.Content? {
        let place = SourceSpan(file: file, word.startIndex..<word.endIndex)
        if let (digits, radix) = radixDigits(word) {
            return integer(digits, radix: radix, place)
        }
        switch decimalForm(word) {
        case .integer: return integer(word, radix: 10, place)
        case .float: return float(word, place)
        case nil: return nil
        }
    }

    private mutating func integer(
        _ digits: ArraySlice<UInt8>,
        radix: Int,
        _ place: SourceSpan
    ) -> TOMLValue.Content {
        if let value = Int64(plain(digits), radix: radix) {
            return .integer(value)
        }
        report(.error("the integer does not fit in 64 bits", place))
        return .integer(0)
    }

    private mutating func float(
        _ word: ArraySlice<UInt8>,
        _ place: SourceSpan
    ) -> TOMLValue.Content {
        if let value = Double(plain(word)), value.isFinite {
            return .float(value)
        }
        report(.error("the float does not fit in 64 bits", place))
        return .float(0)
    }
}

/// The digits and the base of `0x…`, `0o…` or `0b…`; `nil` for other words and for faulty ones.
private func radixDigits(_ word: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, radix: Int)? {
    guard word.count > 2, word.first == UInt8(ascii: "0") else { return nil }
    let radix: Int
    switch word[word.startIndex + 1] {
    case UInt8(ascii: "x"): radix = 16
    case UInt8(ascii: "o"): radix = 8
    case UInt8(ascii: "b"): radix = 2
    default: return nil
    }
    let digits = word.dropFirst(2)
    let isWellFormed = isGrouped(digits) { byte in
        hexadecimalValue(byte).map { $0 < radix } ?? false
    }
    return isWellFormed ? (digits, radix) : nil
}

private enum DecimalForm {
    case integer
    case float
}

/// Which kind of decimal number `word` is; `nil` if it is none.
private func decimalForm(_ word: ArraySlice<UInt8>) -> DecimalForm? {
    var rest = word
    dropSign(&rest)
    let whole = takeDigits(&rest)
    guard isGrouped(whole, isDigit), whole.count == 1 || whole.first != UInt8(ascii: "0") else {
        return nil
    }
    if rest.isEmpty {
        return .integer
    }
    if rest.first == UInt8(ascii: ".") {
        rest = rest.dropFirst()
        guard isGrouped(takeDigits(&rest), isDigit) else { return nil }
    }
    if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
        rest = rest.dropFirst()
        dropSign(&rest)
        guard isGrouped(takeDigits(&rest), isDigit) else { return nil }
    }
    return rest.isEmpty ? .float : nil
}

private func dropSign(_ rest: inout ArraySlice<UInt8>) {
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
        rest = rest.dropFirst()
    }
}

/// Cuts the digits and underscores off the start of `rest`.
private func takeDigits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let digits = rest.prefix { isDigit($0) || $0 == UInt8(ascii: "_") }
    rest = rest[digits.endIndex...]
    return digits
}

/// Whether the word is one or more digits, with single underscores between two of them at most.
private func isGrouped(_ word: ArraySlice<UInt8>, _ isDigit: (UInt8) -> Bool) -> Bool {
    var wasDigit = false
    for byte in word {
        guard isDigit(byte) || byte == UInt8(ascii: "_") && wasDigit else { return false }
        wasDigit = isDigit(byte)
    }
    return wasDigit
}

/// The number without its underscores.
private func plain(_ word: ArraySlice<UInt8>) -> String {
    String(decoding: word.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
}
