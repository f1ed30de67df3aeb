// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native cache: looks after the store of compiled modules.
#include "lib/artifact/Metadata.h"
#include "lib/support/File.h"
#include "tools/wasm2native/CacheOptions.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/PrintJson.h"
#include "tools/wasm2native/Subcommands.h"
#include "tools/wasm2native/Table.h"

#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

namespace w2n::tool {

using cache::Store;
using Json = nlohmann::ordered_json;

namespace {

constexpr OptionRow cacheRows[] = {
    cacheFolderRow,
    cacheSizeRow,
    {"json", nullptr, "print JSON", "Output"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example cacheExamples[] = {
    {"wasm2native cache list", "what is kept, where, and how large it is"},
    {"wasm2native cache --cache-size=1G gc", "down to a gibibyte"},
};
} // namespace

constinit const CommandSpec cacheSpec = {
    .name = "wasm2native cache",
    .usage = "[OPTION...] list|verify|gc|clear|path",
    .summary = "Looks after the cache of compiled modules.",
    .options = cacheRows,
    .sharedOptions = {},
    .epilogue =
        "\nlist    what is kept, the least recently used first\n"
        "verify  reads everything; what is not as it was stored goes to the folder 'quarantine'\n"
        "gc      removes what killed processes left, old notes, and what is beyond the size\n"
        "clear   removes everything that is not being compiled\n"
        "path    prints the folder\n",
    .words = "list verify gc clear path",
    .examples = cacheExamples};

namespace {

/// The outcome of a command, for programs and for people.
struct Report {
  Json json;
  std::vector<std::vector<std::string>> table = {}; ///< with a heading; may be empty
  std::string text;
  int status = 0;
};

std::string timeText(int64_t nanoseconds) {
  const time_t seconds = nanoseconds / 1'000'000'000;
  struct tm local;
  char text[32];
  localtime_r(&seconds, &local);
  strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &local);
  return text;
}

/// The artifact's description of itself, left out if this version cannot read it.
Json describeEntry(Store &store, const cache::EntryInfo &entry) {
  Json json = {
      {"key", entry.key}, {"bytes", entry.bytes}, {"lastUsed", entry.lastUsed / 1'000'000'000}};
  auto bytes = readFile(store.folder() + "/entries/" + entry.key + ".so");
  auto metadata = bytes ? artifact::Metadata::read(*bytes)
                        : Result<artifact::Metadata>(std::unexpected(bytes.error()));
  if (!metadata)
    return json;
  json["target"] = metadata->string(metadata->header().targetTriple);
  json["compiler"] = metadata->string(metadata->header().compilerVersion);
  json["module"] = metadata->string(metadata->header().moduleName);
  return json;
}

Report list(Store &store) {
  Json entries = Json::array();
  std::vector<std::vector<std::string>> table = {
      {"KEY", "SIZE", "LAST USED", "TARGET", "COMPILER", "MODULE"}};
  uint64_t bytes = 0;
  for (const cache::EntryInfo &entry : store.list()) {
    Json json = describeEntry(store, entry);
    table.push_back({entry.key.substr(0, 16), sizeText(entry.bytes), timeText(entry.lastUsed),
                     json.value("target", "?"), json.value("compiler", "?"),
                     json.value("module", "")});
    entries.push_back(std::move(json));
    bytes += entry.bytes;
  }
  std::string text = countText(entries.size(), "entry", "entries") + ", " + sizeText(bytes) +
                     " of " + sizeText(store.limitBytes()) + ", in " + store.folder();
  return {{{"folder", store.folder()},
           {"limitBytes", store.limitBytes()},
           {"bytes", bytes},
           {"entries", std::move(entries)}},
          std::move(table),
          std::move(text)};
}

Report verify(Store &store) {
  const size_t count = store.list().size();
  const auto damages = store.verify();
  Report report{{{"folder", store.folder()}, {"checked", count}, {"damaged", Json::array()}},
                {},
                countText(count, "entry", "entries") + " checked, " +
                    std::to_string(damages.size()) + " damaged",
                damages.empty() ? 0 : int(exitError)};
  if (damages.empty())
    return report;
  report.text +=
      (damages.size() == 1 ? "; it is in " : "; they are in ") + store.folder() + "/quarantine now";
  report.table = {{"KEY", "PROBLEM"}};
  for (const Store::Damage &damage : damages) {
    report.json["damaged"].push_back({{"key", damage.key}, {"problem", damage.problem}});
    report.table.push_back({damage.key.substr(0, 16), damage.problem});
  }
  return report;
}

Report removed(const Store::Collected &collected) {
  return {{{"removedEntries", collected.entries},
           {"removedBytes", collected.bytes},
           {"removedLeftovers", collected.leftovers}},
          {},
          "removed " + countText(collected.entries, "entry", "entries") + " (" +
              sizeText(collected.bytes) + ") and " + countText(collected.leftovers, "other file")};
}

Report collectGarbage(Store &store) { return removed(store.collect()); }
Report clear(Store &store) { return removed(store.clear()); }
Report path(Store &store) { return {{{"folder", store.folder()}}, {}, store.folder()}; }

constexpr Choice<Report (*)(Store &)> actions[] = {
    {"list", list}, {"verify", verify}, {"gc", collectGarbage}, {"clear", clear}, {"path", path}};

int print(const Report &report, bool asJson) {
  if (asJson) {
    printJson(report.json);
    return report.status;
  }
  if (report.table.size() > 1)
    printTable(report.table);
  puts(printable(report.text).c_str());
  return report.status;
}

} // namespace

int cacheMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(cacheSpec, arguments);
  if (!line)
    return usageError(cacheSpec, line.error());
  if (line->has("help"))
    return printHelp(cacheSpec);
  if (line->positional().size() != 1)
    return usageError(cacheSpec, "one of list, verify, gc, clear and path is needed");
  for (const auto &action : actions) {
    if (line->positional()[0] != action.text)
      continue;
    auto choice = readCacheOptions(*line);
    if (!choice)
      return usageError(cacheSpec, choice.error());
    auto store = openStore(*choice);
    if (!store)
      return reportError("cache", store.error());
    return print(action.value(**store), line->has("json"));
  }
  return usageError(cacheSpec, "unknown action '" + line->positional()[0] +
                                   "', must be one of list, verify, gc, clear, path");
}

} // namespace w2n::tool
