/// How much of something is done, as a row of cells: `██████░░░░`.
///
///     progressBar(3, of: 5, cells: 10)
///
/// - Parameters:
///   - done: of `total`; nothing to do is all done.
///   - cells: the width of the bar.
package func progressBar(_ done: Int, of total: Int, cells: Int) -> String {
    let filled = total <= 0 ? cells : min(max(done, 0), total) * cells / total
    return String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
}
