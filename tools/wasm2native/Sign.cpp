// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native keygen, sign and verify: signatures of artifacts and modules.
#include "lib/support/File.h"
#include "runtime/signing/Signature.h"
#include "tools/wasm2native/CacheOptions.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/Subcommands.h"

#include <cstdio>

namespace w2n::tool {

namespace {

constexpr OptionRow keygenRows[] = {
    {"comment", "TEXT", "what the files say of the key: an address, a purpose", "Keys"},
    {"h,help", nullptr, "print this", "Help"},
};
constexpr OptionRow signRows[] = {
    {"key", "FILE", "the secret key, made by 'wasm2native keygen'", "Keys"},
    {"h,help", nullptr, "print this", "Help"},
};
constexpr OptionRow verifyRows[] = {
    {"trusted-keys", "FILE", "the public keys, one on a line", "Keys"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example keygenExamples[] = {
    {"wasm2native keygen release", "release.key, which signs, and release.pub, which verifies"}};
constexpr Example signExamples[] = {
    {"wasm2native sign --key release.key prog.so", "prog.so.sig"},
    {"wasm2native warm --sign-key release.key modules/", "what is in the cache, too"}};
constexpr Example verifyExamples[] = {
    {"wasm2native verify --trusted-keys release.pub prog.so", "with prog.so.sig"},
    {"wasm2native run --trusted-keys release.pub prog.so", "runs nothing else"}};

} // namespace

constinit const CommandSpec keygenSpec = {
    .name = "wasm2native keygen",
    .usage = "[OPTION...] NAME",
    .summary = "Makes a key pair: NAME.key, which signs and stays secret, and NAME.pub.",
    .options = keygenRows,
    .sharedOptions = {},
    .epilogue = "\nNeither file may be there before.\n",
    .examples = keygenExamples};

constinit const CommandSpec signSpec = {
    .name = "wasm2native sign",
    .usage = "--key FILE FILE...",
    .summary = "Signs artifacts or modules: the signature of FILE is written to FILE.sig.",
    .options = signRows,
    .sharedOptions = {},
    .examples = signExamples};

constinit const CommandSpec verifySpec = {
    .name = "wasm2native verify",
    .usage = "--trusted-keys FILE FILE...",
    .summary = "Checks that a trusted key signed files: FILE by the signature in FILE.sig.",
    .options = verifyRows,
    .sharedOptions = {},
    .epilogue = "\nThe exit status is 0 if all are signed and unchanged, else 1.\n",
    .examples = verifyExamples};

namespace {

Status signFile(const SecretKey &key, const std::string &path) {
  W2N_TRY(bytes, readRegularFile(path));
  const std::string text = signing::sign(key, hashOf(bytes)).text();
  return writeFileAtomically(path + signing::signatureEnd,
                             {reinterpret_cast<const uint8_t *>(text.data()), text.size()});
}

Status verifyFile(const signing::TrustedKeys &keys, const std::string &path) {
  W2N_TRY(signature, signing::readSignatureOf(path));
  W2N_TRY(bytes, readRegularFile(path));
  W2N_TRY(key, signing::verify(keys, signature, {.content = hashOf(bytes)},
                               path + signing::signatureEnd));
  const std::string comment = keys.commentOf(key);
  printf("%s: signed by %s%s\n", printable(path).c_str(), signing::nameOf(key).c_str(),
         comment.empty() ? "" : printable(" (" + comment + ")").c_str());
  return {};
}

/// Does `work` with each file. Returns the exit status.
template <typename Work> int forEachFile(const CommandLine &line, Work work) {
  int status = 0;
  for (const std::string &path : line.positional())
    if (Status done = work(path); !done)
      status = reportError(path, done.error());
  return status;
}

/// The exit status of what every command does first, or nullopt: go on.
std::optional<int> beginCommand(const CommandSpec &spec,
                                const std::expected<CommandLine, std::string> &line,
                                const char *option, const char *positional) {
  if (!line)
    return usageError(spec, line.error());
  if (line->has("help"))
    return printHelp(spec);
  if (option && !line->has(option))
    return usageError(spec, std::string("--") + option + " is missing");
  if (line->positional().empty())
    return usageError(spec, positional);
  return std::nullopt;
}

} // namespace

int keygenMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(keygenSpec, arguments);
  if (const auto status = beginCommand(keygenSpec, line, nullptr, "no name for the key"))
    return *status;
  if (line->positional().size() != 1)
    return usageError(keygenSpec, "one name is needed");
  const std::string &name = line->positional()[0], comment = line->value("comment");
  if (comment.find_first_of("\r\n") != comment.npos)
    return usageError(keygenSpec, "--comment has several lines");
  auto key = signing::makeKeyFiles(name, comment);
  if (!key)
    return reportError(name, key.error());
  printf("%s.key and %s.pub: key %s\n", printable(name).c_str(), printable(name).c_str(),
         signing::nameOf(*key).c_str());
  return 0;
}

int signMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(signSpec, arguments);
  if (const auto status = beginCommand(signSpec, line, "key", "no input file"))
    return *status;
  auto key = signing::readSecretKey(line->value("key"));
  if (!key)
    return reportError(line->value("key"), key.error());
  return forEachFile(*line, [&](const std::string &path) { return signFile(*key, path); });
}

int verifyMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(verifySpec, arguments);
  if (const auto status = beginCommand(verifySpec, line, "trusted-keys", "no input file"))
    return *status;
  auto keys = signing::TrustedKeys::read(line->value("trusted-keys"));
  if (!keys)
    return reportError(line->value("trusted-keys"), keys.error());
  return forEachFile(*line, [&](const std::string &path) { return verifyFile(*keys, path); });
}

} // namespace w2n::tool
