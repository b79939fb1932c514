/// A name compared and hashed by its bytes.
///
/// Swift's own comparison is by canonical equivalence: wrong for keys of TOML and names of users,
/// and open to a file with thousands of names that differ in bytes and hash alike.
package struct ExactName: Hashable, Sendable, Comparable {
    package let name: String

    package init(_ name: String) {
        self.name = name
    }

    package static func == (left: ExactName, right: ExactName) -> Bool {
        left.name.isExactly(right.name)
    }

    package static func < (left: ExactName, right: ExactName) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        let isHashed: Void? = name.utf8.withContiguousStorageIfAvailable { bytes in
            // SAFETY: the hasher reads the bytes while the string lends them, and keeps none.
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        if isHashed == nil {
            for byte in name.utf8 {
                hasher.combine(byte)
            }
        }
        // As the standard library does, so that no name is the beginning of another.
        hasher.combine(0xFF as UInt8)
    }
}

extension String {
    /// Whether two texts have the same bytes.
    func isExactly(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let isEqual: Bool?? = utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { bytes in
                own.indices.allSatisfy { own[$0] == bytes[$0] }
            }
        }
        return isEqual.flatMap { $0 } ?? utf8.elementsEqual(other.utf8)
    }
}
