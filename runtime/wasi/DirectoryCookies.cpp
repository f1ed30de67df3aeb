// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/DirectoryCookies.h"

#include <algorithm>

namespace w2n::wasi {

bool CookieBudget::take(uint32_t positions) {
  uint32_t now = left;
  while (now >= positions)
    if (left.compare_exchange_weak(now, now - positions))
      return true;
  return false;
}

std::vector<DirectoryCookies::Known>::const_iterator
DirectoryCookies::lastBefore(uint32_t cookie) const {
  auto after = std::ranges::upper_bound(known, cookie, {}, &Known::cookie);
  return after == known.begin() ? known.end() : std::prev(after);
}

DirectoryCookies::Place DirectoryCookies::find(uint32_t cookie) const {
  auto found = lastBefore(cookie);
  if (found == known.end())
    return {.cookie = 0, .position = 0, .skip = cookie};
  return {.cookie = found->cookie, .position = found->position, .skip = cookie - found->cookie};
}

WasiResult<uint32_t> DirectoryCookies::next(uint32_t before, int64_t position) {
  uint32_t cookie = before + 1;
  if (cookie <= highest) {
    auto found = lastBefore(cookie);
    if (found != known.end() && found->cookie == cookie && found->position == position)
      return cookie;
    // An entry has come or gone since the cookie was handed out, or it is forgotten. It may still
    // be used for what it stood for, so the position gets another one, as long as there are any.
    if (highest == maxCookie)
      return cookie;
    cookie = highest + 1;
  }
  if (cookie > maxCookie)
    return std::unexpected(Errno::Overflow);
  append(cookie, position);
  highest = cookie;
  return cookie;
}

void DirectoryCookies::append(uint32_t cookie, int64_t position) {
  if (known.size() == room && !grow())
    thin();
  known.push_back({cookie, position});
}

bool DirectoryCookies::grow() {
  if (room >= maxKnown || !budget.take(room))
    return false;
  room *= 2;
  return true;
}

void DirectoryCookies::thin() {
  const size_t before = known.size();
  const uint32_t firstOfNewest = known[before - before / 4].cookie;
  auto isDropped = [&](const Known &one) {
    return one.cookie < firstOfNewest && one.cookie % stride != 0;
  };
  // Thins the entries that were the newest the last time, then more of the older ones.
  std::erase_if(known, isDropped);
  while (known.size() > before - before / 4) {
    stride *= 2;
    std::erase_if(known, isDropped);
  }
}

void DirectoryCookies::reset() {
  known.clear();
  stride = 1;
  highest = 0;
}

} // namespace w2n::wasi
