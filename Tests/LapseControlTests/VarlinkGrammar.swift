/// A strict reader of Varlink interface descriptions (varlink.org, "Interface Definition").
struct VarlinkGrammar {
    /// A structure: field names with their types, both as written, in order.
    typealias Fields = [[String]]

    private(set) var interface = ""
    private(set) var structures: [String: Fields] = [:]
    private(set) var enumerations: [String: [String]] = [:]
    private(set) var methods: [String: (input: Fields, output: Fields)] = [:]
    private(set) var errors: [String: Fields] = [:]
    /// Names of types that were used.
    private(set) var used: Set<String> = []

    private var tokens: [String]
    private var position = 0

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads a description.
    ///
    /// - Parameter text: The description.
    /// - Throws: What is wrong with it, and after how many tokens.
    init(_ text: String) throws {
        tokens = try Self.tokens(of: text)
        try expect("interface")
        interface = try take("an interface name") { $0.contains(".") && Self.isInterfaceName($0) }
        while position < tokens.count {
            switch try take("a keyword", where: { _ in true }) {
            case "type": try readType()
            case "method":
                let name = try typeName()
                let input = try fields()
                try expect("->")
                methods[name] = (input, try fields())
            case "error": errors[try typeName()] = try fields()
            case let word: throw Fault(description: "\(word) is no keyword")
            }
        }
        for name in used where structures[name] == nil && enumerations[name] == nil {
            throw Fault(description: "type \(name) is used and not defined")
        }
    }

    private mutating func readType() throws {
        let name = try typeName()
        if tokens.indices.contains(position + 2), [",", ")"].contains(tokens[position + 2]) {
            try expect("(")
            enumerations[name] = try separated { grammar in
                try grammar.take("a name", where: Self.isFieldName)
            }
        } else {
            structures[name] = try fields()
        }
    }

    private mutating func fields() throws -> Fields {
        try expect("(")
        return try separated { grammar in
            let name = try grammar.take("a field name", where: Self.isFieldName)
            try grammar.expect(":")
            return [name, try grammar.type()]
        }
    }

    /// The rest of a list up to its closing bracket.
    private mutating func separated<Item>(
        _ read: (inout VarlinkGrammar) throws -> Item
    ) throws -> [Item] {
        var items: [Item] = []
        if tokens.indices.contains(position), tokens[position] == ")" {
            position += 1
            return items
        }
        while true {
            items.append(try read(&self))
            let next = try take("a comma or a bracket") { $0 == "," || $0 == ")" }
            if next == ")" { return items }
        }
    }

    private mutating func type() throws -> String {
        let word = try take("a type", where: { _ in true })
        switch word {
        case "?", "[]":
            return word + (try type())
        case "bool", "int", "float", "string", "object":
            return word
        default:
            guard Self.isTypeName(word) else { throw Fault(description: "\(word) is no type") }
            used.insert(word)
            return word
        }
    }

    private mutating func typeName() throws -> String {
        let name = try take("a name with a capital", where: Self.isTypeName)
        let taken = [
            structures[name] != nil, enumerations[name] != nil, methods[name] != nil,
            errors[name] != nil,
        ]
        if taken.contains(true) { throw Fault(description: "\(name) is defined twice") }
        return name
    }

    private mutating func expect(_ token: String) throws {
        _ = try take("\"\(token)\"") { $0 == token }
    }

    private mutating func take(_ what: String, where fits: (String) -> Bool) throws -> String {
        guard tokens.indices.contains(position), fits(tokens[position]) else {
            let found = tokens.indices.contains(position) ? tokens[position] : "the end"
            throw Fault(description: "token \(position): \(what) expected, \(found) found")
        }
        position += 1
        return tokens[position - 1]
    }

    private static func tokens(of text: String) throws -> [String] {
        var tokens: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var rest = line.prefix { $0 != "#" }
            while let first = rest.first {
                if first == " " {
                    rest.removeFirst()
                    continue
                }
                let word = rest.prefix {
                    $0.isASCII && ($0.isLetter || $0.isNumber || "._".contains($0))
                }
                let token = word.isEmpty ? try sign(at: rest) : word
                tokens.append(String(token))
                rest.removeFirst(token.count)
            }
        }
        return tokens
    }

    private static func sign(at rest: Substring) throws -> Substring {
        for sign in ["->", "[]", "(", ")", ":", ",", "?"] where rest.hasPrefix(sign) {
            return rest.prefix(sign.count)
        }
        throw Fault(description: "\(rest) begins with no token")
    }

    private static func isInterfaceName(_ word: String) -> Bool {
        word.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }

    private static func isTypeName(_ word: String) -> Bool {
        guard let first = word.first, first.isUppercase else { return false }
        return word.allSatisfy { $0.isLetter || $0.isNumber }
    }

    private static func isFieldName(_ word: String) -> Bool {
        guard let first = word.first, first.isLetter else { return false }
        return !word.hasSuffix("_") && !word.contains("__") && !word.contains(".")
    }
}
