// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/Log.h"

#include <algorithm>
#include <cstring>

namespace w2n::record {

Result<LogReader> LogReader::open(std::span<const uint8_t> bytes) {
  uint32_t version = 0;
  if (bytes.size() < logStartBytes ||
      std::memcmp(bytes.data(), logMagic.data(), logMagic.size()) != 0)
    return fail(ErrorKind::Malformed, "no record of a run", 0);
  std::memcpy(&version, bytes.data() + logMagic.size(), sizeof(version));
  if (version != logVersion)
    return fail(ErrorKind::Malformed,
                "a record of version " + std::to_string(version) + ", expected " +
                    std::to_string(logVersion),
                logMagic.size());
  return LogReader(bytes);
}

Result<std::optional<std::span<const uint8_t>>> LogReader::next() {
  const std::span<const uint8_t> rest = bytes.subspan(position);
  uint32_t size = 0, check = 0;
  std::memcpy(&size, rest.data(), std::min<size_t>(sizeof(size), rest.size()));
  if (size == 0)
    return std::nullopt;
  const uint64_t total = recordHeadBytes + paddedBytes(size);
  if (total > rest.size())
    return fail(ErrorKind::Malformed, "the record of the run is cut off or damaged", position);
  std::memcpy(&check, rest.data() + sizeof(size), sizeof(check));
  const auto payload = rest.subspan(recordHeadBytes, size);
  const auto padding = rest.first(total).subspan(recordHeadBytes + size);
  if (checkOf(payload, lastCheck) != check ||
      std::ranges::any_of(padding, [](uint8_t byte) { return byte != 0; }))
    return fail(ErrorKind::Malformed, "the record of the run is damaged", position);
  lastCheck = check;
  position += total;
  return payload;
}

bool LogReader::hasMore() const {
  return std::ranges::any_of(bytes.subspan(position), [](uint8_t byte) { return byte != 0; });
}

} // namespace w2n::record
