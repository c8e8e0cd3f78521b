/// Names that Swift's own library has too: where the text does not tell whose is meant, they are taken for Swift's.
enum SwiftNames {
    /// What Swift's own types have.
    static let members: Set<String> = words(
        """
        abs absoluteString add addProduct addingProduct addingReportingOverflow advanced all allCases allSatisfy any append \
        appending assign assumingMemoryBound async base baseAddress binade bindMemory bitPattern bitWidth bytes capacity \
        characters clamped close code compactMap compactMapValues compare components compressed condition contains contents \
        copy count create current data dataTaskPublisher date deallocate debugDescription decode deinitialize deletingLastPathComponent \
        description destroy difference distance divided drop dropFirst dropLast elementCount elements elementsEqual encode \
        end endIndex endOffset enumerated environment error evenHalf exponent extension failure file fileExists filter finish \
        first firstIndex firstRange flatMap float floor flush forEach formIndex formSquareRoot formUnion formatted get greatest \
        greatestFiniteMagnitude group hasPrefix hasSuffix hash hashValue highHalf id identity index indices infinity \
        initialize initializeMemory insert intersection inverse isASCII isDirectory isDisjoint isEmpty isEqual isFinite \
        isInfinite isLess isLetter isLowercase isMultiple isNaN isNewline isNormal isNumber isPunctuation isSignaling \
        isSubnormal isSubset isSuperset isUppercase isWhitespace isZero items iterator join joined key keys kind label last \
        lastIndex lastPathComponent lazy leadingZeroBitCount length level line load localizedDescription lock lowHalf \
        lowerBound lowercased magnitude makeIterator map mapError mapValues mask max maximum merge merging message min \
        minimum minus mode move multiplied mutableBytes name names nan negate next nextDown nextUp nonzeroBitCount notify oddHalf \
        offset one order outputs padding parent partition path pi pointee pop popFirst popLast position precision predecessor prefix \
        print process product quotient quotientAndRemainder random randomElement range raw rawValue read readable reduce \
        release relative remainder remove removeAll removeAtIndex removeFirst removeLast removeSubrange removeValue repeated \
        replace replacing reportingOverflow reserveCapacity reset result resume reverse reversed root round rounded \
        rounding rows run samples scalar scalarCount scale seed send set shape shuffle shuffled sign signal significand size \
        sleep sort sorted source span split square squareRoot standard standardError standardized start startIndex starts state \
        status store storeBytes stride string subdata subscript subtract subtracting subtracted suffix sum superset swapAt swap \
        symmetricDifference sync task text time timeout total trailingZeroBitCount trim trimmingCharacters truncate type \
        ulp union unique unsafelyUnwrapped update updateValue upperBound uppercased url utf16 utf8 utf8CString value values \
        vector wait width windows with withCString withContiguousStorageIfAvailable withLock withMemoryRebound \
        withUTF8 withUnsafeBufferPointer withUnsafeBytes withUnsafeMutableBufferPointer withUnsafeMutableBytes write zero
        """)

    /// Functions that Swift's libraries declare outside of types.
    static let functions: Set<String> = words(
        """
        abort abs accept acos acosh asin asinh assert assertionFailure atan atan2 atanh atexit bind cbrt ceil close connect copysign cos \
        cosh debugPrint dump erf erfc exit exp exp2 expm1 fabs fatalError fclose fdim fflush floor fma fmax fmin fmod \
        fopen fork fprintf fputs fread free frexp fwrite getenv getpid hypot index isKnownUniquelyReferenced kill ldexp lgamma listen \
        link log log10 log1p log2 lround malloc max memcmp memcpy memmove memset min modf mkdir nearbyint numericCast open pipe pow \
        precondition preconditionFailure print printf random read readLine realloc remainder remove rename repeatElement rint \
        round scalbn select send sequence signal signbit sin sinh sleep sqrt stat stride strlen swap system tan tanh tgamma time \
        trunc truncate type unlink unsafeBitCast usleep wait withExtendedLifetime withUnsafeBytes withUnsafeMutablePointer \
        withUnsafePointer withUnsafeTemporaryAllocation write yield zip
        """)

    /// Operators that Swift declares; what the library adds to them is not told from Swift's without the types.
    static let operators: Set<String> = words(
        """
        + - * / % ! ~ & | ^ << >> && || == != < > <= >= === !== ~= ?? ... ..< += -= *= /= %= &= |= ^= <<= >>= &+ &- &* &<< \
        &>> &+= &-= &*= .== .!= .< .> .<= .>= .& .| .^ .! .&= .|= .^= -> = ? ++ --
        """)

    /// What Swift's own protocols ask for: by its name with labels, the protocols that ask, and what for.
    static let requirements: [String: (protocols: [String], comment: String)] = [
        "description": (
            ["CustomStringConvertible", "LosslessStringConvertible", "Error"], "The text that `print` shows."
        ),
        "debugDescription": (["CustomDebugStringConvertible"], "The text that a debugger shows."),
        "errorDescription": (["LocalizedError"], "What went wrong, for a person."),
        "==(_:_:)": (["Equatable", "Hashable", "Comparable"], "Whether two values are equal."),
        "<(_:_:)": (["Comparable"], "Whether the first of two values comes before the second."),
        "hash(into:)": (["Hashable"], "Feeds what makes two values equal to a hasher."),
        "id": (["Identifiable"], "What tells this value from all others."),
        "encode(to:)": (["Codable", "Encodable"], "Writes the value to an encoder, as JSON for instance."),
        "rawValue": (["RawRepresentable"], "What the value is written as."),
        "next()": (["IteratorProtocol", "RandomNumberGenerator"], "The next element, or the next random bits."),
        "makeIterator()": (["Sequence"], "What goes through the elements, one after the other."),
        "allCases": (["CaseIterable"], "All values of the type."),
    ]

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }
}
