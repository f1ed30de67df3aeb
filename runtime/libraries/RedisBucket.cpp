// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A bucket that is a hash on a server of Redis. Each call has a connection for itself, since it
// gives the thread to other guests while it waits; connections are used again.
#include "runtime/libraries/BucketLibrary.h"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <hiredis/hiredis.h>
#include <iterator>
#include <memory>
#include <mutex>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

namespace w2n::libraries {

namespace {

constexpr int timeoutMs = 5000;
constexpr size_t maxIdleConnections = 16;
/// The most of a reply besides a value: keys of a page, framing.
constexpr size_t replyRoomBytes = 4 << 20;

// Scripts, because a limit of keys is checked and kept in one step. What they refuse is a negative
// number, the position of its text. Errors of commands are handed on by pcall as they are: those of
// a script itself have its hash in them.
constexpr const char *refusals[] = {"the bucket has as many keys as it may have",
                                    "the value is no number", "the number would be too large"};
constexpr std::string_view setScript = R"lua(
local known=redis.pcall('HEXISTS',KEYS[1],ARGV[1])
if type(known)=='table' then return known end
if known==0 and redis.call('HLEN',KEYS[1])>=tonumber(ARGV[3]) then return -1 end
return redis.pcall('HSET',KEYS[1],ARGV[1],ARGV[2]))lua";
// Numbers of Lua have 53 bits: each of the two here has ten decimal digits.
constexpr std::string_view incrementScript = R"lua(
local function split(text)
  text=string.rep('0',20-#text)..text
  return tonumber(string.sub(text,1,10)),tonumber(string.sub(text,11))
end
local function isOver(high,low)
  return high>1844674407 or (high==1844674407 and low>3709551615)
end
local text=redis.pcall('HGET',KEYS[1],ARGV[1])
if type(text)=='table' then return text end
if not text then
  if redis.call('HLEN',KEYS[1])>=tonumber(ARGV[3]) then return -1 end
  text='0'
end
if not string.find(text,'^%d+$') then return -2 end
text=string.gsub(text,'^0+','')
if #text>20 then return -2 end
local high,low=split(text)
if isOver(high,low) then return -2 end
local deltaHigh,deltaLow=split(ARGV[2])
high,low=high+deltaHigh,low+deltaLow
if low>=1e10 then high,low=high+1,low-1e10 end
if isOver(high,low) then return -3 end
text=string.gsub(string.format('%.0f%010.0f',high,low),'^0+(%d)','%1')
local done=redis.pcall('HSET',KEYS[1],ARGV[1],text)
if type(done)=='table' then return done end
return text)lua";
// Keys without their values.
constexpr std::string_view listScript = R"lua(
local page=redis.pcall('HSCAN',KEYS[1],ARGV[1],'COUNT',100)
if page.err then return page end
local keys={}
for i=1,#page[2],2 do keys[#keys+1]=page[2][i] end
return {page[1],keys})lua";

struct FreeContext {
  void operator()(redisContext *context) const { redisFree(context); }
};
struct FreeReply {
  void operator()(redisReply *reply) const { freeReplyObject(reply); }
};
using Connection = std::unique_ptr<redisContext, FreeContext>;
using Reply = std::unique_ptr<redisReply, FreeReply>;

