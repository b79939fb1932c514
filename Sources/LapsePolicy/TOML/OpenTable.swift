/// A table while the file is read: what may still be added to it depends on how it came to be.
///
/// A class, because the reader holds the table of the last header while it hangs in its parents.
final class OpenTable {
    enum Making {
        /// The document, an element of an array of tables, or `{ … }` until its bracket closes.
        case element
        /// Only a step on the way of a longer header; a header of its own may still come.
        case implied
        /// By `[header]`: once is enough.
        case header
        /// By a dotted key.
        case dotted
    }

    enum Member {
        case value(TOMLValue)
        case table(OpenTable)
        case tables(OpenArray)
    }

    fileprivate(set) var making: Making
    /// Tables above this one, arrays of tables counted with their elements.
    let depth: Int
    /// What shows where the table comes from: the header, or the key.
    fileprivate(set) var span: SourceSpan
    private var keys = TOMLKeyList()
    private var members: [Member] = []

    init(_ making: Making, depth: Int, span: SourceSpan) {
        self.making = making
        self.depth = depth
        self.span = span
    }

    private func member(_ key: TOMLKey) -> (Member, TOMLKey)? {
        keys.position(of: key.name).map { (members[$0], keys.all[$0]) }
    }

    private func insert(_ member: Member, _ key: TOMLKey) {
        keys.append(key)
        members.append(member)
    }

    /// The finished table; recurses as deep as the tables nest, at most `depthMax`.
    func closed() -> TOMLTable {
        TOMLTable(
            keys: keys,
            values: members.map { member in
                switch member {
                case .value(let value):
                    value
                case .table(let table):
                    TOMLValue(content: .table(table.closed()), span: table.span)
                case .tables(let array):
                    TOMLValue(content: .array(array.closed()), span: array.span)
                }
            }
        )
    }
}

/// The tables of `[[header]]`s with one name.
final class OpenArray {
    fileprivate var tables: [OpenTable]
    fileprivate let span: SourceSpan

    fileprivate init(_ first: OpenTable) {
        tables = [first]
        span = first.span
    }

    fileprivate func closed() -> [TOMLValue] {
        tables.map { TOMLValue(content: .table($0.closed()), span: $0.span) }
    }
}

// MARK: - Headers

extension OpenTable {
    /// Makes or completes the table of `[path]`, seen from the document; `path` is not empty.
    func openTable(_ path: [TOMLKey], span: SourceSpan) throws(Diagnostic) -> OpenTable {
        let (parent, key) = try lastParent(path, span)
        guard let (member, first) = parent.member(key) else {
            let table = try parent.child(.header, levels: 1, span: span)
            parent.insert(.table(table), key)
            return table
        }
        guard case .table(let table) = member, table.making == .implied else {
            throw parent.refusal(of: key, at: span, in: path, member, first)
        }
        table.making = .header
        table.span = span
        return table
    }

    /// Adds an element to the array of tables `[[path]]`, seen from the document.
    func openElement(_ path: [TOMLKey], span: SourceSpan) throws(Diagnostic) -> OpenTable {
        let (parent, key) = try lastParent(path, span)
        let element = try parent.child(.element, levels: 2, span: span)
        guard let (member, first) = parent.member(key) else {
            parent.insert(.tables(OpenArray(element)), key)
            return element
        }
        guard case .tables(let array) = member else {
            throw parent.refusal(of: key, at: span, in: path, member, first)
        }
        array.tables.append(element)
        return element
    }

    /// A table to hang in below this one.
    private func child(
        _ making: Making,
        levels: Int,
        span: SourceSpan
    ) throws(Diagnostic) -> OpenTable {
        guard depth + levels <= PolicyLimits.depthMax else { throw .tooDeep(span) }
        return OpenTable(making, depth: depth + levels, span: span)
    }

    /// Walks a header's path but for its last key, and makes what is missing.
    private func lastParent(
        _ path: [TOMLKey],
        _ span: SourceSpan
    ) throws(Diagnostic) -> (OpenTable, TOMLKey) {
        var table = self
        for key in path.dropLast() {
            guard let (member, first) = table.member(key) else {
                let implied = try table.child(.implied, levels: 1, span: key.span)
                table.insert(.table(implied), key)
                table = implied
                continue
            }
            switch member {
            case .table(let next):
                table = next
            case .tables(let array):
                table = array.tables[array.tables.count - 1]
            case .value:
                throw refusal(of: key, at: key.span, in: path, member, first)
            }
        }
        return (table, path[path.count - 1])
    }
}

// MARK: - Keys with values

extension OpenTable {
    /// Puts a value at a dotted key, seen from this table; `path` is not empty.
    func place(_ value: TOMLValue, at path: [TOMLKey]) throws(Diagnostic) {
        var table = self
        for key in path.dropLast() {
            guard let (member, first) = table.member(key) else {
                let dotted = OpenTable(.dotted, depth: table.depth + 1, span: key.span)
                table.insert(.table(dotted), key)
                table = dotted
                continue
            }
            guard case .table(let next) = member, next.making == .dotted || next.making == .implied
            else {
                throw refusal(of: key, at: key.span, in: path, member, first)
            }
            next.making = .dotted
            table = next
        }
        let key = path[path.count - 1]
        if let (member, first) = table.member(key) {
            throw refusal(of: key, at: key.span, in: path, member, first)
        }
        table.insert(.value(value), key)
    }

    /// Why `key`, one of `path`, cannot be used once more.
    private func refusal(
        of key: TOMLKey,
        at span: SourceSpan,
        in path: [TOMLKey],
        _ member: Member,
        _ first: TOMLKey
    ) -> Diagnostic {
        let place = path.firstIndex(of: key) ?? 0
        let name = VisibleText.quoted(path[...place].map(\.name).joined(separator: "."))
        let isLast = place == path.count - 1
        let message =
            switch member {
            case .tables:
                "\(name) is an array of tables, which only `[[…]]` adds to"
            case .value, .table:
                if isLast {
                    "\(name) is given twice"
                } else if case .table = member {
                    "\(name) has a header of its own, a dotted key cannot add to it"
                } else if case .value(let value) = member, case .table = value.content {
                    "\(name) is closed with its `}`, nothing can be added to it"
                } else {
                    "\(name) is no table, it cannot have keys"
                }
            }
        let firstSpan = if case .table(let table) = member { table.span } else { first.span }
        return .error(message, span).noting("it was first given at", firstSpan)
    }
}
