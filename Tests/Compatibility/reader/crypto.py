"""The primitives that docs/FORMATS.md names: Python's hashlib and hmac, and OpenSSL's libcrypto for the rest."""
import ctypes
import ctypes.util
import hashlib
import hmac

_lib = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
_pointer, _int, _size, _bytes = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t, ctypes.c_char_p


def _function(name, result, *arguments):
    function = getattr(_lib, name)
    function.restype, function.argtypes = result, arguments
    return function


_cipher_new = _function("EVP_CIPHER_CTX_new", _pointer)
_cipher_free = _function("EVP_CIPHER_CTX_free", None, _pointer)
_decrypt_init = _function("EVP_DecryptInit_ex", _int, _pointer, _pointer, _pointer, _bytes, _bytes)
_encrypt_init = _function("EVP_EncryptInit_ex", _int, _pointer, _pointer, _pointer, _bytes, _bytes)
_decrypt_update = _function("EVP_DecryptUpdate", _int, _pointer, _pointer, _pointer, _bytes, _int)
_decrypt_final = _function("EVP_DecryptFinal_ex", _int, _pointer, _pointer, _pointer)
_encrypt_update = _function("EVP_EncryptUpdate", _int, _pointer, _pointer, _pointer, _bytes, _int)
_control = _function("EVP_CIPHER_CTX_ctrl", _int, _pointer, _int, _int, _pointer)
_padding = _function("EVP_CIPHER_CTX_set_padding", _int, _pointer, _int)
_public_key = _function("EVP_PKEY_new_raw_public_key", _pointer, _int, _pointer, _bytes, _size)
_private_key = _function("EVP_PKEY_new_raw_private_key", _pointer, _int, _pointer, _bytes, _size)
_raw_public = _function("EVP_PKEY_get_raw_public_key", _int, _pointer, _pointer, _pointer)
_key_free = _function("EVP_PKEY_free", None, _pointer)
_digest_new = _function("EVP_MD_CTX_new", _pointer)
_digest_free = _function("EVP_MD_CTX_free", None, _pointer)
_verify_init = _function("EVP_DigestVerifyInit", _int, _pointer, _pointer, _pointer, _pointer, _pointer)
_verify = _function("EVP_DigestVerify", _int, _pointer, _bytes, _size, _bytes, _size)
_aes_gcm, _aes_ecb, _sm4_ctr = (_function(name, _pointer) for name in ("EVP_aes_256_gcm", "EVP_aes_256_ecb", "EVP_sm4_ctr"))
_SET_TAG, _ED25519 = 0x11, 1087


class _Cipher:
    def __enter__(self):
        self.context = _cipher_new()
        return self

    def __exit__(self, *_):
        _cipher_free(self.context)


def _run(update, context, data):
    output, length = ctypes.create_string_buffer(len(data) + 16), _int(0)
    if update(context, output, ctypes.byref(length), data, len(data)) != 1:
        raise ValueError("libcrypto refuses the data")
    return output.raw[: length.value]


def open_gcm(key, nonce, ciphertext, tag, aad):
    """The plaintext; ValueError when the tag is not right."""
    with _Cipher() as cipher:
        if _decrypt_init(cipher.context, _aes_gcm(), None, key, nonce) != 1:
            raise ValueError("libcrypto refuses the key")
        length = _int(0)
        _decrypt_update(cipher.context, None, ctypes.byref(length), aad, len(aad))
        plaintext = _run(_decrypt_update, cipher.context, ciphertext) if ciphertext else b""
        _control(cipher.context, _SET_TAG, 16, ctypes.create_string_buffer(tag, 16))
        if _decrypt_final(cipher.context, ctypes.create_string_buffer(16), ctypes.byref(length)) != 1:
            raise ValueError("the tag is wrong")
        return plaintext


def sm4_ctr(key, nonce, data):
    with _Cipher() as cipher:
        if _decrypt_init(cipher.context, _sm4_ctr(), None, key, nonce) != 1:
            raise ValueError("libcrypto refuses the key")
        return _run(_decrypt_update, cipher.context, data) if data else b""


def aes_block(key, block, decrypt=False):
    """One block, no mode."""
    init, update = (_decrypt_init, _decrypt_update) if decrypt else (_encrypt_init, _encrypt_update)
    with _Cipher() as cipher:
        init(cipher.context, _aes_ecb(), None, key, None)
        _padding(cipher.context, 0)
        return _run(update, cipher.context, block)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hmac128(key, message):
    return hmac_sha256(key, message)[:16]


def hmac_sm3(key, message):
    return hmac.new(key, message, "sm3").digest()


def equal(a, b):
    return hmac.compare_digest(a, b)


def hkdf(key, info, length=32, digest="sha256"):
    """RFC 5869 without a salt."""
    secret = hmac.new(bytes(hashlib.new(digest).digest_size), key, digest).digest()
    output, block, counter = b"", b"", 1
    while len(output) < length:
        block = hmac.new(secret, block + info + bytes([counter]), digest).digest()
        output, counter = output + block, counter + 1
    return output[:length]


def scrypt(passphrase, salt, n, r, p):
    return hashlib.scrypt(passphrase, salt=salt, n=n, r=r, p=p, maxmem=(1 << 31) - 1, dklen=32)


def ed25519_public(seed):
    key = _private_key(_ED25519, None, seed, 32)
    output, length = ctypes.create_string_buffer(32), _size(32)
    _raw_public(key, output, ctypes.byref(length))
    _key_free(key)
    return output.raw


def ed25519_verifies(public, message, signature):
    key = _public_key(_ED25519, None, public, 32)
    if not key:
        return False
    context = _digest_new()
    try:
        return _verify_init(context, None, None, None, key) == 1 and _verify(context, signature, len(signature), message, len(message)) == 1
    finally:
        _digest_free(context)
        _key_free(key)
