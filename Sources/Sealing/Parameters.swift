import COpenSSL

/// A parameter of an OpenSSL operation.
enum Parameter {
    case text(String, String)
    case number(String, UInt64)
    case bytes(String, UnsafePointer<UInt8>, Int)
    case octets(String, [UInt8])
    /// Not negative, the highest byte first.
    case integer(String, [UInt8])
}

/// Calls `body` with an `OSSL_PARAM` array that is valid for the duration of the call.
func withParameters<R>(_ parameters: [Parameter], _ body: (UnsafePointer<OSSL_PARAM>) -> R) -> R {
    var list: [OSSL_PARAM] = []
    var owned: [UnsafeMutableRawPointer] = []
    defer { owned.forEach { $0.deallocate() } }

    func own(_ bytes: [UInt8]) -> UnsafeMutableRawPointer {
        let copy = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 8)
        copy.copyMemory(from: bytes, byteCount: bytes.count)
        owned.append(copy)
        return copy
    }

    func name(_ text: String) -> UnsafePointer<CChar> {
        UnsafePointer(own(Array(text.utf8) + [0]).assumingMemoryBound(to: CChar.self))
    }

    for parameter in parameters {
        switch parameter {
        case .text(let key, let value):
            let text = own(Array(value.utf8) + [0]).assumingMemoryBound(to: CChar.self)
            list.append(OSSL_PARAM_construct_utf8_string(name(key), text, 0))
        case .number(let key, let value):
            let number = own([UInt8](repeating: 0, count: 8)).assumingMemoryBound(to: UInt64.self)
            number.pointee = value
            list.append(OSSL_PARAM_construct_uint64(name(key), number))
        case .bytes(let key, let pointer, let count):
            list.append(OSSL_PARAM_construct_octet_string(name(key), UnsafeMutablePointer(mutating: pointer), count))
        case .octets(let key, let bytes):
            list.append(OSSL_PARAM_construct_octet_string(name(key), own(bytes), bytes.count))
        case .integer(let key, let bytes):
            // In the machine's order.
            let native = UInt16(1).littleEndian == 1 ? Array(bytes.reversed()) : bytes
            list.append(OSSL_PARAM_construct_BN(name(key), own(native).assumingMemoryBound(to: UInt8.self), native.count))
        }
    }
    list.append(OSSL_PARAM_construct_end())
    return body(list)
}
