import TextDisplay

extension Tensor {
    /// The same elements in another shape of as many places; the gradient takes the shape back.
    public func reshaped(_ newShape: [Int]) -> Tensor {
        require(Self.problem(filling: newShape, with: self.count))
        let oldShape = shape
        return Tensor(Tensor(shape: newShape, buffer: buffer, node: nil), from: [self]) { upstream, _ in
            [Tensor(shape: oldShape, buffer: upstream.buffer, node: nil)]
        }
    }

    /// Slices along the first axis, in the given order, with repetition: yₖ = x[indicesₖ].
    ///
    /// ∂L/∂x[i] = Σ ∂L/∂yₖ over the k with indicesₖ = i.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public func rows(_ indices: [Int]) -> Tensor {
        require(self.problem(ofRows: indices))
        let original = shape
        let width = shape.dropFirst().reduce(1, *)
        let value = Tensor(shape: [indices.count] + shape.dropFirst()) { rows in
            for (k, i) in indices.enumerated() {
                for j in 0..<width { rows[k * width + j] = buffer.elements[i * width + j] }
            }
        }
        return Tensor(value, from: [self]) { upstream, _ in
            [
                Tensor(shape: original) { gradient in
                    gradient.initialize(repeating: 0)
                    for (k, i) in indices.enumerated() {
                        for j in 0..<width { gradient[i * width + j] += upstream.buffer.elements[k * width + j] }
                    }
                }
            ]
        }
    }

    /// One slice along the first axis: row `i` of a matrix, element `i` of a vector.
    public subscript(i: Int) -> Tensor {
        require(self.problem(ofRows: [i]))
        return rows([i]).reshaped(Array(shape.dropFirst()))
    }

    /// One element of each row of a matrix: yₖ = x[k, columnsₖ]; zero gradient for the others.
    ///
    ///     logSoftmax(logits).picking([2, 0])      // log π(a=2|s₀), log π(a=0|s₁)
    public func picking(_ columns: [Int]) -> Tensor {
        require(self.problem(ofColumns: columns))
        let width = shape[1]
        return reshaped([count]).rows(columns.enumerated().map { $0 * width + $1 })
    }

    /// The columns of a matrix in a range; zero gradient for the others.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public func columns(_ range: Range<Int>) -> Tensor {
        require(
            self.shape.count == 2 && range.lowerBound >= 0 && range.upperBound <= self.shape[1],
            "a tensor of shape \(self.shape) has no columns \(range)")
        let (height, width) = (shape[0], shape[1])
        let value = Tensor(shape: [height, range.count]) { slice in
            for i in 0..<height {
                for j in range { slice[i * range.count + j - range.lowerBound] = buffer.elements[i * width + j] }
            }
        }
        return Tensor(value, from: [self]) { upstream, _ in
            [
                Tensor(shape: [height, width]) { gradient in
                    gradient.initialize(repeating: 0)
                    for i in 0..<height {
                        for j in range {
                            gradient[i * width + j] = upstream.buffer.elements[i * range.count + j - range.lowerBound]
                        }
                    }
                }
            ]
        }
    }

    /// Tensors one after the other along the first axis; each gets its own part of the gradient.
    public static func concatenating(_ tensors: [Tensor]) -> Tensor {
        require(Self.problem(concatenating: tensors))
        let tail = tensors[0].shape.dropFirst()
        let heights = tensors.map { $0.shape[0] }
        let value = Tensor(shape: [heights.reduce(0, +)] + tail) { whole in
            var start = 0
            for tensor in tensors {
                for i in 0..<tensor.count { whole[start + i] = tensor.buffer.elements[i] }
                start += tensor.count
            }
        }
        return Tensor(value, from: tensors) { upstream, _ in
            var start = 0
            return heights.map { height in
                defer { start += height }
                return upstream.rows(Array(start..<start + height))
            }
        }
    }
}
