// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native serve: components and commands that answer requests of HTTP.
//
// The main thread only waits: for signals, and for files that were replaced.
#include "runtime/http/Library.h"
#include "tools/wasm2native/AccessLog.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/LimitOptions.h"
#include "tools/wasm2native/Listen.h"
#include "tools/wasm2native/LoadModule.h"
#include "tools/wasm2native/ServeOptions.h"
#include "tools/wasm2native/Subcommands.h"
#include "tools/wasm2native/WasiOptions.h"

#include <algorithm>
#include <arpa/inet.h>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::tool {

namespace {

constexpr OptionRow serveRows[] = {
    {"addr", "ADDRESS",
     "listen at HOST:PORT or unix:PATH, after https:// with TLS, after http:// without; may be "
     "repeated (default: what systemd gives, else 127.0.0.1:8080)",
     "Serve"},
    {"certificate", "FILE",
     "use TLS, with this certificate and those that lead to its issuer (PEM)", "Serve"},
    {"key", "FILE", "the certificate's private key (PEM, without a passphrase)", "Serve"},
    {"route", "/PATH=FILE", "serve FILE at /PATH and below it", "Serve"},
    {"admin-addr", "ADDRESS", "answer /metrics (Prometheus) and /health there", "Serve"},
    {"log", "HOW", "of each request a line on standard output: text (default), json or none",
     "Serve"},
    {"threads", "COUNT", "threads that answer (default: one for each core)", "Serve"},
    {"max-instances", "COUNT", "the most instances at a time; default 1000", "Limits"},
    {"max-queue", "COUNT", "the most requests that wait for one, others get 503; default 1000",
     "Limits"},
    {"max-connections", "COUNT", "the most connections at a time; default 20000", "Limits"},
    {"max-streams", "COUNT", "the most requests at a time on a connection of HTTP/2; default 100",
     "Limits"},
    {"max-body", "BYTES", "of a request; default 16M", "Limits"},
    {"max-header", "BYTES", "of a request's head; default 16K", "Limits"},
    {"idle-timeout", "DURATION", "end a connection without a request for so long; default 60s",
     "Limits"},
    {"header-timeout", "DURATION", "for a request's head to arrive; default 10s", "Limits"},
    {"send-timeout", "DURATION", "for a client to take the rest of an answer; default 30s",
     "Limits"},
    {"drain-timeout", "DURATION", "for requests to end after SIGTERM; default 30s", "Limits"},
    cacheFolderRow,
    cacheSizeRow,
    trustedKeysRow,
    remoteUrlRow,
    remoteModeRow,
    remoteTokenRow,
    remoteTimeoutRow,
    remoteUnsignedRow,
    {"no-cache", nullptr, "compile a WebAssembly module into memory, always", "Cache"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example serveExamples[] = {
    {"wasm2native serve app.wasm", "at http://127.0.0.1:8080"},
    {"wasm2native serve --addr 0.0.0.0:80 --route /api=api.so site.so", "two applications"},
    {"wasm2native serve --timeout 2s --max-memory 64M --max-instances 200 app.so", "with limits"},
    {"wasm2native serve --certificate site.pem --key site.key --addr 0.0.0.0:443 site.so",
     "by TLS"},
    {"wasm2native serve --allow-http api.example.com app.so", "it may make requests there"},
};

} // namespace

constinit const CommandSpec serveSpec = {
    .name = "wasm2native serve",
    .usage = "[OPTION...] [FILE]",
    .summary = "Answers requests of HTTP, each in a new instance: of a component that exports "
               "wasi:http/incoming-handler, or of a WASI command in the manner of CGI.",
    .options = serveRows,
    .sharedOptions = codegenOptions,
    .furtherOptions = wasiOptions,
    .limitOptions = limitOptions,
    .epilogue =
        "\nSIGTERM and SIGINT let the requests end that run; SIGHUP loads the files again, and the "
        "certificate,\nas replacing them does. --timeout is for each request (default 30s).\n",
    .examples = serveExamples};

namespace {

/// The state that tells a file from the one that replaces it.
struct FileState {
  uint64_t inode = 0;
  int64_t size = -1, seconds = 0, ns = 0;
  friend bool operator==(const FileState &, const FileState &) = default;
};

FileState stateOf(const std::string &file) {
  struct stat status;
  if (stat(file.c_str(), &status) != 0)
    return {};
  return {status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

bool isSpecial(const std::string &file) {
  struct stat status;
  return stat(file.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

class Service {
public:
  explicit Service(ServeRequest request) : request(std::move(request)) {}

  Status start();
  /// Until a signal ends it. Returns the exit status.
  int wait();

private:
  Result<serve::Routes> loadRoutes();
  /// Null without TLS.
  Result<std::shared_ptr<const http::TlsContext>> loadTls();
  Result<std::vector<serve::Listener>> listen() const;
  Status makePool();
  void reload();
  bool noteReplaced();
  /// The state of all files that are taken over when they are replaced.
  std::vector<FileState> stateOfFiles() const;

  ServeRequest request;
  std::vector<FileState> states;
  std::unique_ptr<serve::Server> server;
};

/// Descriptors that systemd has opened (sd_listen_fds(3)).
std::vector<int> givenSockets() {
  constexpr int first = 3;
  const char *process = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
  std::vector<int> sockets;
  if (!process || !count || atol(process) != long(getpid()))
    return sockets;
  for (int i = 0; i < std::min(atoi(count), 64); ++i)
    sockets.push_back(first + i);
  return sockets;
}

/// The URL at which a socket listens, as clients name it.
std::string urlOf(const serve::Listener &listener) {
  const std::string scheme = listener.use == serve::Listener::Use::Tls ? "https://" : "http://";
  sockaddr_storage address = {};
  socklen_t bytes = sizeof(address);
  char text[INET6_ADDRSTRLEN] = {};
  if (getsockname(listener.socket, reinterpret_cast<sockaddr *>(&address), &bytes) != 0)
    return "?";
  if (address.ss_family == AF_INET) {
    const auto &ip = reinterpret_cast<const sockaddr_in &>(address);
    return scheme + inet_ntop(AF_INET, &ip.sin_addr, text, sizeof(text)) + ":" +
           std::to_string(ntohs(ip.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto &ip = reinterpret_cast<const sockaddr_in6 &>(address);
    return scheme + "[" + inet_ntop(AF_INET6, &ip.sin6_addr, text, sizeof(text)) +
           "]:" + std::to_string(ntohs(ip.sin6_port));
  }
  return "a socket";
}

Result<std::vector<serve::Listener>> Service::listen() const {
  using Use = serve::Listener::Use;
  std::vector<ServeAddress> addresses = request.addresses;
  std::vector<serve::Listener> listeners;
  if (addresses.empty())
    for (const int socket : givenSockets())
      listeners.push_back({socket, request.defaultUse()});
  if (addresses.empty() && listeners.empty())
    addresses.push_back({"127.0.0.1:8080", request.defaultUse()});
  for (const std::string &address : request.adminAddresses)
    addresses.push_back({address, Use::Admin});
  for (const ServeAddress &address : addresses) {
    auto socket = listenAt(address.text);
    if (!socket)
      return fail(ErrorKind::Io, socket.error());
    listeners.push_back({*socket, address.use});
  }
  return listeners;
}

std::vector<FileState> Service::stateOfFiles() const {
  std::vector<FileState> found;
  for (const RouteFile &route : request.routes)
    found.push_back(stateOf(route.file));
  if (!request.tls.keyFile.empty())
    for (const std::string &file : {request.tls.certificateFile, request.tls.keyFile})
      found.push_back(stateOf(file));
  return found;
}

Result<std::shared_ptr<const http::TlsContext>> Service::loadTls() {
  if (request.tls.keyFile.empty())
    return nullptr;
  for (const std::string &file : {request.tls.certificateFile, request.tls.keyFile})
    if (isSpecial(file))
      return fail(ErrorKind::Io, file + ": not a regular file");
  W2N_TRY(library, http::openTls());
  W2N_TRY(codec, http::openCodec());
  http::TlsServerOptions options = request.tls;
  options.offersHttp2 = codec->makeHttp2 != nullptr;
  return library->makeServer(options);
}

Result<serve::Routes> Service::loadRoutes() {
  serve::Routes routes;
  for (const auto &[path, file] : request.routes) {
    // Opening a pipe would wait for its other end.
    if (isSpecial(file))
      return fail(ErrorKind::Io, file + ": not a regular file");
    auto module = loadModule(file, request.compile, request.cache, {});
    serve::ApplicationOptions options = request.application;
    options.wasi.arguments = {file};
    auto application =
        module ? serve::Application::create(*module, options) : std::unexpected(module.error());
    if (!application) {
      application.error().text.insert(0, file + ": ");
      return std::unexpected(application.error());
    }
    routes.push_back({path, *application});
  }
  return routes;
}

/// Makes a pool for instances; where there is no room for it, they are made without.
Status Service::makePool() {
  runtime::InstancePool::Options options;
  options.slots = request.server.maxInstances;
  options.maxMemoryBytes =
      std::min(options.maxMemoryBytes, request.application.instance.limits.maxMemoryBytes);
  auto pool = runtime::InstancePool::create(options);
  if (pool)
    request.application.instance.pool = *pool;
  else
    printWarning("instances are made without a pool: " + pool.error().text);
  return {};
}

Status Service::start() {
  if (!request.application.wasi.httpHosts.empty()) {
    W2N_TRY(client, wasi::p2::HttpClient::create({.hosts = request.application.wasi.httpHosts}));
    request.application.httpClient = std::move(client);
  }
  W2N_CHECK(makePool());
  states = stateOfFiles();
  W2N_TRY(routes, loadRoutes());
  W2N_TRY(tls, loadTls());
  W2N_TRY(listeners, listen());
  request.server.log = accessLog(request.log);
  request.server.onError = [](std::string_view route, const Error &error) {
    if (error.kind != ErrorKind::Exit)
      reportError(std::string(route) + "/", error);
  };
  W2N_TRY(made, serve::Server::start(request.server, std::move(routes), std::move(tls), listeners));
  server = std::move(made);
  for (const serve::Listener &listener : listeners)
    fprintf(stderr, "wasm2native: %s at %s\n",
            listener.use == serve::Listener::Use::Admin ? "metrics" : "serving",
            urlOf(listener).c_str());
  return {};
}

/// The old applications and certificates go on if anything cannot be loaded.
void Service::reload() {
  // Also of files that cannot be loaded, which are tried again when they change.
  states = stateOfFiles();
  auto routes = loadRoutes();
  auto tls = loadTls();
  if (!routes || !tls)
    return printWarning("not loaded again: " + (routes ? tls.error().text : routes.error().text));
  server->setRoutes(std::move(*routes));
  server->setTls(std::move(*tls));
  fprintf(stderr, "wasm2native: loaded again\n");
}

/// Whether a file is another one, which stays as it is from one look to the next: it is complete.
bool Service::noteReplaced() {
  static std::vector<FileState> seen;
  std::vector<FileState> now = stateOfFiles();
  const bool isSettled = now == seen;
  seen = now;
  return isSettled && now != states &&
         std::ranges::none_of(now, [](const FileState &state) { return state.size < 0; });
}

int Service::wait() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&signals, number);
  constexpr timespec lookEvery = {0, 500'000'000};
  while (true) {
    const int number = sigtimedwait(&signals, nullptr, &lookEvery);
    if (number == SIGHUP || (number < 0 && noteReplaced()))
      reload();
    else if (number > 0)
      break;
  }
  return server->drain(request.drainTimeout) ? 0 : exitError;
}

/// Signals are for the main thread, which waits for them.
void blockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

} // namespace

int serveMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(serveSpec, arguments);
  if (!line)
    return usageError(serveSpec, line.error());
  if (line->has("help"))
    return printHelp(serveSpec);
  auto request = readServeRequest(*line);
  if (!request)
    return usageError(serveSpec, request.error());
  blockSignals();
  Service service(std::move(*request));
  if (auto started = service.start(); !started)
    return reportError("", started.error());
  exitNow(service.wait());
}

} // namespace w2n::tool
