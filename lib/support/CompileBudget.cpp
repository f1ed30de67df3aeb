// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/CompileBudget.h"

#include "lib/support/ResidentMemory.h"

#include <algorithm>

namespace w2n {

namespace {

using std::chrono::milliseconds;

/// A look at the process's memory takes some microseconds.
constexpr auto timeBetweenLooks = milliseconds(5);
/// Greater limits are none, and can be added to.
constexpr uint64_t maxMs = uint64_t(1) << 42, maxMemory = uint64_t(1) << 62;
/// Slack is a quarter of the limit, and at least this.
constexpr uint64_t slackMs = 250, slackBytes = 32 << 20;

uint64_t withSlack(uint64_t limit, uint64_t max, uint64_t least, CompileBudget::Slack slack) {
  limit = std::min(limit, max);
  return slack == CompileBudget::Slack::None ? limit : limit + std::max(limit / 4, least);
}

} // namespace

CompileBudget::CompileBudget(const CompileLimits &limits, Slack slack)
    : limits(limits), longestTime(milliseconds(withSlack(limits.maxTimeMs, maxMs, slackMs, slack))),
      maxBytes(withSlack(limits.maxMemoryBytes, maxMemory, slackBytes, slack)),
      bytesAtBegin(limits.maxMemoryBytes ? residentBytes() : 0) {}

bool CompileBudget::isExceeded() {
  if (!isLimited())
    return false;
  if (exceeded != Nothing)
    return true;
  const Clock::duration elapsed = Clock::now() - begin;
  if (limits.maxTimeMs != 0 && elapsed > longestTime) {
    exceeded = Time;
    return true;
  }
  if (limits.maxMemoryBytes == 0 || elapsed.count() < nextLook)
    return false;
  nextLook = (elapsed + timeBetweenLooks).count();
  if (residentBytes() <= bytesAtBegin + maxBytes)
    return false;
  exceeded = Memory;
  return true;
}

Status CompileBudget::check() {
  if (!isExceeded())
    return {};
  if (exceeded == Time)
    return fail(ErrorKind::Limit, "compiling takes longer than the " +
                                      std::to_string(limits.maxTimeMs) +
                                      " ms that are allowed (--max-compile-time)");
  return fail(ErrorKind::Limit, "compiling takes more than the " +
                                    std::to_string(limits.maxMemoryBytes) +
                                    " bytes of memory that are allowed (--max-compile-memory)");
}

Status CompileBudget::checkArtifact(uint64_t bytes) const {
  if (limits.maxArtifactBytes == 0 || bytes <= limits.maxArtifactBytes)
    return {};
  return fail(ErrorKind::Limit, "the artifact has " + std::to_string(bytes) +
                                    " bytes or more, most is " +
                                    std::to_string(limits.maxArtifactBytes) + " (--max-artifact)");
}

} // namespace w2n