bool readNumber(std::string_view text, uint64_t &number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::string_view textOf(const redisReply &reply) {
  return reply.type == REDIS_REPLY_STRING || reply.type == REDIS_REPLY_STATUS ||
                 reply.type == REDIS_REPLY_ERROR
             ? std::string_view(reply.str, size_t(reply.len))
             : std::string_view();
}

/// The text of what a script refuses; null for another reply.
const char *refusalOf(const redisReply &reply) {
  const bool isRefusal = reply.type == REDIS_REPLY_INTEGER && reply.integer < 0 &&
                         reply.integer >= -int64_t(std::size(refusals));
  return isRefusal ? refusals[-reply.integer - 1] : nullptr;
}

/// Threads: any.
class Server {
public:
  explicit Server(const BucketRequest &request)
      : limits(request.limits), name(request.name), wait(request.wait) {}

  /// HOST:PORT, where HOST may be in brackets.
  bool setAddress(std::string_view where) {
    const size_t colon = where.rfind(':');
    uint64_t number = 0;
    if (colon == where.npos || !readNumber(where.substr(colon + 1), number) || number == 0 ||
        number > UINT16_MAX)
      return false;
    port = int(number);
    host = where.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
      host = host.substr(1, host.size() - 2);
    return !host.empty();
  }

  /// The reply to a command; null with a text in `error` if there is none, or it is an error or a
  /// refusal.
  Reply ask(const std::vector<std::string_view> &words, char *error) {
    Connection connection = takeConnection(error);
    if (!connection)
      return nullptr;
    Reply reply = exchange(*connection, words, error);
    if (!reply)
      return nullptr;
    giveBack(std::move(connection));
    if (reply->type == REDIS_REPLY_ERROR)
      setError(error, "Redis: ", textOf(*reply));
    else if (const char *refusal = refusalOf(*reply))
      setError(error, "", refusal);
    else
      return reply;
    return nullptr;
  }

  /// The texts of limits and of the hash, as words of commands.
  const w2n_bucket_limits limits;
  const std::string name;
  const std::string maxKeys = std::to_string(limits.max_keys);

  static void setError(char *error, const char *what, std::string_view text) {
    snprintf(error, W2N_SERVICE_ERROR_BYTES, "%s%.*s", what,
             int(std::min<size_t>(text.size(), 200)), text.data());
  }

private:
  Connection takeConnection(char *error) {
    while (Connection idle = takeIdle()) {
      // One that has something to read was closed meanwhile.
      pollfd ready = {.fd = idle->fd, .events = POLLIN, .revents = 0};
      if (poll(&ready, 1, 0) == 0)
        return idle;
    }
    return connect(error);
  }
  Connection takeIdle() {
    const std::lock_guard guard(lock);
    if (connections.empty())
      return nullptr;
    Connection last = std::move(connections.back());
    connections.pop_back();
    return last;
  }
  void giveBack(Connection connection) {
    const std::lock_guard guard(lock);
    if (connections.size() < maxIdleConnections)
      connections.push_back(std::move(connection));
  }

  Connection connect(char *error) const {
    Connection connection(redisConnectNonBlock(host.c_str(), port));
    const char *problem = !connection       ? "no memory"
                          : connection->err ? connection->errstr
                                            : nullptr;
    int failure = 0;
    socklen_t bytes = sizeof(failure);
    if (!problem && !wait(connection->fd, /*writes=*/true, timeoutMs))
      problem = "the server does not answer";
    if (!problem && getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &failure, &bytes) == 0 &&
        failure != 0)
      problem = strerror(failure);
    if (!problem)
      return connection;
    setError(error, "cannot connect to Redis: ", problem);
    return nullptr;
  }

  Reply exchange(redisContext &context, const std::vector<std::string_view> &words,
                 char *error) const {
    std::vector<const char *> texts;
    std::vector<size_t> sizes;
    for (const std::string_view word : words) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
    int done =
        redisAppendCommandArgv(&context, int(words.size()), texts.data(), sizes.data()) != REDIS_OK
            ? -1
            : 0;
    while (done == 0)
      if (redisBufferWrite(&context, &done) != REDIS_OK ||
          (done == 0 && !wait(context.fd, /*writes=*/true, timeoutMs)))
        done = -1;
    void *reply = nullptr;
    const char *problem = "the server does not answer";
    while (done > 0 && redisGetReplyFromReader(&context, &reply) == REDIS_OK && !reply) {
      if (context.reader->len > limits.max_value_bytes + replyRoomBytes) {
        problem = "the reply is too long";
        break;
      }
      if (!wait(context.fd, /*writes=*/false, timeoutMs) || redisBufferRead(&context) != REDIS_OK)
        break;
    }
    if (!reply)
      setError(error, "Redis: ", context.err ? context.errstr : problem);
    return Reply(static_cast<redisReply *>(reply));
  }

  std::string host;
  int port = 0;
  bool (*const wait)(int descriptor, bool writes, int milliseconds);
  std::mutex lock;
  std::vector<Connection> connections;
};

