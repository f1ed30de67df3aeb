# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Digests, checksums, encodings and compression: much 32- and 64-bit arithmetic in compiled C.
import base64
import binascii
import hashlib
import hmac
import random
import zlib

generator = random.Random(20240229)
data = bytes(generator.randrange(256) for _ in range(50000)) + b"repeated text " * 2000
names = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_512", "blake2b", "blake2s")
for name in names:
    digest = hashlib.new(name)
    for start in range(0, len(data), 777):
        digest.update(data[start : start + 777])
    assert digest.digest() == hashlib.new(name, data).digest()
    print(name, digest.hexdigest(), hashlib.new(name, b"").hexdigest())
print(hashlib.shake_128(data).hexdigest(20), hashlib.blake2b(data, key=b"key", digest_size=16, person=b"p").hexdigest())
print(hmac.new(b"secret", data, "sha256").hexdigest())
print(zlib.crc32(data), zlib.adler32(data), binascii.crc_hqx(data, 0))
for level in (1, 6, 9):
    packed = zlib.compress(data, level)
    print(level, len(packed), hashlib.sha256(packed).hexdigest()[:16], zlib.decompress(packed) == data)
try:
    zlib.decompress(packed[:-10])
except zlib.error as error:
    print(error)
print(
    base64.b64encode(data[:40]), base64.b85encode(data[:16]), base64.b32encode(b"abc"),
    base64.urlsafe_b64decode("_-8="),
)
print(generator.random(), generator.sample(range(1000), 5), generator.gauss(0, 1), generator.getrandbits(100))
