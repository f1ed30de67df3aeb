// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/spec/CompiledScript.h"

#include "lib/support/File.h"
#include "tools/wasm2native/LoadCompiler.h"

#include <algorithm>

namespace w2n::spec {

namespace {

constexpr std::string_view commandsThatLoad[] = {"module", "module_definition", "assert_unlinkable",
                                                 "assert_uninstantiable"};

Status writeError(const std::filesystem::path &path, const Error &error) {
  const Json fields = {
      {"kind", unsigned(error.kind)}, {"offset", error.offset}, {"text", error.text}};
  // Texts may quote names that are no UTF-8.
  const std::string text = fields.dump(-1, ' ', false, Json::error_handler_t::replace);
  return writeFileAtomically(path, {reinterpret_cast<const uint8_t *>(text.data()), text.size()});
}

Result<Error> readError(const std::filesystem::path &path) {
  W2N_TRY(text, readFile(path));
  const Json fields = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!fields.is_object())
    return fail(ErrorKind::Io, path.string() + ": damaged");
  return Error{.kind = ErrorKind(fields.value("kind", unsigned(ErrorKind::Internal))),
               .offset = fields.value("offset", Error::noOffset),
               .text = fields.value("text", "")};
}

Status compileOne(const std::string &name, const std::filesystem::path &scriptFolder,
                  const w2n_compile_options &options, const std::filesystem::path &artifactFolder) {
  W2N_TRY(wasm, readFile(scriptFolder / name));
  if (auto artifact = tool::compileWithLibrary(wasm, options))
    return writeFileAtomically(artifactFolder / (name + ".so"), *artifact);
  else
    return writeError(artifactFolder / (name + ".error"), artifact.error());
}

} // namespace

std::string moduleFileOf(const Json &command) {
  return command.value("binary_filename", command.value("filename", ""));
}

Status compileScript(const Json &commands, const std::filesystem::path &scriptFolder,
                     const w2n_compile_options &options,
                     const std::filesystem::path &artifactFolder) {
  for (const Json &command : commands) {
    const std::string type = command.value("type", "");
    if (type == "thread")
      W2N_CHECK(compileScript(command["commands"], scriptFolder, options, artifactFolder));
    else if (std::ranges::find(commandsThatLoad, type) != std::end(commandsThatLoad))
      W2N_CHECK(compileOne(moduleFileOf(command), scriptFolder, options, artifactFolder));
  }
  return {};
}

Result<std::shared_ptr<const runtime::Module>>
loadCompiled(const std::filesystem::path &artifactFolder, const std::string &name) {
  const std::filesystem::path artifact = artifactFolder / (name + ".so");
  if (std::filesystem::exists(artifact))
    return runtime::Module::load(artifact);
  W2N_TRY(error, readError(artifactFolder / (name + ".error")));
  return std::unexpected(error);
}

} // namespace w2n::spec
