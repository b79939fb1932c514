/// One thing that is wrong, or doubtful, in a policy file: where, what, and what to do about it.
package struct Diagnostic: Sendable, Equatable, Error {
    package enum Severity: String, Sendable {
        /// The policy is refused as a whole.
        case error
        /// The policy is used; somebody should look.
        case warning
    }

    /// A second place that explains the first.
    package struct Note: Sendable, Equatable {
        /// Ends where the place is to be named, as in "it was first given at".
        package let text: String
        package let span: SourceSpan
    }

    package let severity: Severity
    /// One sentence without a full stop; text of the file in it is already made visible.
    package let message: String
    /// `nil` when the matter is the set of files and no place in one of them.
    package let span: SourceSpan?
    package var notes: [Note] = []
    /// What to do; absent where the message says it all.
    package var help: String?

    static func error(_ message: String, _ span: SourceSpan?, help: String? = nil) -> Diagnostic {
        Diagnostic(severity: .error, message: message, span: span, help: help)
    }

    static func warning(_ message: String, _ span: SourceSpan?, help: String? = nil) -> Diagnostic {
        Diagnostic(severity: .warning, message: message, span: span, help: help)
    }

    /// The same diagnostic with a second place.
    func noting(_ text: String, _ span: SourceSpan) -> Diagnostic {
        var noted = self
        noted.notes.append(Note(text: text, span: span))
        return noted
    }
}

/// Diagnostics in the making, bounded so that a hostile file cannot make millions of them.
///
/// Errors and warnings are counted apart: a hundred warnings must not hide that there is an error.
struct DiagnosticList: Sendable {
    private(set) var all: [Diagnostic] = []
    private var errorCount = 0
    private var warningCount = 0
    private var isCut = false
    /// An error more than can be told was met: looking for others is useless.
    private(set) var isOverfull = false

    /// A warning more than can be told was met: others need not be made.
    private(set) var hasLeftWarningsOut = false

    var hasErrors: Bool { errorCount > 0 }

    /// Nothing more of weight can be added: reading on is useless.
    var isFull: Bool { errorCount >= PolicyLimits.diagnosticsMax }

    mutating func add(_ diagnostic: Diagnostic) {
        switch diagnostic.severity {
        case .error:
            isOverfull = isFull
            isCut = isCut || isFull
            guard !isFull else { return }
            errorCount += 1
        case .warning:
            hasLeftWarningsOut = warningCount == PolicyLimits.diagnosticsMax
            isCut = isCut || hasLeftWarningsOut
            guard !hasLeftWarningsOut else { return }
            warningCount += 1
        }
        all.append(diagnostic)
    }

    mutating func add(_ diagnostics: some Sequence<Diagnostic>) {
        for diagnostic in diagnostics {
            add(diagnostic)
        }
    }

    /// In the order of the files and of the places in them; what has no place comes first.
    func sorted() -> [Diagnostic] {
        func place(_ diagnostic: Diagnostic) -> (Int, Int) {
            diagnostic.span.map { ($0.file, $0.start) } ?? (-1, -1)
        }
        // The position in the list breaks ties: the order of Swift's sort is not promised.
        let ordered = all.enumerated().sorted {
            let (left, right) = (place($0.element), place($1.element))
            return left == right ? $0.offset < $1.offset : left < right
        }
        let rest = Diagnostic(
            severity: hasErrors ? .error : .warning,
            message: "more than \(PolicyLimits.diagnosticsMax) problems, the others are not shown",
            span: nil
        )
        return ordered.map(\.element) + (isCut ? [rest] : [])
    }
}
