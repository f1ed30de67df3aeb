// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/RemoteFormat.h"

#include "lib/support/File.h"
#include "runtime/signing/Signature.h"

#include <algorithm>
#include <charconv>

namespace w2n::cache {

namespace {

constexpr std::string_view heading = "wasm2native artifact 1\ncontent ", bytesWord = "\nbytes ",
                           unsignedLine = "unsigned\n", signatureWord = "wasm2native signature ",
                           headerEnd = "\n\n";
constexpr size_t maxHeaderBytes = 2048, digestDigits = 2 * sizeof(Digest);

std::unexpected<Error> malformed(const char *what, size_t offset) {
  return fail(ErrorKind::Malformed,
              std::string("the remote cache's answer is no artifact: ") + what, offset);
}

} // namespace

Result<RemoteHeader> RemoteHeader::parse(std::span<const uint8_t> object) {
  const std::string_view all(reinterpret_cast<const char *>(object.data()),
                             std::min(object.size(), maxHeaderBytes));
  const size_t end = all.find(headerEnd);
  if (!all.starts_with(heading) || end == all.npos)
    return malformed("no header", 0);
  std::string_view text = all.substr(0, end + 1);
  RemoteHeader header = {};
  header.frameOffset = end + headerEnd.size();
  size_t at = heading.size();
  if (!signing::readHex(text.substr(at, digestDigits), header.content))
    return malformed("no hash", at);
  at += digestDigits;
  if (!text.substr(at).starts_with(bytesWord))
    return malformed("no size", at);
  at += bytesWord.size();
  const auto [numberEnd, error] =
      std::from_chars(text.data() + at, text.data() + text.size(), header.bytes);
  if (error != std::errc() || *numberEnd != '\n')
    return malformed("no size", at);
  text = text.substr(size_t(numberEnd + 1 - text.data()));
  if (text.starts_with(signatureWord))
    header.signature = text;
  else if (text != unsignedLine)
    return malformed("no signature", size_t(text.data() - all.data()));
  return header;
}

std::string RemoteHeader::text(std::span<const uint8_t> artifact, const std::string &signature) {
  return std::string(heading) + hexOf(hashOf(artifact)) + std::string(bytesWord) +
         std::to_string(artifact.size()) + "\n" +
         (signature.empty() ? std::string(unsignedLine) : signature) + "\n";
}

Result<RemoteArtifact> unpackRemote(std::span<const uint8_t> object, uint64_t maxBytes,
                                    const Accept &accept, const Decompress &decompress) {
  W2N_TRY(header, RemoteHeader::parse(object));
  if (header.bytes > maxBytes)
    return fail(ErrorKind::Limit, "the remote cache's artifact has " +
                                      std::to_string(header.bytes) + " bytes, most is " +
                                      std::to_string(maxBytes));
  W2N_CHECK(accept(header));
  RemoteArtifact artifact = {{}, std::move(header.signature)};
  bool isMemoryLeft = true;
  const bool isWhole =
      decompress(object.subspan(header.frameOffset), [&](std::span<const uint8_t> bytes) {
        if (bytes.size() > header.bytes - artifact.bytes.size())
          return false;
        const uint64_t size = artifact.bytes.size() + bytes.size();
        isMemoryLeft = size <= artifact.bytes.capacity() ||
                       tryReserve(artifact.bytes, std::min(header.bytes, 2 * size));
        if (!isMemoryLeft)
          return false;
        artifact.bytes.insert(artifact.bytes.end(), bytes.begin(), bytes.end());
        return true;
      });
  if (!isMemoryLeft)
    return fail(ErrorKind::Limit, "there is no memory for the remote cache's artifact of " +
                                      std::to_string(header.bytes) + " bytes");
  if (!isWhole || artifact.bytes.size() != header.bytes)
    return malformed("damaged or cut short", header.frameOffset);
  if (hashOf(artifact.bytes) != header.content)
    return malformed("it differs from its hash", header.frameOffset);
  return artifact;
}

} // namespace w2n::cache
