import CLock

/// A moment on CLOCK_MONOTONIC, in milliseconds: a delay is not shorter for a machine that slept.
struct Moment {
    private let milliseconds: Int64

    static var now: Moment { Moment(milliseconds: lock_now()) }

    private init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// So many milliseconds later.
    func later(by more: Int) -> Moment { Moment(milliseconds: milliseconds &+ Int64(more)) }

    /// Milliseconds from now to here; 0 if it is past.
    var remaining: Int {
        let left = milliseconds &- lock_now()
        return left > 0 ? Int(left) : 0
    }
}
