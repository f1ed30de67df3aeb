// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/WasiContext.h"

#include "runtime/wasi/CallTable.h"
#include "runtime/wasi/CallWrites.h"
#include "runtime/wasi/PathOperations.h"
#include "runtime/wasi/Refusals.h"
#include "runtime/wasi/tree/Node.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace w2n::wasi {

namespace {
constexpr Rights streamRights =
    rights::fdAdvise | rights::fdFilestatGet | rights::pollFdReadwrite | rights::sockShutdown;
constexpr Rights inputRights = streamRights | rights::fdRead | rights::sockAccept;
constexpr Rights outputRights =
    streamRights | rights::fdWrite | rights::fdSync | rights::fdDatasync;
} // namespace

Result<std::shared_ptr<WasiContext>> WasiContext::create(WasiOptions options) {
  auto context = std::shared_ptr<WasiContext>(new WasiContext(std::move(options)));
  const auto &streams = context->options.streams;
  context->addStandardStream(context->options.standardInput, inputRights, streams[0]);
  context->addStandardStream(context->options.standardOutput, outputRights, streams[1]);
  context->addStandardStream(context->options.standardError, outputRights, streams[2]);
  for (const Preopen &preopen : context->options.preopens)
    W2N_CHECK(context->addPreopen(preopen));
  for (int host : context->options.listeners)
    W2N_CHECK(context->addListener(host));
  if (context->files.isOverfull())
    return fail(ErrorKind::Limit, "the guest is given more descriptors than it may have open");
  return context;
}

/// A descriptor that is always ready and has a status; never closed.
static int nullDevice() {
  static const int descriptor = open("/dev/null", O_RDWR | O_CLOEXEC);
  return descriptor;
}

// A stream keeps its type's rights only: even if it is a directory, no path can be opened through
// it. Its flags stay as they are, because the host's other processes share them (O_NONBLOCK on a
// terminal outlives us). What can be written to is written in order: where the stream is a file,
// the bytes before were not given to the guest. Reading elsewhere harms nothing, as long as nobody
// writes at the position that it shares.
void WasiContext::addStandardStream(int host, Rights base,
                                    const std::shared_ptr<HostStream> &stream) {
  if (stream) {
    File file;
    file.host = nullDevice();
    file.type = FileType::Unknown;
    file.base = base;
    file.inOrder = true;
    file.stream = stream;
    return files.append(std::move(file));
  }
  struct stat status;
  if (host < 0 || fstat(host, &status) != 0)
    return files.append(std::nullopt);
  File file;
  file.host = host;
  file.type = fileTypeOf(status.st_mode);
  const bool isTerminal = isatty(host);
  // wasi-libc takes a character device without these two for a terminal. On pipes, and what is used
  // in order, they give the errno that programs look for (ESPIPE).
  const bool mayTell = !isTerminal && file.type != FileType::Directory;
  file.base = base | (mayTell ? rights::fdSeek | rights::fdTell : 0);
  file.inOrder = (fcntl(host, F_GETFL) & O_ACCMODE) != O_RDONLY;
  file.isTerminal = isTerminal;
  if (isTerminal && !options.rawTerminal)
    file.filter = std::make_shared<TerminalOutput>(terminalTurn);
  file.inheriting = file.base & rights::sockAccept ? connectionRights : 0;
  files.append(std::move(file));
}

namespace {
Rights rightsOf(const Preopen &preopen) { return preopen.readOnly ? readOnlyRights : ~Rights(0); }
} // namespace

Status WasiContext::addTree(const Preopen &preopen) {
  if (!alwaysReady)
    alwaysReady = Descriptor(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!alwaysReady)
    return fail(ErrorKind::Io, std::string("cannot open '/dev/null': ") + strerror(errno));
  W2N_TRY(root, preopen.makeTree(*this));
  const Rights allowed = rightsOf(preopen);
  File file = treeFile(*this, root, O_RDONLY | O_DIRECTORY, directoryRights & allowed,
                       (directoryRights | fileRights) & allowed);
  file.preopenName = preopen.guestPath;
  files.append(std::move(file));
  return {};
}

Status WasiContext::addPreopen(const Preopen &preopen) {
  if (preopen.makeTree)
    return addTree(preopen);
  Descriptor directory(open(preopen.hostPath.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory)
    return fail(ErrorKind::Io,
                "cannot open directory '" + preopen.hostPath + "': " + strerror(errno));
  File file;
  file.host = directory.get();
  file.owned = std::move(directory);
  file.type = FileType::Directory;
  file.base = directoryRights & rightsOf(preopen);
  file.inheriting = (directoryRights | fileRights) & rightsOf(preopen);
  file.preopenName = preopen.guestPath;
  file.cookies = std::make_shared<DirectoryCookies>(cookieBudget);
  files.append(std::move(file));
  return {};
}

Status WasiContext::addListener(int host) {
  struct stat status;
  if (fstat(host, &status) != 0 || !S_ISSOCK(status.st_mode))
    return fail(ErrorKind::Invalid, "descriptor " + std::to_string(host) + " is no socket");
  File file;
  file.host = host;
  file.type = FileType::SocketStream;
  // Waiting for a connection is waiting for something to read.
  file.base = rights::sockAccept | rights::fdRead | rights::pollFdReadwrite |
              rights::fdFdstatSetFlags | rights::fdFilestatGet;
  file.inheriting = connectionRights;
  files.append(std::move(file));
  return {};
}

std::optional<runtime::Extern> WasiContext::find(std::string_view module, std::string_view name,
                                                 wasm::ExternKind kind) {
  const Call *call = kind == wasm::ExternKind::Function ? findCall(module, name) : nullptr;
  if (!call)
    return std::nullopt;
  auto function = runtime::makeHostFunction(call->type(), bodyOf(*call));
  if (options.describeWrites)
    function->writes = writesOf(*call, shared_from_this());
  return function;
}

runtime::HostCallback WasiContext::bodyOf(const Call &call) {
  if (options.trace)
    return [self = shared_from_this(), call = &call](runtime::Caller caller,
                                                     std::span<runtime::Slot> slots) {
      return invokeTraced(*call, self->options.trace, *self, GuestMemory(caller.memory()), slots);
    };
  if (options.refused && mayBeRefused(call))
    return [self = shared_from_this(), call = &call](runtime::Caller caller,
                                                     std::span<runtime::Slot> slots) {
      return invokeWatched(*call, self->options.refused, *self, GuestMemory(caller.memory()),
                           slots);
    };
  return [self = shared_from_this(), invoke = call.invoke](runtime::Caller caller,
                                                           std::span<runtime::Slot> slots) {
    return invoke(*self, GuestMemory(caller.memory()), slots);
  };
}

} // namespace w2n::wasi
