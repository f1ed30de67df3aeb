// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A command of preview 1 in the manner of CGI (RFC 3875) and WAGI: the request is in variables and
// standard input, the answer is standard output: fields, an empty line, the body.
#include "runtime/core/Interrupt.h"
#include "runtime/core/Link.h"
#include "runtime/core/Wait.h"
#include "runtime/serve/Application.h"
#include "runtime/wasi/HostStream.h"
#include "runtime/wasi/WasiContext.h"

#include <algorithm>
#include <charconv>
#include <expected>

namespace w2n::serve {

namespace {

using wasi::Errno;
using wasi::WasiResult;

/// Waits for a connection. Errors: Intr, Io.
WasiResult<void> waitFor(int descriptor, short events) {
  pollfd waited = {descriptor, events, 0};
  switch (runtime::wait({.descriptors = {&waited, 1}})) {
  case runtime::WaitEnd::Interrupted:
    return std::unexpected(Errno::Intr);
  case runtime::WaitEnd::Failed:
    return std::unexpected(Errno::Io);
  case runtime::WaitEnd::Ready:
  case runtime::WaitEnd::Woken:
  case runtime::WaitEnd::Deadline:
    return {};
  }
  __builtin_unreachable();
}

class RequestBody final : public wasi::HostStream {
public:
  explicit RequestBody(std::shared_ptr<http::BodyReader> reader) : reader(std::move(reader)) {}
  WasiResult<size_t> read(std::span<uint8_t> buffer) override {
    size_t count = 0;
    while (true) {
      switch (reader->read(buffer, count)) {
      case http::Progress::Done:
        return count;
      case http::Progress::End:
        return 0;
      case http::Progress::Failed:
        return std::unexpected(Errno::Io);
      case http::Progress::Wait:
        W2N_CHECK(waitFor(reader->readDescriptor(), POLLIN));
      }
    }
  }
  WasiResult<size_t> write(std::span<const uint8_t>) override {
    return std::unexpected(Errno::Badf);
  }

private:
  const std::shared_ptr<http::BodyReader> reader;
};

/// Takes the fields apart, then passes on the body.
class ResponseBody final : public wasi::HostStream {
public:
  explicit ResponseBody(std::shared_ptr<Exchange> exchange) : exchange(std::move(exchange)) {}

  WasiResult<size_t> read(std::span<uint8_t>) override { return std::unexpected(Errno::Badf); }

  WasiResult<size_t> write(std::span<const uint8_t> bytes) override {
    const std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    if (!writer) {
      if (isBad)
        return std::unexpected(Errno::Io);
      const size_t taken = std::min(text.size(), 2 * maxHeadBytes);
      pending.append(text.substr(0, taken));
      if (!takeFields())
        return pending.size() > maxHeadBytes || isBad ? refuse() : WasiResult<size_t>(text.size());
      writer->write(bytes.subspan(taken));
    } else {
      writer->write(bytes);
    }
    W2N_CHECK(send());
    return text.size();
  }

  /// The command has ended well. False if there was no answer.
  bool finish() {
    if (!writer)
      return false;
    writer->finish({});
    return true;
  }

private:
  static constexpr size_t maxHeadBytes = 64 << 10;

  WasiResult<size_t> refuse() {
    isBad = true;
    pending.clear();
    return std::unexpected(Errno::Io);
  }

  /// Until the connection has taken nearly all: what is kept has a bound.
  WasiResult<void> send() {
    constexpr size_t maxKeptBytes = 64 << 10;
    while (true) {
      const http::Progress progress = writer->drain();
      if (progress == http::Progress::Failed)
        return std::unexpected(Errno::Pipe);
      if (progress == http::Progress::Done || writer->keptBytes() < maxKeptBytes)
        return {};
      W2N_CHECK(waitFor(writer->writeDescriptor(), POLLOUT));
    }
  }

  /// Takes lines from what is pending, until the empty one. False if it is not there yet.
  bool takeFields() {
    size_t end;
    while ((end = pending.find('\n', begin)) != pending.npos) {
      std::string_view line(pending.data() + begin, end - begin);
      begin = end + 1;
      if (line.ends_with('\r'))
        line.remove_suffix(1);
      if (line.empty()) {
        respond();
        return writer != nullptr;
      }
      if (!takeField(line)) {
        isBad = true;
        return false;
      }
    }
    return false;
  }

  bool takeField(std::string_view line) {
    const size_t colon = line.find(':');
    if (colon == line.npos)
      return false;
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    if (!http::isFieldName(name) || !http::isFieldValue(value))
      return false;
    if (http::isSameName(name, "status"))
      return takeStatus(value);
    if (http::isSameName(name, "location") && head.status == 0)
      head.status = 302;
    if (http::isSameName(name, "content-length") && !parseLength(value))
      return false;
    head.fields.push_back({std::string(name), std::string(value)});
    return true;
  }

  bool takeStatus(std::string_view value) {
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), head.status);
    return error == std::errc() && head.status >= 200 && head.status <= 599 &&
           (end == value.data() + value.size() || *end == ' ');
  }

  bool parseLength(std::string_view value) {
    uint64_t bytes = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), bytes);
    if (error != std::errc() || end != value.data() + value.size() || length)
      return false;
    length = bytes;
    return true;
  }

  void respond() {
    if (head.status == 0)
      head.status = 200;
    writer = exchange->respond(std::move(head), length);
    const std::string_view rest = std::string_view(pending).substr(begin);
    if (writer && !rest.empty())
      writer->write({reinterpret_cast<const uint8_t *>(rest.data()), rest.size()});
    pending = {};
  }

  const std::shared_ptr<Exchange> exchange;
  std::string pending;
  size_t begin = 0;
  http::ResponseHead head;
  std::optional<uint64_t> length;
  std::shared_ptr<http::BodyWriter> writer;
  bool isBad = false;
};

