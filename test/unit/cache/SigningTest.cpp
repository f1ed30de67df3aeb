// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Signatures: what is right is loaded, and nothing that differs anywhere. Through the C API where
// it has the function.
#include "include/wasm2native/signing.h"
#include "runtime/cache/ModuleCache.h"
#include "runtime/signing/SignedModule.h"
#include "test/unit/SampleModule.h"
#include "test/unit/cache/TestStore.h"

namespace w2n::test {
namespace {

using signing::Claim, signing::Signature, signing::TrustedKeys;

SecretKey keyNumber(uint8_t number) {
  std::array<uint8_t, SecretKey::seedBytes> seed = {number};
  return SecretKey{std::span<const uint8_t, SecretKey::seedBytes>(seed)};
}

std::string publicLine(const SecretKey &key, const char *comment = "") {
  return "ed25519 " + hexOf(key.publicKey()) + " " + comment + "\n";
}

TrustedKeys trusting(const SecretKey &key) {
  return *TrustedKeys::parse("# whom we trust\n\n" + publicLine(key, "release"), "keys");
}

/// The text of the refusal; "" if it is taken.
std::string refusal(const TrustedKeys &keys, std::string_view text, const Claim &claim) {
  const auto verified = signing::verify(keys, text, claim, "f.sig");
  return verified ? "" : verified.error().text;
}

TEST(Signing, KnowsTheTestVectorOfTheStandard) {
  // RFC 8032, section 7.1, TEST 2.
  std::array<uint8_t, 32> seed, key;
  SignatureBytes signature;
  ASSERT_TRUE(
      signing::readHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", seed));
  ASSERT_TRUE(
      signing::readHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", key));
  ASSERT_TRUE(signing::readHex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                               "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
                               signature));
  const SecretKey secret{std::span<const uint8_t, 32>(seed)};
  EXPECT_EQ(secret.publicKey(), key);
  EXPECT_EQ(secret.sign("\x72"), signature);
  EXPECT_TRUE(isSignedBy(key, signature, "\x72"));
  EXPECT_FALSE(isSignedBy(key, signature, "\x73"));
}

TEST(Signing, RefusesASignatureThatDiffersInAnyByte) {
  const SecretKey key = keyNumber(1);
  const TrustedKeys keys = trusting(key);
  for (const std::optional<Digest> &entry :
       {std::optional<Digest>(), std::optional(keyNamed("a"))}) {
    const Claim claim = {.content = keyNamed("content"), .entry = entry};
    const std::string text = signing::sign(key, claim.content, entry).text();
    EXPECT_EQ(refusal(keys, text, claim), "");
    for (size_t i = 0; i < text.size(); ++i) {
      // Another digit, another case, and a byte that is no text.
      for (const int change : {0x01, 0x20, 0x80}) {
        std::string changed = text;
        changed[i] = char(changed[i] ^ change);
        EXPECT_NE(refusal(keys, changed, claim), "") << i << ": " << changed;
      }
      EXPECT_NE(refusal(keys, text.substr(0, i), claim), "") << i;
    }
    EXPECT_NE(refusal(keys, text + "\n", claim), "");
  }
}

TEST(Signing, RefusesOtherKeysContentsAndEntries) {
  const SecretKey key = keyNumber(1), other = keyNumber(2);
  const Digest a = keyNamed("a"), b = keyNamed("b");
  const TrustedKeys keys = trusting(key);
  EXPECT_NE(
      refusal(keys, signing::sign(other, a).text(), {.content = a}).find("not among the trusted"),
      std::string::npos);
  EXPECT_NE(refusal(keys, signing::sign(key, b).text(), {.content = a}).find("other content"),
            std::string::npos);
  const std::string forA = signing::sign(key, a, a).text();
  EXPECT_EQ(refusal(keys, forA, {.content = a, .entry = a}), "");
  EXPECT_EQ(refusal(keys, forA, {.content = a}), "");
  EXPECT_NE(refusal(keys, forA, {.content = a, .entry = b}).find("another entry"),
            std::string::npos);
  EXPECT_NE(refusal(keys, signing::sign(key, a).text(), {.content = a, .entry = a}), "");
  // The trusted key's name above another's signature.
  Signature forged = signing::sign(other, a);
  forged.signer = key.publicKey();
  EXPECT_NE(refusal(keys, forged.text(), {.content = a}).find("did not sign"), std::string::npos);
}

TEST(Signing, ReadsFilesOfKeys) {
  const SecretKey a = keyNumber(1), b = keyNumber(2), c = keyNumber(3);
  const auto keys =
      TrustedKeys::parse(publicLine(a, "first key") + "  # ed25519 00\r\n" + publicLine(b), "keys");
  ASSERT_TRUE(keys);
  EXPECT_TRUE(keys->trusts(a.publicKey()) && keys->trusts(b.publicKey()) &&
              !keys->trusts(c.publicKey()));
  EXPECT_EQ(keys->commentOf(a.publicKey()), "first key");
  const auto broken = TrustedKeys::parse(publicLine(a) + "ed25519 00\n", "keys");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().offset, publicLine(a).size());
  EXPECT_NE(broken.error().text.find("line 2"), std::string::npos);
  for (const char *text : {"", "# nothing\n", "rsa 00", "ed25519"})
    EXPECT_FALSE(TrustedKeys::parse(text, "keys")) << text;
}

TEST(Signing, KeepsSecretKeysSecret) {
  TestFolder folder;
  const std::string name = folder.path + "/release";
  ASSERT_TRUE(signing::makeKeyFiles(name, "a comment"));
  struct stat status;
  ASSERT_EQ(stat((name + ".key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  auto secret = signing::readSecretKey(name + ".key");
  auto keys = TrustedKeys::read(name + ".pub");
  ASSERT_TRUE(secret && keys);
  EXPECT_TRUE(keys->trusts(secret->publicKey()));
  EXPECT_FALSE(signing::makeKeyFiles(name, "")) << "an existing key must not be replaced";
  EXPECT_TRUE(keys->trusts(signing::readSecretKey(name + ".key")->publicKey()));
  chmod((name + ".key").c_str(), 0640);
  EXPECT_FALSE(signing::readSecretKey(name + ".key"));
  chmod((name + ".pub").c_str(), 0664);
  EXPECT_FALSE(TrustedKeys::read(name + ".pub"));
}

/// Loads `file` with the signature `text` as embedders do; the text of the error, "" if there is
/// none.
std::string loadSigned(const std::vector<uint8_t> &file, const std::string &text,
                       const SecretKey &key) {
  w2n_trusted_keys *keys = nullptr;
  EXPECT_EQ(w2n_trusted_keys_parse(publicLine(key).c_str(), &keys), nullptr);
  w2n_module *module = nullptr;
  w2n_error *error =
      w2n_module_load_signed_bytes(file.data(), file.size(), text.c_str(), keys, &module);
  w2n_trusted_keys_free(keys);
  const std::string problem = error ? w2n_error_text(error) : "";
  EXPECT_TRUE(!error || w2n_error_kind_of(error) == W2N_ERROR_INVALID) << problem;
  w2n_error_free(error);
  w2n_module_free(module);
  return problem;
}

TEST(Signing, LoadsOnlyTheArtifactThatWasSigned) {
  const SecretKey key = keyNumber(1);
  const std::vector<uint8_t> file = buildSample(), other = buildSample({.minPages = 2});
  const std::string text = signing::sign(key, hashOf(file)).text();
  EXPECT_EQ(loadSigned(file, text, key), "");
  EXPECT_NE(loadSigned(other, text, key), "");
  EXPECT_NE(loadSigned(file, text, keyNumber(2)), "");
  // A byte of each region: headers, metadata, code, image.
  for (size_t i = 0; i < file.size(); i += std::max<size_t>(1, file.size() / 200)) {
    std::vector<uint8_t> changed = file;
    changed[i] ^= 1;
    EXPECT_NE(loadSigned(changed, text, key), "") << i;
    changed.assign(file.begin(), file.begin() + ptrdiff_t(i));
    EXPECT_NE(loadSigned(changed, text, key), "") << i;
  }
}

TEST(Signing, RunsWhatWasVerifiedWhenTheFileChanges) {
  TestFolder folder;
  const SecretKey key = keyNumber(1);
  const std::vector<uint8_t> file = buildSample();
  const std::string path = folder.path + "/a.so";
  writeFile(path, std::string(file.begin(), file.end()));
  EXPECT_FALSE(signing::loadSigned(path, trusting(key))) << "there is no signature";
  writeFile(path + ".sig", signing::sign(key, hashOf(file)).text());
  const auto module = signing::loadSigned(path, trusting(key));
  ASSERT_TRUE(module) << module.error().text;
  // In place: a file that was mapped would be another one now.
  writeFile(path, std::string(file.size(), 'x'));
  EXPECT_TRUE(std::ranges::equal((*module)->file(), file));
  EXPECT_FALSE(signing::loadSigned(path, trusting(key)));
}

TEST(Signing, TakesFromTheStoreOnlyWhatWasSignedForItsEntry) {
  TestStore store;
  const SecretKey key = keyNumber(1);
  const std::vector<uint8_t> bytes = someBytes(1000);
  store.insert("a", bytes);
  EXPECT_EQ(store->signatureOf(keyNamed("a")), "");
  const std::string text = signing::sign(key, hashOf(bytes), keyNamed("a")).text();
  ASSERT_TRUE(store->keepSignature(keyNamed("a"), text));
  EXPECT_EQ(store->signatureOf(keyNamed("a")), text);
  EXPECT_EQ(store->collect().leftovers, 0u);
  store.insert("a", bytes);
  EXPECT_EQ(store->signatureOf(keyNamed("a")), "") << "a new artifact is not signed";
  ASSERT_TRUE(store->keepSignature(keyNamed("a"), text));
  store->discard(keyNamed("a"));
  EXPECT_EQ(store->signatureOf(keyNamed("a")), "");
}

/// A cache without a compiler, in a store of its own, with an entry that has `origin`.
struct CacheWithEntry : TestFolder {
  explicit CacheWithEntry(cache::Origin origin)
      : cache(*cache::Store::open(path, plentyBytes), cache::CompilerLibrary("/nowhere"),
              [](const std::string &) {}) {
    EXPECT_TRUE(cache.store().insert(entry, bytes, origin));
  }
  bool isSignedBy(const SecretKey &key) {
    return refusal(trusting(key), cache.store().signatureOf(entry),
                   {.content = hashOf(bytes), .entry = entry})
        .empty();
  }

  const cache::Key entry = keyNamed("a");
  const std::vector<uint8_t> bytes = someBytes(1000);
  cache::ModuleCache cache;
};

TEST(Signing, SignsWhatWasCompiledHere) {
  CacheWithEntry compiled(cache::Origin::Compiled);
  const SecretKey key = keyNumber(1);
  EXPECT_TRUE(compiled.cache.maySign(compiled.entry, trusting(key)));
  EXPECT_TRUE(compiled.cache.sign(compiled.entry, key, trusting(key)));
  EXPECT_TRUE(compiled.isSignedBy(key));
}

TEST(Signing, SignsNothingThatWasFetchedUnsigned) {
  CacheWithEntry fetched(cache::Origin::Fetched);
  const SecretKey key = keyNumber(1), other = keyNumber(2);
  cache::Store &store = fetched.cache.store();
  EXPECT_TRUE(*store.find(fetched.entry)) << "a fetched artifact is used as any other";
  const auto expectRefused = [&] {
    EXPECT_FALSE(fetched.cache.maySign(fetched.entry, trusting(key)));
    const Status status = fetched.cache.sign(fetched.entry, key, trusting(key));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::Invalid);
    EXPECT_FALSE(fetched.isSignedBy(key));
  };
  expectRefused();
  // Signed by somebody else, or for another entry.
  const Digest content = hashOf(fetched.bytes);
  ASSERT_TRUE(
      store.keepSignature(fetched.entry, signing::sign(other, content, fetched.entry).text()));
  expectRefused();
  ASSERT_TRUE(
      store.keepSignature(fetched.entry, signing::sign(key, content, keyNamed("b")).text()));
  expectRefused();
  // Signed by somebody whom the signer trusts.
  ASSERT_TRUE(
      store.keepSignature(fetched.entry, signing::sign(other, content, fetched.entry).text()));
  EXPECT_TRUE(fetched.cache.sign(fetched.entry, key, trusting(other).with(key.publicKey())));
  EXPECT_TRUE(fetched.isSignedBy(key));
  // Compiled in its place.
  ASSERT_TRUE(store.insert(fetched.entry, fetched.bytes));
  EXPECT_TRUE(fetched.cache.maySign(fetched.entry, trusting(key)));
}

} // namespace
} // namespace w2n::test
