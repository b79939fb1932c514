/// Why the policy target gives nothing back.
package enum PolicyError: Error, Equatable {
    /// The text has errors; they are among these, sorted by place.
    case refused([Diagnostic])
}
