/// The smallest lesson with an exercise: a start, a hint, a solution, and a cell that checks it.
package enum SmallExercise {
    package static let lesson = """
        <!-- nas: exercise=double -->
        ```swift
        func double(_ x: Int) -> Int {
            0  // yours
        }
        ```

        <!-- nas: hint -->
        Multiply.

        <!-- nas: solution -->
        ```swift
        func double(_ x: Int) -> Int { 2 * x }
        ```

        ```swift
        double(21)
        ```
        ```output
        42
        ```

        """
}
