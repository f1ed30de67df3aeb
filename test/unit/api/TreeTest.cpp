// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A directory behind functions of the embedder (worlds.h).
#include "include/wasm2native/worlds.h"

#include "runtime/api/Handles.h"
#include "runtime/wasi/PathOperations.h"
#include "runtime/wasi/tree/OpenNode.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <gtest/gtest.h>

using namespace w2n;
using namespace w2n::wasi;

namespace {

/// A directory 1 with a file 2, "f", a link 3 to it, "l", and a node of an unknown type, "odd".
struct Store {
  std::string contents = "hello";
  int users = 0;
  bool dropped = false;
};

int statusOf(void *user, uint64_t node, w2n_node_status *status) {
  *status = {};
  status->node = node;
  status->links = 1;
  status->type = node == 1 ? W2N_NODE_DIRECTORY : node == 2 ? W2N_NODE_FILE : W2N_NODE_LINK;
  status->bytes = node == 2 ? static_cast<Store *>(user)->contents.size() : 1;
  status->modified_ns = 3'000'000'007;
  return 0;
}

int findEntry(void *user, uint64_t, const char *name, w2n_node_status *status) {
  const uint64_t node = !strcmp(name, "f") ? 2 : !strcmp(name, "l") ? 3 : 0;
  if (!strcmp(name, "odd")) {
    *status = {};
    status->node = 9;
    status->type = 77;
    return 0;
  }
  if (node == 0)
    return ENOENT;
  ++static_cast<Store *>(user)->users;
  return statusOf(user, node, status);
}

w2n_tree functionsOf(Store &store) {
  w2n_tree tree = {};
  tree.size = sizeof(tree);
  tree.user = &store;
  tree.root = 1;
  tree.status = statusOf;
  tree.find = findEntry;
  tree.drop = [](void *user) { static_cast<Store *>(user)->dropped = true; };
  tree.forget = [](void *user, uint64_t) { --static_cast<Store *>(user)->users; };
  tree.read = [](void *user, uint64_t, void *to, size_t bytes, uint64_t offset, size_t *moved) {
    const std::string &text = static_cast<Store *>(user)->contents;
    *moved = offset < text.size() ? std::min(bytes, text.size() - offset) : 0;
    memcpy(to, text.data() + offset, *moved);
    return 0;
  };
  tree.target = [](void *, uint64_t, char *to, size_t, size_t *moved) {
    *to = 'f';
    *moved = 1;
    return 0;
  };
  tree.list = [](void *, uint64_t, int64_t position, w2n_entry_visitor visit, void *visitor) {
    const char *names[] = {"f", "a/b", "l", ""};
    for (auto at = size_t(position); at < std::size(names); ++at)
      if (!visit(visitor, names[at], 2 + at, at == 2 ? W2N_NODE_LINK : W2N_NODE_FILE,
                 int64_t(at + 1)))
        break;
    return 0;
  };
  return tree;
}

class ApiTreeTest : public testing::Test {
protected:
  void SetUp() override {
    const w2n_tree tree = functionsOf(store);
    ASSERT_EQ(w2n_wasi_config_add_tree(config, &tree, "/data", /*read_only=*/false), nullptr);
    context = *WasiContext::create(config->options);
    root = *context->files.find(3);
  }
  void TearDown() override {
    w2n_wasi_config_free(config);
    root = nullptr;
    context = nullptr;
    EXPECT_EQ(store.users, 0);
    EXPECT_TRUE(store.dropped);
  }
  WasiResult<File> open(const char *path, Rights base, uint32_t flags = 0) {
    Errno error = Errno::Success;
    const GuestPath guestPath({reinterpret_cast<const uint8_t *>(path), strlen(path)}, error);
    return openPath(*context, *root, guestPath, {1, flags, 0, base, ~Rights(0)});
  }

  Store store;
  w2n_wasi_config *config = w2n_wasi_config_new();
  std::shared_ptr<WasiContext> context;
  FileHandle root;
};

TEST_F(ApiTreeTest, FunctionsAreAsked) {
  const auto file = open("l", rights::fdRead | rights::fdSeek);
  ASSERT_TRUE(file);
  EXPECT_EQ(store.users, 1);
  uint8_t buffer[3] = {};
  EXPECT_EQ(*readFileAt(*file, IoVectors(std::span<const uint8_t>(buffer)), 1), 3);
  EXPECT_EQ(std::string(buffer, buffer + 3), "ell");
  EXPECT_EQ(file->node->node->status()->st_mtim.tv_nsec, 7);
}

TEST_F(ApiTreeTest, WhatIsMissingOrWrongIsAnError) {
  EXPECT_EQ(open("missing", rights::fdRead).error(), Errno::NoEnt);
  EXPECT_EQ(open("missing", rights::fdWrite, oflags::create).error(), Errno::Rofs);
  EXPECT_EQ(open("f", rights::fdWrite).error(), Errno::Rofs);
  EXPECT_EQ(open("odd", rights::fdRead).error(), Errno::Io);
  EXPECT_EQ(open("../f", rights::fdRead).error(), Errno::NotCapable);
}

TEST_F(ApiTreeTest, NamesThatCannotBeAreNotListed) {
  std::vector<std::string> names;
  EXPECT_TRUE(root->node->node->list(0, [&](const ListedEntry &entry) {
    names.emplace_back(entry.name);
    return true;
  }));
  EXPECT_EQ(names, (std::vector<std::string>{"f", "l"}));
}

TEST(ApiTreesTest, SomeFunctionsMustBeThere) {
  w2n_wasi_config *config = w2n_wasi_config_new();
  w2n_tree tree = {};
  tree.size = sizeof(tree);
  w2n_error *error = w2n_wasi_config_add_tree(config, &tree, "/data", false);
  ASSERT_NE(error, nullptr);
  w2n_error_free(error);
  w2n_wasi_config_free(config);
}

} // namespace
