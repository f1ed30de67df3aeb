// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The file of a recorded run: 12 bytes that say what it is, a version, and records. A record is its
// payload's size (32 bits), a check (32 bits) and the payload, padded to 4 bytes. The check is XXH3
// of the payload, seeded with the size and the check before, so that no record can be moved.
//
// The file is mapped and shared while it is written: what a process has written is in it when the
// process is killed. The payload is written first and its size last, so that a record is there or
// not; what follows the last one is zeros.
#pragma once

#include "lib/support/Descriptor.h"
#include "lib/support/Error.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace w2n::record {

inline constexpr std::string_view logMagic = "W2N-RECORD\r\n";
inline constexpr uint32_t logVersion = 1;
inline constexpr uint64_t logStartBytes = 16, recordHeadBytes = 8;

/// The size that a payload of so many bytes takes.
constexpr uint64_t paddedBytes(uint64_t bytes) { return (bytes + 3) & ~uint64_t(3); }

/// The check of a record with this payload after one with the check `previous`.
uint32_t checkOf(std::span<const uint8_t> payload, uint32_t previous);

class LogWriter {
public:
  /// Creates the file at `path`, for its owner alone. Errors: Io (it exists).
  static Result<std::unique_ptr<LogWriter>> create(const std::string &path, uint64_t maxBytes);
  LogWriter(const LogWriter &) = delete;
  LogWriter &operator=(const LogWriter &) = delete;
  ~LogWriter();

  /// The payload must not be empty. Errors: Io (the disk is full), Limit (`maxBytes`); nothing is
  /// written then.
  Status append(std::span<const uint8_t> payload);
  /// Cuts the file where the last record ends.
  Status finish();
  uint64_t bytes() const { return used; }

private:
  LogWriter(Descriptor file, std::string path, uint64_t maxBytes)
      : file(std::move(file)), path(std::move(path)), maxBytes(maxBytes) {}
  Status makeRoom(uint64_t bytes);
  void unmap();

  Descriptor file;
  const std::string path;
  const uint64_t maxBytes;
  /// The part of the file that is mapped, and where in it the file begins to be unused.
  uint8_t *window = nullptr;
  uint64_t windowOffset = 0, windowBytes = 0;
  uint64_t used = 0;
  uint32_t lastCheck = 0;
};

/// Reads untrusted bytes.
class LogReader {
public:
  /// `bytes` are borrowed. Errors: Malformed (no log, or of another version).
  static Result<LogReader> open(std::span<const uint8_t> bytes);

  /// The next payload; nothing where what was written ends. Errors: Malformed (damage), again at
  /// each call.
  Result<std::optional<std::span<const uint8_t>>> next();
  /// The offset of the record that `next` looks at.
  uint64_t offset() const { return position; }
  /// Whether the rest is more than zeros, which the file of a process that was killed ends with.
  bool hasMore() const;

private:
  explicit LogReader(std::span<const uint8_t> bytes) : bytes(bytes) {}

  std::span<const uint8_t> bytes;
  uint64_t position = logStartBytes;
  uint32_t lastCheck = 0;
};

} // namespace w2n::record