/// "HTTP_ACCEPT_LANGUAGE"; empty for what a program could take for something else (httpoxy).
std::string variableOf(std::string_view name) {
  if (http::isSameName(name, "proxy") || http::isSameName(name, "content-length") ||
      http::isSameName(name, "content-type") || http::isSameName(name, "authorization"))
    return "";
  std::string variable = "HTTP_";
  for (const char c : name) {
    const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!isLetter && !(c >= '0' && c <= '9') && c != '-')
      return "";
    variable += c == '-' ? '_' : c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
  }
  return variable;
}

/// "%41" becomes "A" (RFC 3875, section 4.1.5). Nothing if it cannot be a variable's text.
std::optional<std::string> decodePath(std::string_view path) {
  std::string decoded;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      decoded += path[i];
      continue;
    }
    const std::string_view digits = path.substr(i + 1, 2);
    uint8_t byte = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() < 2 || error != std::errc() || end != digits.data() + 2 || byte == 0)
      return std::nullopt;
    decoded += char(byte);
    i += 2;
  }
  return decoded;
}

/// One variable for all fields of a name (section 4.1.18), by what separates them in a list.
void addFieldVariables(const http::Fields &fields, std::vector<std::string> &variables) {
  const size_t first = variables.size();
  for (const http::Field &field : fields) {
    const std::string variable = variableOf(field.name);
    if (variable.empty())
      continue;
    const auto known =
        std::find_if(variables.begin() + ptrdiff_t(first), variables.end(),
                     [&](const std::string &text) { return text.starts_with(variable + "="); });
    if (known == variables.end())
      variables.push_back(variable + "=" + field.value);
    else
      known->append(variable == "HTTP_COOKIE" ? "; " : ", ").append(field.value);
  }
}

/// An error is what is wrong with the request.
std::expected<std::vector<std::string>, const char *> variablesOf(const Exchange &exchange) {
  const http::RequestHead &head = exchange.head;
  const std::string_view target = head.target;
  const size_t question = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, question);
  const auto info = decodePath(path.substr(std::min(exchange.routePath.size(), path.size())));
  if (!info)
    return std::unexpected("the path has a bad escape");
  // No list: two programs might take another one of them.
  if (std::ranges::count_if(head.fields, [](const http::Field &field) {
        return http::isSameName(field.name, "content-type");
      }) > 1)
    return std::unexpected("a request has one content-type");
  std::vector<std::string> variables = {
      "GATEWAY_INTERFACE=CGI/1.1",
      "SERVER_SOFTWARE=wasm2native",
      "SERVER_PROTOCOL=HTTP/" + std::to_string(head.version / 10) + "." +
          std::to_string(head.version % 10),
      "REQUEST_METHOD=" + head.method,
      "SCRIPT_NAME=" + exchange.routePath,
      "PATH_INFO=" + *info,
      "QUERY_STRING=" + std::string(target.substr(std::min(question + 1, target.size()))),
      "REQUEST_URI=" + head.target,
      "REMOTE_ADDR=" + exchange.peer.remoteAddress,
      "SERVER_NAME=" + exchange.peer.localAddress,
      "SERVER_PORT=" + exchange.peer.localPort};
  if (exchange.peer.usesTls)
    variables.push_back("HTTPS=on");
  for (const auto &[name, variable] :
       {std::pair("content-length", "CONTENT_LENGTH"), std::pair("content-type", "CONTENT_TYPE")})
    if (const std::string *value = http::findField(head.fields, name))
      variables.push_back(std::string(variable) + "=" + *value);
  addFieldVariables(head.fields, variables);
  return variables;
}

class CommandApplication final : public Application {
public:
  CommandApplication(std::shared_ptr<const runtime::Module> module,
                     const ApplicationOptions &options)
      : module(std::move(module)), options(options) {}

  Status handle(std::shared_ptr<Exchange> exchange) override {
    wasi::WasiOptions given = options.wasi;
    auto variables = variablesOf(*exchange);
    if (!variables) {
      exchange->respondWith(400, variables.error());
      return {};
    }
    for (std::string &variable : *variables)
      given.environment.push_back(std::move(variable));
    const auto response = std::make_shared<ResponseBody>(exchange);
    given.streams[0] = std::make_shared<RequestBody>(exchange->body);
    given.streams[1] = response;
    W2N_TRY(context, wasi::WasiContext::create(std::move(given)));
    const Status ended = run(context);
    if (!ended && (ended.error().kind != ErrorKind::Exit || ended.error().code != 0))
      return ended;
    if (!response->finish())
      return fail(ErrorKind::Invalid,
                  "the command ended without an answer: fields and an empty line");
    return {};
  }

private:
  Status run(const std::shared_ptr<wasi::WasiContext> &context) const {
    auto resolve = [&](std::string_view name, std::string_view field, wasm::ExternKind kind) {
      return context->find(name, field, kind);
    };
    W2N_TRY(instance, runtime::Instance::instantiate(module, resolve, options.instance));
    const auto start = instance->findExport("_start");
    const auto *function =
        start ? std::get_if<std::shared_ptr<runtime::Function>>(&*start) : nullptr;
    if (!function || !(*function)->type.params.empty() || !(*function)->type.results.empty())
      return fail(ErrorKind::Link, "no exported function '_start': not a WASI command");
    return runtime::call(**function, {});
  }

  const std::shared_ptr<const runtime::Module> module;
  const ApplicationOptions options;
};

} // namespace

Result<std::shared_ptr<Application>>
makeCommandApplication(std::shared_ptr<const runtime::Module> module,
                       const ApplicationOptions &options) {
  return std::make_shared<CommandApplication>(std::move(module), options);
}

} // namespace w2n::serve
