import Foundation

/// A share as a percentage with one decimal: `98.3 %`.
public func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
