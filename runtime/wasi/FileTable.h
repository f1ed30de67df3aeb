// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The guest's descriptors: small numbers for host descriptors, each with the rights that limit its
// use.
#pragma once

#include "runtime/wasi/Descriptor.h"
#include "runtime/wasi/Errno.h"
#include "runtime/wasi/Needs.h"
#include "runtime/wasi/Witx.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace w2n::wasi {

class Chaos;
class DirectoryCookies;
class HostStream;
class OpenNode;
class TerminalOutput;

/// Rights that make sense for a directory, and for what is opened in it.
inline constexpr Rights directoryRights =
    rights::fdFdstatSetFlags | rights::fdSync | rights::fdDatasync | rights::fdAdvise |
    rights::pathCreateDirectory | rights::pathCreateFile | rights::pathLinkSource |
    rights::pathLinkTarget | rights::pathOpen | rights::fdReaddir | rights::pathReadlink |
    rights::pathRenameSource | rights::pathRenameTarget | rights::pathFilestatGet |
    rights::pathFilestatSetSize | rights::pathFilestatSetTimes | rights::fdFilestatGet |
    rights::fdFilestatSetTimes | rights::pathSymlink | rights::pathRemoveDirectory |
    rights::pathUnlinkFile | rights::pollFdReadwrite;
inline constexpr Rights fileRights = rights::fdDatasync | rights::fdRead | rights::fdSeek |
                                     rights::fdFdstatSetFlags | rights::fdSync | rights::fdTell |
                                     rights::fdWrite | rights::fdAdvise | rights::fdAllocate |
                                     rights::fdFilestatGet | rights::fdFilestatSetSize |
                                     rights::fdFilestatSetTimes | rights::pollFdReadwrite;
/// The rights that a read-only directory and the files in it keep. A link or rename out of it would
/// give its files the rights of another directory.
inline constexpr Rights readOnlyRights =
    rights::fdRead | rights::fdSeek | rights::fdTell | rights::fdFdstatSetFlags | rights::fdAdvise |
    rights::fdFilestatGet | rights::pollFdReadwrite | rights::pathOpen | rights::fdReaddir |
    rights::pathReadlink | rights::pathFilestatGet;

/// The rights of a connection that was accepted.
inline constexpr Rights connectionRights = rights::fdRead | rights::fdWrite |
                                           rights::fdFdstatSetFlags | rights::fdFilestatGet |
                                           rights::pollFdReadwrite | rights::sockShutdown;

/// An open file, directory or stream. Immutable once it is in a table; whoever uses it keeps it
/// open, even if another thread closes its number meanwhile.
struct File {
  /// The host's number: of `owned`, or borrowed (standard streams, or those of `narrowed`).
  int host = -1;
  Descriptor owned;
  /// The same file as it was before it lost rights.
  std::shared_ptr<const File> narrowed;
  FileType type = FileType::Unknown;
  Rights base = 0;
  /// The most that what is opened through this directory may have.
  Rights inheriting = 0;
  /// The guest's name of a preopened directory.
  std::optional<std::string> preopenName;
  /// A stream, which is read or written in order, wherever it leads: no call takes a position.
  bool inOrder = false;
  bool isTerminal = false;
  /// Filters escape sequences, if the file is a terminal and is not to get them.
  std::shared_ptr<TerminalOutput> filter;
  /// The cookies of a directory.
  std::shared_ptr<DirectoryCookies> cookies;
  /// The stream that is read and written in place of `host`, which then only has a state.
  std::shared_ptr<HostStream> stream = nullptr;
  /// A file of a tree (tree/Node.h). `host` is then one that is always ready, to be waited for.
  std::shared_ptr<OpenNode> node;
  /// Faults to inject; usually null.
  std::shared_ptr<Chaos> chaos;
  /// The number at which the guest was given it; nothing if it has opened it itself.
  std::optional<uint32_t> given = {};
  /// It was open in a process that is gone, and could not be opened in this one.
  bool isLost = false;

  /// As fd_fdstat_get says it. wasi-libc's isatty() takes a character device for a terminal if it
  /// may neither seek nor tell; other devices must not look like that.
  FileType statusType() const {
    const bool mayTell = base & (rights::fdSeek | rights::fdTell);
    return type == FileType::CharacterDevice && !isTerminal && !mayTell ? FileType::Unknown : type;
  }

  /// Opened for the guest, and not given by the host.
  bool isGuests() const { return owned || (narrowed && narrowed->isGuests()); }
};

/// `handle` with these rights.
File withRights(const std::shared_ptr<const File> &handle, Rights base, Rights inheriting);

using FileHandle = std::shared_ptr<const File>;

/// Threads: any.
class FileTable {
public:
  /// With room for `most` files.
  /// All get `chaos`.
  explicit FileTable(uint32_t maxFiles, std::shared_ptr<Chaos> chaos = nullptr)
      : maxFiles(maxFiles), chaos(std::move(chaos)) {}

  /// The file `fd` if it has the rights for an operation. Errors: Badf, NotCapable, ConnReset (it
  /// is lost).
  WasiResult<FileHandle> find(uint32_t fd, Needs needs = needs::nothing);
  /// The same for a directory. Errors: Badf, NotDir, NotCapable.
  WasiResult<FileHandle> findDirectory(uint32_t fd, Needs needs);
  /// Puts `file` at the lowest free number. Errors: Mfile.
  WasiResult<uint32_t> add(File file);
  /// Puts `file` at the next number, or leaves that number free if it is nullopt: for standard
  /// streams.
  void append(std::optional<File> file);
  /// Whether what was appended is more than there is room for.
  bool isOverfull();
  /// Takes from `fd` all rights but these. Errors: Badf, NotCapable if it does not have them all.
  Outcome narrow(uint32_t fd, Rights base, Rights inheriting);
  /// Errors: Badf.
  Outcome close(uint32_t fd);
  /// Moves `from` to `to`, closing what was there. Both must be open, so that a guest cannot make
  /// the table grow. Errors: Badf.
  Outcome renumber(uint32_t from, uint32_t to);
  /// The file at each number, null where nothing is: equal pointers are the same open file.
  std::vector<FileHandle> handles();
  /// Makes these the files.
  void replace(std::vector<FileHandle> handles);

private:
  // Needs the lock.
  bool isOpen(uint32_t fd) const { return fd < files.size() && files[fd]; }
  const uint32_t maxFiles;
  const std::shared_ptr<Chaos> chaos;
  std::mutex lock;
  std::vector<FileHandle> files;
};

FileType fileTypeOf(mode_t mode);

} // namespace w2n::wasi
