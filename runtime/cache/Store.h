// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The local store of artifacts: a folder that any number of processes use at once, any of which may
// be killed at any point.
//
//   entries/KEY.so      the artifact, as the compiler made it; mapped as it is
//   entries/KEY.hash    its hash, and " fetched" if it came from a remote; there before KEY.so is
//   entries/KEY.sig     its signature (runtime/signing/Signature.h), if it has one
//   entries/KEY.seen    a FileNote: KEY.so was compared with its hash; its own time is the last use
//   entries/KEY.*.tmp   on its way to one of these names
//   locks/KEY           held by whoever compiles or removes it; only the owner may open it
//   notes/DEV-INO       a FileNote of a source or of the compiler
//   families/FAMILY     for which processors there are entries, a line for each
//   quarantine/KEY.so   what `verify` found damaged
//
// An entry appears under its name by a rename, complete and on the disk. A name that is there
// is either right or, by its hash, found wrong.
#pragma once

#include "lib/support/Descriptor.h"
#include "lib/support/Error.h"
#include "lib/support/Hash.h"
#include "runtime/cache/FileNote.h"
#include "runtime/cache/KeyLock.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace w2n::cache {

using Key = Digest;

/// The default limit of the store's size.
inline constexpr uint64_t defaultLimitBytes = uint64_t(10) << 30;

/// The default time that a miss waits for another that compiles the same: as long as
/// the longest compilations take.
inline constexpr std::chrono::seconds defaultLongestWait(300);

/// An artifact that is what was once stored, by its hash.
struct StoredArtifact {
  Descriptor file;
  uint64_t bytes;
};

/// The maker of an artifact: what this user's compiler made, a key of this user may sign.
enum class Origin : bool { Compiled, Fetched };

/// The facts that were noted of an artifact when it was stored.
struct Record {
  Digest content;
  Origin origin;
};

struct EntryInfo {
  std::string key; ///< 64 hexadecimal digits
  uint64_t bytes;
  int64_t lastUsed; ///< nanoseconds since 1970, exact to an hour
};

/// Threads: any, for every member.
class Store {
public:
  /// Opens the store in `folder`, which becomes its real path, and makes it if it is missing. A
  /// folder that cannot be written is allowed: then there are hits, and `insert` fails. Errors: Io:
  /// what trust forbids (Trust.h), or the system.
  static Result<std::unique_ptr<Store>> open(std::string folder, uint64_t limitBytes,
                                             std::chrono::seconds longestWait = defaultLongestWait);

  const std::string &folder() const { return rootPath; }
  uint64_t limitBytes() const { return limit; }
  std::chrono::seconds longestWait() const { return maxWait; }

  /// The artifact of `key`; nullopt if there is none. Reads its bytes only if it changed since
  /// somebody last did. Errors: Io or Malformed, if there is one that must not be used.
  Result<std::optional<StoredArtifact>> find(const Key &key);

  /// See KeyLock.
  std::optional<KeyLock> lock(const Key &key, std::chrono::milliseconds longest);

  /// Keeps `artifact` and makes room for it. With the lock of `key`; without it, another that does
  /// the same at this moment may make this fail, but what is found is right. Errors: Io (nothing is
  /// left behind), Limit if it is larger than all that may be kept.
  Result<StoredArtifact> insert(const Key &key, std::span<const uint8_t> artifact,
                                Origin origin = Origin::Compiled);

  /// The record of an entry; nullopt if there is none. Hash and origin are in one file, so that one
  /// process cannot be told the origin of what another has just stored.
  std::optional<Record> recordOf(const Key &key);

  /// The text of the signature that is kept with an entry; "" if there is none.
  std::string signatureOf(const Key &key);
  /// Keeps it until the entry goes. Errors: Io.
  Status keepSignature(const Key &key, const std::string &signature);

  /// Removes an entry. With its lock, as `insert`. What is open stays so.
  void discard(const Key &key);

  /// The text of a note that vouches for a file as it is in `identity`, which has its mount.
  std::optional<std::string> findNote(const FileIdentity &identity);
  /// Remembers it, if something can be remembered. `taken` is when reading began.
  void keepNote(const FileIdentity &identity, int64_t taken, const std::string &text);

  /// A short text that was kept under `name`; "" if there is none.
  std::string findText(const std::string &name);
  /// Keeps it, if something can be kept; `collect` removes what is old.
  void keepText(const std::string &name, const std::string &text);

  /// The processors for which entries of a family were stored (and may have been removed since).
  std::vector<std::string> processorsOf(const Digest &family);
  void addProcessor(const Digest &family, const std::string &processor);

  // Maintenance.cpp.

  /// All entries, the least recently used first.
  std::vector<EntryInfo> list();
  /// Removes the least recently used entries, never `kept`, until no more than `limitBytes` are
  /// left. Returns what was removed.
  std::vector<EntryInfo> evict(uint64_t limitBytes, const std::string &kept = "");
  struct Damage {
    std::string key, problem;
  };
  /// Reads all entries, and moves those into quarantine that are not what was stored.
  std::vector<Damage> verify();
  struct Collected {
    uint64_t entries, leftovers, bytes;
  };
  /// Removes what killed processes left behind, old notes and quarantined files, and evicts.
  Collected collect();
  /// Removes everything.
  Collected clear();

private:
  Store() = default;
  Result<std::optional<StoredArtifact>> check(const std::string &name, StoredArtifact artifact,
                                              const FileIdentity &identity);
  Status write(int folder, const std::string &folderName, const std::string &name,
               std::string_view bytes, bool lasting);
  uint64_t removeLeftovers();
  uint64_t removeOldFiles(int folder);
  uint64_t removeEmptyFamilies();

  std::string rootPath;
  uint64_t limit = 0;
  std::chrono::seconds maxWait = defaultLongestWait;
  Descriptor root, entries, locks, notes, families;
};

/// The key of the member of `family` for `processor`.
Key keyOf(const Digest &family, const std::string &processor);

} // namespace w2n::cache
