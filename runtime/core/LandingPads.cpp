// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/LandingPads.h"

#include "runtime/core/DwarfCursor.h"

namespace w2n::runtime {

namespace {

constexpr uint8_t omitted = 0xff, encodedUleb = 0x01, encodedWord = 0x03;

uint64_t readField(Cursor &cursor, uint8_t encoding) {
  return encoding == encodedUleb ? cursor.uleb() : cursor.fixed<uint32_t>();
}

} // namespace

uint64_t findLandingPad(std::span<const uint8_t> table, uint64_t distance) {
  Cursor header(table);
  // Landing pads are relative to the function's start, where nothing else is said.
  if (header.fixed<uint8_t>() != omitted)
    return 0;
  if (header.fixed<uint8_t>() != omitted)
    header.uleb(); // where the types are
  const uint8_t encoding = header.fixed<uint8_t>();
  if (encoding != encodedUleb && encoding != encodedWord)
    return 0;
  Cursor sites(header.take(header.uleb()));
  while (!sites.atEnd()) {
    const uint64_t begin = readField(sites, encoding), bytes = readField(sites, encoding);
    const uint64_t pad = readField(sites, encoding);
    sites.uleb(); // the action
    if (sites.failed || distance < begin)
      return 0;
    if (distance - begin < bytes)
      return pad;
  }
  return 0;
}

} // namespace w2n::runtime
