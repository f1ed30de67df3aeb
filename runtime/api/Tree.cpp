// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The functions of worlds.h; a tree whose nodes are numbers that the embedder's functions know.
#include "include/wasm2native/worlds.h"

#include "runtime/api/Handles.h"
#include "runtime/api/SizedStruct.h"
#include "runtime/wasi/tree/TreeMakers.h"

#include <climits>
#include <fcntl.h>

using namespace w2n;
using wasi::Errno, wasi::NodeHandle, wasi::Outcome, wasi::WasiResult;

namespace {

wasi::MemoryTreeLimits limitsOf(uint64_t maxBytes, uint64_t maxEntries) {
  return {.maxBytes = maxBytes, .maxEntries = maxEntries};
}

w2n_error *addPreopen(w2n_wasi_config *config, Result<wasi::Preopen> preopen) {
  if (!preopen)
    return api::toC(std::unexpected(std::move(preopen.error())));
  config->options.preopens.push_back(std::move(*preopen));
  return nullptr;
}

class CallbackTree final : public wasi::Tree {
public:
  explicit CallbackTree(const w2n_tree &functions) : functions(functions) {}
  ~CallbackTree() override {
    if (functions.drop)
      functions.drop(functions.user);
  }
  const w2n_tree functions;
};

WasiResult<mode_t> modeOf(uint32_t type) {
  constexpr mode_t modes[] = {S_IFREG, S_IFDIR, S_IFLNK};
  if (type >= std::size(modes))
    return std::unexpected(Errno::Io);
  return modes[type];
}
uint32_t typeOf(mode_t mode) {
  return S_ISDIR(mode) ? W2N_NODE_DIRECTORY : S_ISLNK(mode) ? W2N_NODE_LINK : W2N_NODE_FILE;
}

constexpr int64_t nsPerSecond = 1'000'000'000;
timespec toTime(int64_t ns) {
  const int64_t seconds = ns >= 0 ? ns / nsPerSecond : -((nsPerSecond - 1 - ns) / nsPerSecond);
  return {.tv_sec = seconds, .tv_nsec = long(ns - seconds * nsPerSecond)};
}
int64_t toNs(const timespec &time) { return time.tv_sec * nsPerSecond + time.tv_nsec; }

class CallbackNode final : public wasi::Node {
public:
  CallbackNode(std::shared_ptr<wasi::Tree> tree, mode_t type, uint64_t number)
      : Node(std::move(tree), type), number(number) {}
  ~CallbackNode() override {
    if (functions().forget && number != functions().root)
      functions().forget(functions().user, number);
  }

  WasiResult<struct stat> status() override {
    w2n_node_status found = {};
    W2N_CHECK(call(functions().status, number, &found));
    struct stat status = {};
    status.st_dev = tree->device;
    status.st_ino = number;
    status.st_mode = type | (isDirectory() || isLink() ? 0777 : 0666);
    status.st_nlink = found.links;
    status.st_size = off_t(std::min<uint64_t>(found.bytes, INT64_MAX));
    status.st_atim = toTime(found.accessed_ns);
    status.st_mtim = toTime(found.modified_ns);
    status.st_ctim = toTime(found.changed_ns);
    return status;
  }
  Outcome setTimes(const timespec (&times)[2]) override {
    const uint32_t which = (times[0].tv_nsec == UTIME_OMIT ? 0 : W2N_SET_ACCESSED) |
                           (times[1].tv_nsec == UTIME_OMIT ? 0 : W2N_SET_MODIFIED);
    return call(functions().set_times, number, which, toNs(wasi::timeAfter(times[0], {})),
                toNs(wasi::timeAfter(times[1], {})));
  }
  Outcome open(bool, bool writes) override {
    return writes && !functions().write ? Outcome(std::unexpected(Errno::Rofs)) : Outcome();
  }
  Outcome sync() override { return functions().sync ? call(functions().sync, number) : Outcome(); }

  WasiResult<size_t> read(std::span<uint8_t> to, uint64_t offset) override {
    size_t moved = 0;
    W2N_CHECK(call(functions().read, number, to.data(), to.size(), offset, &moved));
    return std::min(moved, to.size());
  }
  WasiResult<size_t> write(std::span<const uint8_t> from, uint64_t offset) override {
    size_t moved = 0;
    W2N_CHECK(call(functions().write, number, from.data(), from.size(), offset, &moved));
    return std::min(moved, from.size());
  }
  Outcome resize(uint64_t bytes) override { return call(functions().resize, number, bytes); }

