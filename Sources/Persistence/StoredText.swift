import Foundation
import TextDisplay

/// A value as the store keeps it.
///
/// - Throws: ``InvalidArgument`` for numbers that JSON has no text for.
func encode(_ value: some Encodable, _ name: String) throws(InvalidArgument) -> String {
    do {
        return String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    } catch {
        throw InvalidArgument("\(name) can't be stored: a number in it is infinite, or none at all")
    }
}

/// A value from the store, which may hold anything.
///
/// - Throws: ``InvalidArgument`` with the place in the text that makes no sense.
func decode<Value: Decodable>(_ text: String, _ name: String) throws(InvalidArgument) -> Value {
    do {
        return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch let error as DecodingError {
        let path: [any CodingKey] =
            switch error {
            case .keyNotFound(let key, let context): context.codingPath + [key]
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                context.codingPath
            @unknown default: []
            }
        let place = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        throw InvalidArgument("\(name) can't be read" + (place.isEmpty ? "" : ": see '\(place)' in it"))
    } catch {
        throw InvalidArgument("\(name) can't be read")
    }
}
