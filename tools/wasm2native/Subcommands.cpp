// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Subcommands.h"

#include "lib/support/Similar.h"

namespace w2n::tool {

namespace {

constexpr Subcommand table[] = {
#define W2N_SUBCOMMAND(word, function) {word, &function##Spec, function##Main},
#include "tools/wasm2native/Subcommands.def"
};

struct PeerCommand {
  std::string_view word, advice;
};

constexpr PeerCommand peerCommands[] = {
#define W2N_PEER_COMMAND(word, advice) {word, advice},
#include "tools/wasm2native/PeerCommands.def"
};

} // namespace

std::span<const Subcommand> subcommands() { return table; }

const Subcommand *findSubcommand(std::string_view word) {
  for (const Subcommand &subcommand : table)
    if (subcommand.word == word)
      return &subcommand;
  return nullptr;
}

std::string adviceForCommand(std::string_view word) {
  for (const PeerCommand &peer : peerCommands)
    if (peer.word == word)
      return "; " + std::string(peer.advice);
  std::vector<std::string_view> words;
  std::string list;
  for (const Subcommand &subcommand : table) {
    words.push_back(subcommand.word);
    list += (list.empty() ? "" : ", ") + std::string(subcommand.word);
  }
  if (const std::string_view similar = closestWord(word, words); !similar.empty())
    return ", did you mean '" + std::string(similar) + "'?";
  return "; commands are " + list;
}

} // namespace w2n::tool
