// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// HTTP/2 by nghttp2, which checks frames and the form of messages (RFC 9113, section 8). On top of
// that are limits of what a client can make a server do for nothing: fields beyond the limit, and
// frames that ask for work and carry none.
#include "runtime/http/Http2.h"

#include "runtime/http/Codec.h"
#include "runtime/http/Host.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <nghttp2/nghttp2.h>
#include <utility>

namespace w2n::http {

namespace {

// The window of a connection; that of each stream is 64 KiB.
constexpr int32_t connectionWindowBytes = 1 << 20;
// Added to each field's size (RFC 9113, section 6.5.2).
constexpr size_t fieldOverheadBytes = 32;
// Frames without content, in a burst and for each second.
constexpr double maxEmptyFrames = 1000, emptyFramesPerSecond = 100;

struct FreeOption {
  void operator()(nghttp2_option *option) const { nghttp2_option_del(option); }
};
struct FreeCallbacks {
  void operator()(nghttp2_session_callbacks *made) const { nghttp2_session_callbacks_del(made); }
};
struct FreeSession {
  void operator()(nghttp2_session *session) const { nghttp2_session_del(session); }
};

/// The fields of a request, or its trailers, as they come.
struct Incoming {
  RequestHead head;
  std::string authority;
  Fields trailers;
  size_t bytes = 0;
  /// Whether the head is complete.
  bool isTooLarge = false, isOpen = false;

  void take(std::string_view name, std::string_view value);
  /// Makes the head what it would be in HTTP/1.1. The status to refuse it with, or 0.
  unsigned finishHead();
};

void Incoming::take(std::string_view name, std::string_view value) {
  constexpr std::string_view crumbs = "; ";
  if (isOpen) {
    trailers.push_back({std::string(name), std::string(value)});
  } else if (name == ":method") {
    head.method = value;
  } else if (name == ":path") {
    head.target = value;
  } else if (name == ":authority") {
    authority = value;
  } else if (!name.starts_with(':')) {
    // Cookies come in pieces (RFC 9113, section 8.2.3).
    const auto known = name != "cookie" ? head.fields.end()
                                        : std::ranges::find(head.fields, "cookie", &Field::name);
    if (known != head.fields.end())
      known->value.append(crumbs).append(value);
    else
      head.fields.push_back({std::string(name), std::string(value)});
  }
}

unsigned Incoming::finishHead() {
  head.version = 20;
  if (isTooLarge)
    return 431;
  const auto hosts =
      std::ranges::count_if(head.fields, [](const Field &field) { return field.name == "host"; });
  const std::string *host = findField(head.fields, "host");
  if (hosts > 1 || (hosts == 0 && authority.empty()) || !isHost(host ? *host : authority) ||
      (host && !authority.empty() && !isSameName(*host, authority)))
    return 400;
  if (!host)
    head.fields.insert(head.fields.begin(), {"host", authority});
  const bool areFields = std::ranges::all_of(head.fields, [](const Field &field) {
    return isFieldName(field.name) && isFieldValue(field.value);
  });
  return areFields && declaredLength(head.fields).isValid ? 0 : 400;
}

/// Frames that a client sends without asking for anything: many at once are an attack.
class EmptyFrames {
public:
  /// False if there are too many.
  bool take() {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> time = now - last;
    last = now;
    left = std::min(maxEmptyFrames, left + time.count() * emptyFramesPerSecond) - 1;
    return left > 0;
  }

private:
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
  double left = maxEmptyFrames;
};

class NgSession final : public Http2Session {
public:
  NgSession(const Http2Limits &limits, Events &events) : limits(limits), events(events) {}

  bool open() {
    nghttp2_option *newOption = nullptr;
    nghttp2_session_callbacks *newCallbacks = nullptr;
    nghttp2_session *newSession = nullptr;
    if (nghttp2_option_new(&newOption) != 0)
      return false;
    const std::unique_ptr<nghttp2_option, FreeOption> option(newOption);
    if (nghttp2_session_callbacks_new(&newCallbacks) != 0)
      return false;
    const std::unique_ptr<nghttp2_session_callbacks, FreeCallbacks> callbacks(newCallbacks);
    // The client may send more when a guest has read.
    nghttp2_option_set_no_auto_window_update(newOption, 1);
    nghttp2_option_set_no_closed_streams(newOption, 1);
    nghttp2_session_callbacks_set_on_begin_headers_callback(newCallbacks, onBeginHeaders);
    nghttp2_session_callbacks_set_on_header_callback(newCallbacks, onHeader);
    nghttp2_session_callbacks_set_on_frame_recv_callback(newCallbacks, onFrame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(newCallbacks, onDataChunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(newCallbacks, onStreamClose);
    if (nghttp2_session_server_new2(&newSession, newCallbacks, this, newOption) != 0)
      return false;
    session.reset(newSession);
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.maxStreams},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.maxHeadBytes}};
    return nghttp2_submit_settings(newSession, NGHTTP2_FLAG_NONE, settings, std::size(settings)) ==
               0 &&
           nghttp2_session_set_local_window_size(newSession, NGHTTP2_FLAG_NONE, 0,
                                                 connectionWindowBytes) == 0;
  }

