#include "compiler/driver/CompilerEntry.h"

#include "compiler/driver/Compile.h"

#include <cstdlib>
#include <cstring>
#include <llvm/Config/llvm-config.h>

using namespace w2n;
using namespace w2n::compiler;

namespace {

std::string orEmpty(const char *text) { return text ? text : ""; }

CompileOptions optionsOf(const W2nCompileRequest &request) {
  CompileOptions options;
  options.level = OptimizationLevel(request.level);
  options.boundsChecks = BoundsChecks(request.boundsChecks);
  options.emit = Emit(request.emit);
  options.stopAfter = StopAfter(request.stopAfter);
  options.strictTrapState = request.strictTrapState != 0;
  options.threads = request.threads;
  options.verbose = request.verbose != 0;
  options.target = orEmpty(request.target);
  options.cpu = orEmpty(request.cpu);
  options.attributes = orEmpty(request.attributes);
  if (request.progress)
    options.progress = [&request](uint32_t done, uint32_t total) {
      request.progress(request.user, done, total);
    };
  return options;
}

} // namespace

#define W2N_EXPORT __attribute__((visibility("default")))

W2N_EXPORT int w2nCompile(const W2nCompileRequest *request, W2nCompileResult *result) {
  *result = {};
  auto output = compile(std::span(request->wasm, request->wasmBytes), orEmpty(request->name),
                        optionsOf(*request));
  if (!output) {
    result->errorKind = uint32_t(output.error().kind);
    result->errorOffset = output.error().offset;
    result->errorText = strdup(output.error().text.c_str());
    return 1;
  }
  result->outputBytes = output->size();
  result->output = static_cast<uint8_t *>(malloc(output->size() + 1));
  if (!output->empty())
    std::memcpy(result->output, output->data(), output->size());
  return 0;
}

W2N_EXPORT void w2nFreeCompileResult(W2nCompileResult *result) {
  free(result->output);
  free(result->errorText);
  *result = {};
}

W2N_EXPORT const char *w2nCompilerVersion(void) {
  return "wasm2native " W2N_VERSION " (LLVM " LLVM_VERSION_STRING ")";
}
