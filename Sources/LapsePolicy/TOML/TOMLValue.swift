/// A value of a TOML 1.0 document and where it stands.
package struct TOMLValue: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case string(String)
        case integer(Int64)
        case float(Double)
        case boolean(Bool)
        case dateTime(TOMLDateTime)
        case array([TOMLValue])
        case table(TOMLTable)
    }

    package let content: Content
    /// The value with its quotes or brackets; for a table from a header, the header.
    package let span: SourceSpan

    /// What it is, with its article, to be read after "found".
    package var kindName: String {
        switch content {
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a float"
        case .boolean: "a boolean"
        case .dateTime: "a date or time"
        case .array: "an array"
        case .table: "a table"
        }
    }
}

/// A key as it was meant, without quotes and escapes, and where it stands.
package struct TOMLKey: Sendable, Equatable {
    package let name: String
    /// The key with its quotes.
    package let span: SourceSpan
}

/// Keys with their values, in the order of the file.
package struct TOMLTable: Sendable, Equatable {
    package let keys: TOMLKeyList
    /// The values, in the order of `keys`.
    package let values: [TOMLValue]

    /// Each key with its value, in the order in which the keys first appeared.
    package var entries: Zip2Sequence<[TOMLKey], [TOMLValue]> { zip(keys.all, values) }

    /// The value of the key with exactly the bytes of `name`.
    package subscript(name: String) -> TOMLValue? { keys.position(of: name).map { values[$0] } }
}

/// Different keys in the order of the file, quick to search.
package struct TOMLKeyList: Sendable, Equatable {
    /// Up to here a walk over the keys is quicker than a dictionary.
    private static let walkMax = 8

    package private(set) var all: [TOMLKey] = []
    /// Empty while there are at most `walkMax` keys.
    private var positions: [ExactName: Int] = [:]

    /// The place of the key with exactly the bytes of `name`: to TOML, two spellings of `é` differ.
    package func position(of name: String) -> Int? {
        if all.count <= Self.walkMax {
            return all.firstIndex { ExactName($0.name) == ExactName(name) }
        }
        return positions[ExactName(name)]
    }

    /// Appends a key that is not in the list.
    mutating func append(_ key: TOMLKey) {
        if all.count == Self.walkMax {
            for (place, key) in all.enumerated() {
                positions[ExactName(key.name)] = place
            }
        }
        if all.count >= Self.walkMax {
            positions[ExactName(key.name)] = all.count
        }
        all.append(key)
    }
}
