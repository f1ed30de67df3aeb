// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/OutputFiles.h"

#include "lib/support/Error.h"

#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::tool {

namespace {

template <typename T> using OrText = std::expected<T, std::string>;

/// "dir/mod.wasm" and ".so" give "dir/mod.so".
std::string withExtension(const std::string &path, const char *extension) {
  size_t name = path.find_last_of('/') + 1;
  size_t dot = path.find_last_of('.');
  return path.substr(0, dot == std::string::npos || dot <= name ? path.size() : dot) + extension;
}

/// "dir/mod.so" and "aarch64-linux-gnu" give "dir/mod.aarch64.so".
std::string withTarget(const std::string &path, const std::string &target) {
  const size_t name = path.find_last_of('/') + 1;
  size_t dot = path.find_last_of('.');
  if (dot == std::string::npos || dot <= name)
    dot = path.size();
  return path.substr(0, dot) + "." + target.substr(0, target.find('-')) + path.substr(dot);
}

bool isFolder(const std::string &path) {
  struct stat status;
  return path.ends_with('/') || (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode));
}

/// The path to which `input` is written, before names of targets.
OrText<std::string> outputOf(const CommandLine &line, const std::string &input,
                             const OutputKind &kind) {
  const std::string output = line.value("output");
  if (output != "-" && line.has("output") && isFolder(output)) {
    if (input == "-")
      return std::unexpected("a module from standard input needs -o with the name of a file");
    const std::string name = input.substr(input.find_last_of('/') + 1);
    return output + (output.ends_with('/') ? "" : "/") + withExtension(name, kind.extension);
  }
  if (line.has("output"))
    return output;
  if (input == "-" && kind.isWritten)
    return std::unexpected("a module from standard input needs -o");
  return withExtension(input, kind.extension);
}

OrText<FilePlan> planFile(const CommandLine &line, const std::string &input,
                          const OutputKind &kind) {
  W2N_TRY(output, outputOf(line, input, kind));
  if (!kind.isWritten)
    return FilePlan{input, {output}};
  if (output == input && input != "-")
    return std::unexpected("the output would replace the input '" + input + "'; -o names another");
  if (output == "-" && kind.targets.size() > 1)
    return std::unexpected("the outputs of several targets cannot all go to standard output");
  if (output == "-" && !kind.isText && isatty(STDOUT_FILENO))
    return std::unexpected("will not write a binary to a terminal");
  FilePlan plan{input, {output}};
  if (kind.targets.size() > 1) {
    plan.outputs.clear();
    for (const std::string &target : kind.targets)
      plan.outputs.push_back(withTarget(output, target));
  }
  return plan;
}

/// Several inputs must not write the same file. Their outputs go into a folder or beside them, so
/// that only equal names can meet.
OrText<void> checkDistinct(const std::vector<FilePlan> &files) {
  std::map<std::string, std::string> inputOf;
  for (const FilePlan &file : files)
    for (const std::string &output : file.outputs)
      if (const auto [other, isNew] = inputOf.try_emplace(output, file.input); !isNew)
        return std::unexpected("'" + other->second + "' and '" + file.input +
                               "' would both be written to '" + output + "'");
  return {};
}

} // namespace

OrText<std::vector<FilePlan>> planFiles(const CommandLine &line, const OutputKind &kind) {
  const auto &inputs = line.positional();
  if (inputs.empty())
    return std::unexpected("no input file");
  const std::string output = line.value("output");
  if (inputs.size() > 1 && kind.isWritten && line.has("output") &&
      (output == "-" || !isFolder(output)))
    return std::unexpected("-o is '" + output + "', must be a folder for " +
                           std::to_string(inputs.size()) + " input files; 'FOLDER/' is one");
  std::vector<FilePlan> files;
  for (const std::string &input : inputs) {
    W2N_TRY(plan, planFile(line, input, kind));
    files.push_back(std::move(plan));
  }
  if (kind.isWritten && files.size() > 1)
    W2N_CHECK(checkDistinct(files));
  return files;
}

} // namespace w2n::tool
