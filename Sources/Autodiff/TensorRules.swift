import TextDisplay

// What can't be made of tensors, as values that say why. A public function asks the rule of its arguments first.

extension Tensor {
    /// At most this many places in one tensor.
    package static var placeLimit: Int { 1 << 27 }

    /// Why there is no tensor of a shape, or nil where there is.
    package static func problem(ofShape shape: [Int]) -> InvalidArgument? {
        // A length of 0 does not excuse the others: their product is what strides are made of.
        var size = 1
        for length in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: Swift.max(length, 1))
            if length < 0 || overflow || product > placeLimit {
                return InvalidArgument("a shape has lengths from 0 and at most \(placeLimit) places: \(shape)")
            }
            size = product
        }
        return nil
    }

    /// Why so many elements do not fill a shape, or nil where they do.
    package static func problem(filling shape: [Int], with count: Int) -> InvalidArgument? {
        if let problem = problem(ofShape: shape) { return problem }
        return shape.reduce(1, *) == count
            ? nil : InvalidArgument("\(count) elements do not fill a tensor of shape \(shape)")
    }

    /// Why two tensors can't be joined element by element, or nil where they can.
    package static func problem(joining a: Tensor, _ b: Tensor) -> InvalidArgument? {
        if a.shape == b.shape { return nil }
        guard let shape = broadcastShape(a.shape, b.shape) else {
            return InvalidArgument("shapes \(a.shape) and \(b.shape) do not broadcast")
        }
        return problem(ofShape: shape)
    }

    /// Why two tensors have no matrix product, or nil where they have.
    package static func problem(multiplying a: Tensor, by b: Tensor) -> InvalidArgument? {
        guard a.shape.count == 2, b.shape.count == 2, a.shape[1] == b.shape[0] else {
            return InvalidArgument("matmul needs shapes [m, k] and [k, n]; these are \(a.shape) and \(b.shape)")
        }
        return problem(ofShape: [a.shape[0], b.shape[1]])
    }

    /// Why some numbers are not rows of the tensor, or nil where they are.
    package func problem(ofRows indices: [Int]) -> InvalidArgument? {
        guard let height = shape.first else { return InvalidArgument("a scalar has no rows") }
        if let wrong = indices.first(where: { !(0..<height ~= $0) }) {
            return InvalidArgument("index \(wrong) is out of range for a tensor of shape \(shape)")
        }
        return Self.problem(ofShape: [indices.count] + shape.dropFirst())
    }

    /// Why some numbers are not a column for each row of a matrix, or nil where they are.
    package func problem(ofColumns columns: [Int]) -> InvalidArgument? {
        guard shape.count == 2, shape[0] == columns.count else {
            return InvalidArgument("there is one column for each row; not \(columns.count) for shape \(shape)")
        }
        guard let wrong = columns.first(where: { !(0..<shape[1] ~= $0) }) else { return nil }
        return InvalidArgument("column \(wrong) is out of range for a tensor of shape \(shape)")
    }

    /// Why tensors can't stand one after the other along the first axis, or nil where they can.
    package static func problem(concatenating tensors: [Tensor]) -> InvalidArgument? {
        guard let first = tensors.first else { return InvalidArgument("there is nothing to concatenate") }
        guard !first.shape.isEmpty, tensors.allSatisfy({ $0.shape.dropFirst() == first.shape.dropFirst() }),
            tensors.allSatisfy({ !$0.shape.isEmpty })
        else {
            return InvalidArgument("the shapes differ beyond the first axis: \(tensors.map(\.shape))")
        }
        return problem(ofShape: [tensors.reduce(0) { $0 + $1.shape[0] }] + first.shape.dropFirst())
    }

    /// Why the tensor is no scalar, or nil where it is one.
    package var problemOfScalar: InvalidArgument? {
        count == 1 ? nil : InvalidArgument("∇ needs a scalar; this tensor has shape \(shape)")
    }

    /// Why there is no softmax along the last axis, or nil where there is.
    package var problemOfSoftmax: InvalidArgument? {
        if let last = shape.last, last > 0 { return nil }
        return InvalidArgument("softmax needs a last axis with at least one element; this tensor has shape \(shape)")
    }
}
