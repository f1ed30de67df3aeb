// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Fuzzes the replay of records. The first byte says how the rest becomes a log: as it is, or as the
// payloads of records with right sizes and checks, each after a byte that is its size, so that what
// is inside is reached. Whatever the bytes, a replay ends, and says how.
//
// The program is the module of the unit tests, whose functions all return but for one that takes a
// reference: a replay that enters it with what the record has in place of one is found as a hang.
#include "runtime/record/Header.h"
#include "runtime/record/Log.h"
#include "runtime/record/Replayer.h"
#include "test/unit/SampleModule.h"

#include <algorithm>
#include <cstring>

namespace {

using namespace w2n;
using namespace w2n::record;

const std::shared_ptr<const runtime::Module> &sample() {
  static const auto module = *test::loadBytes(test::buildSample({.takesReference = true}));
  return module;
}

void appendRecord(std::vector<uint8_t> &log, std::span<const uint8_t> payload, uint32_t &check) {
  const auto size = uint32_t(payload.size());
  check = checkOf(payload, check);
  const size_t at = log.size();
  log.resize(at + recordHeadBytes + paddedBytes(size));
  std::memcpy(log.data() + at, &size, sizeof(size));
  std::memcpy(log.data() + at + sizeof(size), &check, sizeof(check));
  std::memcpy(log.data() + at + recordHeadBytes, payload.data(), size);
}

/// The payloads after the header of a record of the sample.
std::vector<uint8_t> logOf(std::span<const uint8_t> input) {
  std::vector<uint8_t> log(logMagic.begin(), logMagic.end());
  log.resize(logStartBytes);
  std::memcpy(log.data() + logMagic.size(), &logVersion, sizeof(logVersion));
  Header header;
  setArtifact(header, *sample());
  const std::vector<uint8_t> text = encodeHeader(header);
  std::vector<uint8_t> payload;
  encode({.kind = EventKind::Header, .text = text}, payload);
  uint32_t check = 0;
  appendRecord(log, payload, check);
  while (!input.empty()) {
    const size_t size = std::min<size_t>(input[0], input.size() - 1);
    if (size != 0)
      appendRecord(log, input.subspan(1, size), check);
    input = input.subspan(1 + size);
  }
  return log;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  const std::span<const uint8_t> rest(data + 1, size - 1);
  auto replayer =
      Replayer::open(data[0] & 1 ? logOf(rest) : std::vector<uint8_t>(rest.begin(), rest.end()));
  if (replayer)
    (void)(*replayer)->run(sample(), {});
  return 0;
}
