package enum TMPM: Equatable, Sendable { case anyone
  package func admits(_ g: Set<String>?) -> Bool? { true } }
extension Allowance { package var memberOf: TMPM { .anyone } }
