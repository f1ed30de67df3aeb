// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native-oci/Bundle.h"

#include "lib/support/File.h"
#include "runtime/cache/ModuleCache.h"
#include "runtime/cache/Settings.h"
#include "tools/wasm2native-oci/EntryPoint.h"

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::oci {

namespace {

using Json = nlohmann::ordered_json;

constexpr uint64_t maxConfigBytes = 16 << 20, maxModuleBytes = uint64_t(1) << 30;
/// The places at which the container sees them.
constexpr const char *commandPlace = "/.wasm2native/wasm2native",
                     *artifactPlace = "/.wasm2native/program.so";

/// Annotations by which images say that they are made of WebAssembly: crun's, and that of the
/// images of Docker and BuildKit.
constexpr std::pair<const char *, const char *> wasmAnnotations[] = {
    {"run.oci.handler", "wasm"},
    {"module.wasm.image/variant", "compat"},
    {"module.wasm.image/variant", "compat-smart"}};

/// Options that let a program use all that the container has, which is the sandbox here.
constexpr const char *runOptions[] = {"run",           "--dir",         "/::/",
                                      "--inherit-env", "--allow-net=*", "--allow-listen=*",
                                      "--allow-dns",   "--allow-http=*"};

const Json *memberOf(const Json *object, const char *name) {
  if (!object || !object->is_object())
    return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &*found;
}

std::string textOf(const Json *value, const char *otherwise = "") {
  return value && value->is_string() ? value->get<std::string>() : otherwise;
}

bool isAnnotated(const Json &config) {
  const Json *annotations = memberOf(&config, "annotations");
  for (const auto &[name, value] : wasmAnnotations)
    if (textOf(memberOf(annotations, name)) == value)
      return true;
  return false;
}

/// PATH of the program's environment; the last counts.
std::string pathOf(const Json *process) {
  constexpr std::string_view prefix = "PATH=";
  std::string path;
  if (const Json *environment = memberOf(process, "env"); environment && environment->is_array())
    for (const Json &entry : *environment)
      if (const std::string text = textOf(&entry); text.starts_with(prefix))
        path = text.substr(prefix.size());
  return path;
}

std::string inBundle(const std::string &bundle, const std::string &path) {
  return path.starts_with('/') ? path : bundle + "/" + path;
}

/// Nullopt if there is no process, which `create` may do without.
std::optional<Program> programOf(const Json &config, const std::string &bundle) {
  const Json *process = memberOf(&config, "process"), *arguments = memberOf(process, "args");
  const std::string root = textOf(memberOf(memberOf(&config, "root"), "path"));
  if (!arguments || !arguments->is_array() || arguments->empty() || root.empty())
    return std::nullopt;
  const std::string name = textOf(&arguments->front());
  if (name.empty())
    return std::nullopt;
  return Program{inBundle(bundle, root), name, textOf(memberOf(process, "cwd"), "/"),
                 pathOf(process)};
}

/// Runtimes of system services have no home.
std::string cacheFolder() {
  const bool isNamed = getenv("WASM2NATIVE_CACHE_DIR") || getenv("XDG_CACHE_HOME");
  return !isNamed && geteuid() == 0 ? "/var/cache/wasm2native" : "";
}

/// The path of the artifact in the cache, which stays its while it is mounted.
Result<std::string> artifactFor(int file, const std::string &name) {
  W2N_TRY(settings, cache::Settings::read(cacheFolder()));
  W2N_TRY(store, cache::Store::open(settings.folder, settings.limitBytes, settings.longestWait));
  const std::string entries = store->folder() + "/entries/";
  cache::CompilerLibrary compiler;
  // LLVM cannot be stopped in a step; this process can.
  compiler.onOverrun([](const Error &error) {
    fprintf(stderr, "wasm2native-oci: error: %s\n", error.text.c_str());
    _exit(1);
  });
  cache::ModuleCache cache(std::move(store), std::move(compiler), [](const std::string &text) {
    fprintf(stderr, "wasm2native-oci: warning: %s\n", text.c_str());
  });
  w2n_compile_options options;
  w2n_compile_options_init(&options);
  options.cpu = "native";
  W2N_TRY(wasm, readDescriptor(file, name, maxModuleBytes));
  auto source = cache::Source::of(wasm);
  W2N_TRY(obtained, cache.obtain(source, options));
  if (!obtained.file)
    return fail(ErrorKind::Io, "'" + settings.folder +
                                   "' does not keep artifacts, which "
                                   "containers are given from there");
  return entries + hexOf(obtained.key) + ".so";
}

Json readOnlyMount(const char *place, const std::string &source) {
  return {{"destination", place},
          {"type", "bind"},
          {"source", source},
          {"options", {"bind", "ro", "nosuid", "nodev"}}};
}

/// The command takes the place of the program; its arguments stay.
void rewrite(Json &config, const std::string &command, const std::string &artifact) {
  Json &process = config["process"];
  Json arguments = Json::array({commandPlace});
  for (const char *option : runOptions)
    arguments.push_back(option);
  arguments.push_back("--arg0");
  arguments.push_back(process["args"].front());
  arguments.push_back(artifactPlace);
  arguments.push_back("--");
  for (size_t i = 1; i < process["args"].size(); ++i)
    arguments.push_back(process["args"][i]);
  process["args"] = std::move(arguments);
  Json &mounts = config["mounts"];
  if (!mounts.is_array())
    mounts = Json::array();
  mounts.push_back(readOnlyMount(commandPlace, command));
  mounts.push_back(readOnlyMount(artifactPlace, artifact));
}

} // namespace

Status rewriteBundle(const BundleOptions &options) {
  const std::string file = options.folder + "/config.json";
  W2N_TRY(bytes, readRegularFile(file, maxConfigBytes));
  Json config = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  if (!config.is_object())
    return fail(ErrorKind::Malformed, "'" + file + "' is no JSON object");
  const auto program = programOf(config, options.folder);
  if (!program)
    return {};
  W2N_TRY(opened, openProgram(*program));
  if (!opened || !isWasm(opened.get())) {
    // In a pod, containers that are none of WebAssembly may be annotated, too.
    if (isAnnotated(config))
      fprintf(stderr, "wasm2native-oci: note: '%s' is annotated as WebAssembly, and is none\n",
              program->name.c_str());
    return {};
  }
  if (access(options.command.c_str(), X_OK) != 0)
    return fail(ErrorKind::Io, "'" + options.command +
                                   "', the command for containers, cannot be "
                                   "executed; WASM2NATIVE_OCI_COMMAND names it");
  W2N_TRY(artifact, artifactFor(opened.get(), program->name));
  rewrite(config, options.command, artifact);
  const std::string text = config.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  return writeFileAtomically(file, {reinterpret_cast<const uint8_t *>(text.data()), text.size()});
}

} // namespace w2n::oci
