// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Folders that a store refuses to open.
#include "test/unit/cache/TestStore.h"

#include <unistd.h>

namespace w2n::test {
namespace {

std::string refusal(const std::string &folder) {
  const auto opened = cache::Store::open(folder, plentyBytes);
  return opened ? "" : opened.error().text;
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != text.npos;
}

TEST(CacheTrust, RefusesFoldersThatOthersCanWrite) {
  TestFolder folder;
  const std::string store = folder.path + "/store";
  EXPECT_EQ(refusal(store), "");
  for (mode_t mode : {0777, 0775, 01777}) {
    chmod(store.c_str(), mode);
    EXPECT_TRUE(contains(refusal(store), "'chmod go-w " + store + "'")) << refusal(store);
  }
  chmod(store.c_str(), 0755);
  chmod((store + "/entries").c_str(), 0777);
  EXPECT_TRUE(contains(refusal(store), "'chmod go-w " + store + "/entries'"));
}

TEST(CacheTrust, RefusesAFolderThatOthersCouldReplace) {
  TestFolder folder;
  chmod(folder.path.c_str(), 0777);
  EXPECT_TRUE(contains(refusal(folder.path + "/store"), "'chmod go-w " + folder.path + "'"));
  // In a sticky folder only owners replace.
  chmod(folder.path.c_str(), 01777);
  EXPECT_EQ(refusal(folder.path + "/store"), "");
}

TEST(CacheTrust, RefusesLinksInsideTheStoreAndFollowsThoseThatLeadToIt) {
  TestFolder folder;
  const std::string store = folder.path + "/store", link = folder.path + "/link";
  ASSERT_EQ(refusal(store), "");
  std::filesystem::create_directory_symlink(store, link);
  EXPECT_EQ(refusal(link), "");
  std::filesystem::rename(store + "/entries", folder.path + "/elsewhere");
  std::filesystem::create_directory_symlink(folder.path + "/elsewhere", store + "/entries");
  EXPECT_TRUE(contains(refusal(store), "symbolic link")) << refusal(store);
}

TEST(CacheTrust, RefusesEntriesThatAreLinksOrThatOthersCanWrite) {
  TestStore store;
  store.insert("a", someBytes(100));
  const std::string file = store.file("a", ".so");
  chmod(file.c_str(), 0664);
  EXPECT_TRUE(contains(store->find(keyNamed("a")).error().text, "'chmod go-w " + file + "'"));
  chmod(file.c_str(), 0644);
  EXPECT_TRUE(store.has("a"));
  std::filesystem::rename(file, store.path + "/moved");
  std::filesystem::create_symlink(store.path + "/moved", file);
  EXPECT_TRUE(contains(store->find(keyNamed("a")).error().text, "symbolic link"));
  std::filesystem::remove(file);
  ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  EXPECT_TRUE(contains(store->find(keyNamed("a")).error().text, "not a regular file"));
  // Whatever it is, a new one takes its place.
  store.insert("a", someBytes(100));
  EXPECT_TRUE(store.has("a"));
}

TEST(CacheTrust, RefusesWhatBelongsToOthers) {
  if (geteuid() != 0)
    GTEST_SKIP() << "only root can give files away";
  TestStore store;
  store.insert("a", someBytes(100));
  ASSERT_EQ(chown(store.file("a", ".so").c_str(), 12345, 12345), 0);
  EXPECT_TRUE(contains(store->find(keyNamed("a")).error().text, "belongs to user 12345"));
  ASSERT_EQ(chown(store.path.c_str(), 12345, 12345), 0);
  EXPECT_TRUE(contains(refusal(store.path), "belongs to user 12345"));
}

} // namespace
} // namespace w2n::test