  WasiResult<std::string> target() override {
    if (!isLink())
      return Node::target();
    char text[PATH_MAX];
    size_t moved = 0;
    W2N_CHECK(call(functions().target, number, text, sizeof(text), &moved));
    return std::string(text, std::min(moved, sizeof(text)));
  }

  WasiResult<NodeHandle> find(const std::string &name) override {
    if (!isDirectory())
      return std::unexpected(Errno::NotDir);
    w2n_node_status found = {};
    W2N_CHECK(call(functions().find, number, name.c_str(), &found));
    return node(found);
  }
  WasiResult<NodeHandle> make(const std::string &name, const wasi::NewNode &what) override {
    const std::string text(what.target);
    w2n_node_status made = {};
    W2N_CHECK(call(functions().make, number, name.c_str(), typeOf(what.type),
                   S_ISLNK(what.type) ? text.c_str() : nullptr, &made));
    return node(made);
  }
  Outcome remove(const std::string &name, bool directory) override {
    return call(functions().remove, number, name.c_str(), directory);
  }
  Outcome rename(const std::string &name, Node &to, const std::string &newName) override {
    return call(functions().rename, number, name.c_str(), static_cast<CallbackNode &>(to).number,
                newName.c_str());
  }
  Outcome link(const std::string &name, Node &linked) override {
    return call(functions().link, number, name.c_str(), static_cast<CallbackNode &>(linked).number);
  }

  Outcome list(int64_t from, const wasi::EntryVisitor &visit) override {
    if (!isDirectory())
      return std::unexpected(Errno::NotDir);
    auto visitor = [](void *user, const char *name, uint64_t node, uint32_t type, int64_t next) {
      const std::string_view text(name);
      const auto mode = modeOf(type);
      // An entry with an impossible type, name or position is left out.
      if (!mode || text.empty() || text.size() > NAME_MAX || text.find('/') != text.npos ||
          next <= 0)
        return true;
      return (*static_cast<const wasi::EntryVisitor *>(user))({text, node, *mode, next});
    };
    return call(functions().list, number, from, w2n_entry_visitor(visitor),
                static_cast<void *>(const_cast<wasi::EntryVisitor *>(&visit)));
  }

private:
  const w2n_tree &functions() const { return static_cast<CallbackTree &>(*tree).functions; }

  template <typename... Parameters, typename... Arguments>
  Outcome call(int (*function)(void *, Parameters...), Arguments... arguments) const {
    if (!function)
      return std::unexpected(Errno::Rofs);
    if (const int error = function(functions().user, arguments...))
      return std::unexpected(wasi::fromHost(error));
    return {};
  }
  WasiResult<NodeHandle> node(const w2n_node_status &found) const {
    W2N_TRY(mode, modeOf(found.type));
    return std::make_shared<CallbackNode>(tree, mode, found.node);
  }

  const uint64_t number;
};

} // namespace

void w2n_wasi_config_add_memory_directory(w2n_wasi_config *config, const char *guestPath,
                                          uint64_t maxBytes, uint64_t maxEntries) {
  config->options.preopens.push_back(
      wasi::memoryPreopen(guestPath, limitsOf(maxBytes, maxEntries)));
}

w2n_error *w2n_wasi_config_add_archive(w2n_wasi_config *config, const char *hostPath,
                                       const char *guestPath) {
  return addPreopen(config, wasi::archivePreopen(hostPath, guestPath));
}

w2n_error *w2n_wasi_config_add_overlay(w2n_wasi_config *config, const char *lower,
                                       const char *upper, const char *guestPath, uint64_t maxBytes,
                                       uint64_t maxEntries) {
  return addPreopen(config, wasi::overlayPreopen(lower, upper ? upper : "", guestPath,
                                                 limitsOf(maxBytes, maxEntries)));
}

void w2n_wasi_config_set_chaos(w2n_wasi_config *config, uint64_t seed) {
  config->options.chaosSeed = seed;
}

w2n_error *w2n_wasi_config_add_tree(w2n_wasi_config *config, const w2n_tree *given,
                                    const char *guestPath, bool readOnly) {
  const w2n_tree functions = api::readSized(given);
  if (!functions.status || !functions.find)
    return api::toC(fail(ErrorKind::Invalid, "a tree needs the functions 'status' and 'find'"));
  auto tree = std::make_shared<CallbackTree>(functions);
  auto make = [tree](wasi::WasiContext &) -> Result<NodeHandle> {
    return std::make_shared<CallbackNode>(tree, S_IFDIR, tree->functions.root);
  };
  config->options.preopens.push_back(
      {.hostPath = {}, .guestPath = guestPath, .readOnly = readOnly, .makeTree = make});
  return nullptr;
}