bool unexpectedReply(char *error) {
  Server::setError(error, "Redis: ", "the reply has another type");
  return false;
}

/// A command whose reply is a number.
bool askNumber(Server &server, const std::vector<std::string_view> &words, bool *isSet,
               char *error) {
  const Reply reply = server.ask(words, error);
  if (!reply)
    return false;
  if (reply->type != REDIS_REPLY_INTEGER)
    return unexpectedReply(error);
  if (isSet)
    *isSet = reply->integer != 0;
  return true;
}

bool get(Server &server, std::string_view key, w2n_bytes_visitor visit, void *visitor,
         char *error) {
  const Reply reply = server.ask({"HGET", server.name, key}, error);
  if (!reply)
    return false;
  if (reply->type == REDIS_REPLY_STRING)
    visit(visitor, reply->str, size_t(reply->len));
  return reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_NIL ||
         unexpectedReply(error);
}

bool list(Server &server, uint64_t position, w2n_bytes_visitor visit, void *visitor, uint64_t *next,
          char *error) {
  const Reply reply =
      server.ask({"EVAL", listScript, "1", server.name, std::to_string(position)}, error);
  if (!reply)
    return false;
  if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
      !readNumber(textOf(*reply->element[0]), *next) ||
      reply->element[1]->type != REDIS_REPLY_ARRAY)
    return unexpectedReply(error);
  const redisReply &keys = *reply->element[1];
  for (size_t i = 0; i < keys.elements; ++i) {
    const std::string_view key = textOf(*keys.element[i]);
    visit(visitor, key.data(), key.size());
  }
  return true;
}

bool increment(Server &server, std::string_view key, uint64_t delta, uint64_t *result,
               char *error) {
  const Reply reply = server.ask(
      {"EVAL", incrementScript, "1", server.name, key, std::to_string(delta), server.maxKeys},
      error);
  return reply && (readNumber(textOf(*reply), *result) || unexpectedReply(error));
}

Server &serverOf(void *user) { return *static_cast<Server *>(user); }

constexpr w2n_bucket functions = {
    .size = sizeof(w2n_bucket),
    .user = nullptr,
    .drop = [](void *user) { delete &serverOf(user); },
    .get = [](void *user, const char *key, size_t bytes, w2n_bytes_visitor visit, void *visitor,
              char *error) { return get(serverOf(user), {key, bytes}, visit, visitor, error); },
    .exists =
        [](void *user, const char *key, size_t bytes, bool *exists, char *error) {
          return askNumber(serverOf(user), {"HEXISTS", serverOf(user).name, {key, bytes}}, exists,
                           error);
        },
    .set =
        [](void *user, const char *key, size_t bytes, const void *value, size_t valueBytes,
           char *error) {
          const Server &server = serverOf(user);
          return askNumber(serverOf(user),
                           {"EVAL",
                            setScript,
                            "1",
                            server.name,
                            {key, bytes},
                            {static_cast<const char *>(value), valueBytes},
                            server.maxKeys},
                           nullptr, error);
        },
    .remove =
        [](void *user, const char *key, size_t bytes, char *error) {
          return askNumber(serverOf(user), {"HDEL", serverOf(user).name, {key, bytes}}, nullptr,
                           error);
        },
    .list = [](void *user, uint64_t position, w2n_bytes_visitor visit, void *visitor,
               uint64_t *next,
               char *error) { return list(serverOf(user), position, visit, visitor, next, error); },
    .increment =
        [](void *user, const char *key, size_t bytes, uint64_t delta, uint64_t *result,
           char *error) { return increment(serverOf(user), {key, bytes}, delta, result, error); },
};

} // namespace

extern "C" __attribute__((visibility("default"))) bool
w2n_open_bucket(const BucketRequest *request, w2n_bucket *bucket, char *error) {
  auto server = std::make_unique<Server>(*request);
  if (!server->setAddress(request->where)) {
    Server::setError(error, "", "a server of Redis is HOST:PORT");
    return false;
  }
  // Says at once what is wrong with the address.
  if (!server->ask({"PING"}, error))
    return false;
  *bucket = functions;
  bucket->user = server.release();
  return true;
}

} // namespace w2n::libraries