  bool receive(std::span<const uint8_t> bytes) override {
    const ssize_t used = nghttp2_session_mem_recv(session.get(), bytes.data(), bytes.size());
    if (used < 0)
      nghttp2_session_terminate_session(session.get(), used == NGHTTP2_ERR_BAD_CLIENT_MAGIC
                                                           ? NGHTTP2_PROTOCOL_ERROR
                                                           : NGHTTP2_ENHANCE_YOUR_CALM);
    return used == ssize_t(bytes.size());
  }

  bool takeOutput(std::vector<uint8_t> &output) override {
    constexpr size_t enough = 16 << 10;
    const size_t before = output.size();
    while (output.size() - before < enough) {
      const uint8_t *bytes = nullptr;
      const ssize_t count = nghttp2_session_mem_send(session.get(), &bytes);
      if (count < 0)
        return false;
      if (count == 0)
        break;
      output.insert(output.end(), bytes, bytes + count);
    }
    return true;
  }

  bool isOver() const override {
    return !nghttp2_session_want_read(session.get()) && !nghttp2_session_want_write(session.get());
  }

  void respond(int32_t stream, const ResponseHead &response, bool carriesBody) override {
    std::vector<std::string> names;
    names.reserve(response.fields.size());
    std::string status = std::to_string(response.status);
    std::vector<nghttp2_nv> entries = {entryOf(":status", status)};
    appendEntries(response.fields, names, entries);
    nghttp2_data_provider provider = {.source = {.ptr = nullptr}, .read_callback = onRead};
    nghttp2_submit_response(session.get(), stream, entries.data(), entries.size(),
                            carriesBody ? &provider : nullptr);
  }
  void sayContinue(int32_t stream) override {
    const nghttp2_nv status = entryOf(":status", "100");
    nghttp2_submit_headers(session.get(), NGHTTP2_FLAG_NONE, stream, nullptr, &status, 1, nullptr);
  }
  void resume(int32_t stream) override { nghttp2_session_resume_data(session.get(), stream); }
  void consume(int32_t stream, size_t bytes) override {
    nghttp2_session_consume_stream(session.get(), stream, bytes);
  }
  void reset(int32_t stream, Reset why) override {
    nghttp2_submit_rst_stream(session.get(), NGHTTP2_FLAG_NONE, stream, uint32_t(why));
  }
  void announceEnd() override {
    isAnnounced = true;
    nghttp2_submit_shutdown_notice(session.get());
    nghttp2_submit_ping(session.get(), NGHTTP2_FLAG_NONE, nullptr);
  }
  void goAway() override {
    if (std::exchange(isGone, true))
      return;
    nghttp2_submit_goaway(session.get(), NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(session.get()), NGHTTP2_NO_ERROR,
                          nullptr, 0);
  }

private:
  static NgSession &of(void *user) { return *static_cast<NgSession *>(user); }

  static nghttp2_nv entryOf(std::string_view name, std::string_view value) {
    // nghttp2 copies both, and changes neither.
    auto *nameBytes = reinterpret_cast<uint8_t *>(const_cast<char *>(name.data()));
    auto *valueBytes = reinterpret_cast<uint8_t *>(const_cast<char *>(value.data()));
    return {nameBytes, valueBytes, name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
  }

  /// Names have no capitals in HTTP/2; `names` keeps them, and has room.
  static void appendEntries(const Fields &fields, std::vector<std::string> &names,
                            std::vector<nghttp2_nv> &entries) {
    for (const Field &field : fields) {
      if (isConnectionField(field.name))
        continue;
      std::string &name = names.emplace_back(field.name);
      std::ranges::transform(name, name.begin(),
                             [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 'a' - 'A') : c; });
      entries.push_back(entryOf(name, field.value));
    }
  }

  static int onBeginHeaders(nghttp2_session *, const nghttp2_frame *frame, void *user) {
    Incoming &incoming = of(user).streams[frame->hd.stream_id];
    incoming.bytes = 0;
    return 0;
  }

