// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/State.h"

#include "runtime/core/Interrupt.h"
#include "runtime/wasi/p2/Interfaces.h"
#include "runtime/wasi/p3/Interfaces.h"
#include "runtime/wasi/proposals/Interfaces.h"

namespace w2n::wasi::p2 {

State::State(std::shared_ptr<WasiContext> given) : wasi(std::move(given)) {
  countOpenFiles();
  for (const runtime::ResourceType *type : resourceTypes())
    addResourceType(*type, version);
  for (const runtime::ResourceType *type : p3::resourceTypes())
    addResourceType(*type, p3::version);
  for (const proposals::Package &package : proposals::allPackages())
    for (const runtime::ResourceType *type : package.resourceTypes)
      addResourceType(*type, package.version);
}

State::State(std::shared_ptr<WasiContext> given, const runtime::HostContext &prototype)
    : wasi(std::move(given)) {
  countOpenFiles();
  shareResourceTypes(prototype);
}

StatePrototype::StatePrototype() {
  for (const runtime::ResourceType *type : resourceTypes())
    addResourceTypePerInstance(*type, version);
  for (const runtime::ResourceType *type : p3::resourceTypes())
    addResourceTypePerInstance(*type, p3::version);
  for (const proposals::Package &package : proposals::allPackages())
    for (const runtime::ResourceType *type : package.resourceTypes)
      addResourceTypePerInstance(*type, package.version);
}

void State::countOpenFiles() {
  const size_t open = wasi->files.handles().size();
  const uint32_t most = wasi->maxOpenFiles();
  openFiles = std::make_shared<OpenFiles>(open < most ? most - uint32_t(open) : 0);
}

WasiResult<FileHandle> State::keep(File file) {
  if (!openFiles->take())
    return std::unexpected(Errno::Mfile);
  file.chaos = wasi->chaos;
  return FileHandle(new File(std::move(file)), [counter = openFiles](const File *kept) {
    delete kept;
    counter->giveBack();
  });
}

std::unexpected<Error> interrupted() { return std::unexpected(runtime::interruptError()); }

std::unexpected<Error> trap(std::string text) { return fail(ErrorKind::Trap, std::move(text)); }

Status define(runtime::HostInterfaces &interfaces, std::shared_ptr<WasiContext> wasi,
              std::shared_ptr<HttpClient> httpClient) {
  const runtime::CallTraceSink trace = wasi->trace();
  auto state = std::make_shared<State>(std::move(wasi));
  state->httpClient = std::move(httpClient);
  W2N_CHECK(runtime::define(interfaces, allInterfaces(), version, state, trace));
  W2N_CHECK(runtime::define(interfaces, p3::allInterfaces(), p3::version, state, trace));
  for (const proposals::Package &package : proposals::allPackages())
    W2N_CHECK(runtime::define(interfaces, package.interfaces, package.version, state, trace));
  return {};
}

Status definePerInstance(runtime::HostInterfaces &interfaces, const StatePrototype &prototype,
                         const TraceSink &trace) {
  W2N_CHECK(runtime::definePerInstance(interfaces, allInterfaces(), version, prototype, trace));
  W2N_CHECK(
      runtime::definePerInstance(interfaces, p3::allInterfaces(), p3::version, prototype, trace));
  for (const proposals::Package &package : proposals::allPackages())
    W2N_CHECK(runtime::definePerInstance(interfaces, package.interfaces, package.version, prototype,
                                         trace));
  return {};
}

} // namespace w2n::wasi::p2