  static int onHeader(nghttp2_session *, const nghttp2_frame *frame, const uint8_t *name,
                      size_t nameBytes, const uint8_t *value, size_t valueBytes, uint8_t,
                      void *user) {
    NgSession &self = of(user);
    const auto found = self.streams.find(frame->hd.stream_id);
    if (found == self.streams.end())
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    Incoming &incoming = found->second;
    incoming.bytes += nameBytes + valueBytes + fieldOverheadBytes;
    incoming.isTooLarge |= incoming.bytes > self.limits.maxHeadBytes;
    if (!incoming.isTooLarge) {
      incoming.take({reinterpret_cast<const char *>(name), nameBytes},
                    {reinterpret_cast<const char *>(value), valueBytes});
      return 0;
    }
    // One that says too much is answered, one that does not stop is not.
    return incoming.isOpen || incoming.bytes > 4 * size_t(self.limits.maxHeadBytes)
               ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE
               : 0;
  }

  static int onFrame(nghttp2_session *, const nghttp2_frame *frame, void *user) {
    NgSession &self = of(user);
    const int32_t stream = frame->hd.stream_id;
    const bool isEnd = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
      self.takeHead(stream);
      if (isEnd)
        self.takeEnd(stream);
      return 0;
    case NGHTTP2_DATA:
      if (isEnd)
        self.takeEnd(stream);
      else if (frame->hd.length == 0)
        self.takeEmpty();
      return 0;
    case NGHTTP2_PING:
      if (self.isAnnounced && (frame->hd.flags & NGHTTP2_FLAG_ACK))
        self.goAway();
      [[fallthrough]];
    case NGHTTP2_SETTINGS:
    case NGHTTP2_PRIORITY:
    case NGHTTP2_RST_STREAM:
      self.takeEmpty();
      return 0;
    default:
      return 0;
    }
  }

  static int onDataChunk(nghttp2_session *session, uint8_t, int32_t stream, const uint8_t *bytes,
                         size_t count, void *user) {
    // Each stream has a window of its own, so that one that is not read does not stop the others.
    nghttp2_session_consume_connection(session, count);
    of(user).events.onData(stream, {bytes, count});
    return 0;
  }

  static int onStreamClose(nghttp2_session *, int32_t stream, uint32_t code, void *user) {
    of(user).streams.erase(stream);
    of(user).events.onClose(stream, code != NGHTTP2_NO_ERROR);
    return 0;
  }

  static ssize_t onRead(nghttp2_session *, int32_t stream, uint8_t *buffer, size_t bytes,
                        uint32_t *flags, nghttp2_data_source *, void *user) {
    NgSession &self = of(user);
    const Piece piece = self.events.onSend(stream, {buffer, bytes});
    if (piece.isEnd)
      *flags |= NGHTTP2_DATA_FLAG_EOF;
    else if (piece.bytes == 0)
      return NGHTTP2_ERR_DEFERRED;
    if (piece.trailers && !piece.trailers->empty() && self.sendTrailers(stream, *piece.trailers))
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    return ssize_t(piece.bytes);
  }

  bool sendTrailers(int32_t stream, const Fields &trailers) {
    std::vector<std::string> names;
    names.reserve(trailers.size());
    std::vector<nghttp2_nv> entries;
    appendEntries(trailers, names, entries);
    return !entries.empty() &&
           nghttp2_submit_trailer(session.get(), stream, entries.data(), entries.size()) == 0;
  }

  /// All fields of a request are there; those that come later are trailers.
  void takeHead(int32_t stream) {
    const auto found = streams.find(stream);
    if (found == streams.end() || found->second.isOpen)
      return;
    Incoming &incoming = found->second;
    incoming.isOpen = true;
    const unsigned refusal = incoming.finishHead();
    events.onRequest(stream, std::move(incoming.head), refusal);
  }

  void takeEnd(int32_t stream) {
    const auto found = streams.find(stream);
    if (found != streams.end())
      events.onEnd(stream, std::move(found->second.trailers));
  }

  void takeEmpty() {
    if (!emptyFrames.take())
      nghttp2_session_terminate_session(session.get(), NGHTTP2_ENHANCE_YOUR_CALM);
  }

  const Http2Limits limits;
  Events &events;
  std::unique_ptr<nghttp2_session, FreeSession> session;
  std::map<int32_t, Incoming> streams;
  EmptyFrames emptyFrames;
  bool isAnnounced = false, isGone = false;
};

} // namespace

std::unique_ptr<Http2Session> makeHttp2(const Http2Limits &limits, Http2Session::Events &events) {
  auto session = std::make_unique<NgSession>(limits, events);
  return session->open() ? std::move(session) : nullptr;
}

} // namespace w2n::http
