// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A bucket in a file of SQLite. Keys have numbers, in the order in which they were set first, so
// that a list of them can be continued whatever happens in between. The number of keys is kept
// beside them: counting would read all of them.
#include "runtime/libraries/BucketLibrary.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <unistd.h>

namespace w2n::libraries {

namespace {

constexpr const char *schema =
    // Nothing is torn by a crash of the machine, though the last writes may be lost.
    "PRAGMA synchronous=NORMAL;"
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS entries("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, value BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS counts(keys INTEGER NOT NULL);"
    "INSERT INTO counts SELECT (SELECT count(*) FROM entries) WHERE NOT EXISTS (SELECT * FROM "
    "counts);"
    "COMMIT;";

constexpr int keysAtATime = 1000;
// The thread sleeps meanwhile.
constexpr int maxBusyMs = 1000, busyStepMs = 2;

/// One use of a prepared statement.
class Use {
public:
  explicit Use(sqlite3_stmt *statement) : statement(statement) {}
  Use(const Use &) = delete;
  Use &operator=(const Use &) = delete;
  ~Use() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }

  Use &text(std::string_view value) {
    sqlite3_bind_text64(statement, next++, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
  }
  Use &blob(const void *bytes, size_t count) {
    // Null would be no value, and not an empty one.
    sqlite3_bind_blob64(statement, next++, count == 0 ? "" : bytes, count, SQLITE_STATIC);
    return *this;
  }
  Use &number(uint64_t value) {
    sqlite3_bind_int64(statement, next++, sqlite3_int64(value));
    return *this;
  }
  /// SQLITE_ROW, SQLITE_DONE or an error.
  int step() { return sqlite3_step(statement); }

  std::string_view column(int index) {
    const void *bytes = sqlite3_column_blob(statement, index);
    return {static_cast<const char *>(bytes), size_t(sqlite3_column_bytes(statement, index))};
  }

private:
  sqlite3_stmt *statement;
  int next = 1;
};

/// A statement, made when the database is open.
enum Statement {
  Begin,
  Commit,
  Rollback,
  Get,
  Exists,
  Update,
  Insert,
  Remove,
  CountUp,
  CountDown,
  List,
  statementCount
};
constexpr const char *statementTexts[statementCount] = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SELECT value FROM entries WHERE key = ?",
    "SELECT 1 FROM entries WHERE key = ?",
    "UPDATE entries SET value = ? WHERE key = ?",
    "INSERT INTO entries(value, key) VALUES(?, ?)",
    "DELETE FROM entries WHERE key = ?",
    "UPDATE counts SET keys = keys + 1 WHERE keys < ?",
    "UPDATE counts SET keys = keys - 1",
    "SELECT id, key FROM entries WHERE id > ? ORDER BY id LIMIT ?",
};

/// Threads: any, one after the other.
class Database {
public:
  explicit Database(const BucketRequest &request)
      : limits(request.limits), isInterrupted(request.isInterrupted) {}
  Database(const Database &) = delete;
  Database &operator=(const Database &) = delete;
  ~Database() {
    for (sqlite3_stmt *statement : statements)
      sqlite3_finalize(statement);
    sqlite3_close(handle);
  }

  bool open(const char *path) {
    if (sqlite3_open_v2(path, &handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        nullptr) != SQLITE_OK)
      return false;
    // The file may have come from anywhere.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_busy_handler(handle, waitForOthers, this);
    if (!useLog() || sqlite3_exec(handle, schema, nullptr, nullptr, nullptr) != SQLITE_OK ||
        !limitPages())
      return false;
    for (int i = 0; i < statementCount; ++i)
      if (sqlite3_prepare_v3(handle, statementTexts[i], -1, SQLITE_PREPARE_PERSISTENT,
                             &statements[i], nullptr) != SQLITE_OK)
        return false;
    return true;
  }

  const char *error() const {
    if (problem)
      return problem;
    return handle ? sqlite3_errmsg(handle) : "no memory";
  }

  /// SQLITE_ROW with the value, SQLITE_DONE for none.
  int get(std::string_view key, auto take) {
    Use use(statements[Get]);
    const int status = use.text(key).step();
    if (status == SQLITE_ROW)
      take(use.column(0));
    return status;
  }
  int exists(std::string_view key) { return Use(statements[Exists]).text(key).step(); }

  bool set(std::string_view key, const void *value, size_t bytes) {
    return inTransaction([&] { return setNow(key, value, bytes); });
  }
  bool remove(std::string_view key) {
    return inTransaction([&] {
      return run(Use(statements[Remove]).text(key)) &&
             (sqlite3_changes(handle) == 0 || run(Use(statements[CountDown])));
    });
  }
  bool increment(std::string_view key, uint64_t delta, uint64_t &result) {
    return inTransaction([&] {
      uint64_t old = 0;
      bool isNumber = true;
      const int status = get(key, [&](std::string_view text) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), old);
        isNumber = error == std::errc() && end == text.data() + text.size();
      });
      if (status != SQLITE_ROW && status != SQLITE_DONE)
        return false;
      if (!isNumber)
        return refuse("the value is no number");
      if (__builtin_add_overflow(old, delta, &result))
        return refuse("the number would be too large");
      const std::string text = std::to_string(result);
      return setNow(key, text.data(), text.size());
    });
  }
  bool list(uint64_t position, w2n_bytes_visitor visit, void *visitor, uint64_t &next) {
    Use use(statements[List]);
    use.number(position).number(keysAtATime);
    int count = 0, status = 0;
    uint64_t last = 0;
    for (; (status = use.step()) == SQLITE_ROW; ++count) {
      last = uint64_t(sqlite3_column_int64(statements[List], 0));
      const std::string_view key = use.column(1);
      visit(visitor, key.data(), key.size());
    }
    next = count == keysAtATime ? last : 0;
    return status == SQLITE_DONE;
  }

  std::mutex turn;
  const char *problem = nullptr; ///< of the last call, if SQLite has none

private:
  static int waitForOthers(void *user, int count) {
    if (count * busyStepMs >= maxBusyMs || static_cast<Database *>(user)->isInterrupted())
      return 0;
    usleep(busyStepMs * 1000);
    return 1;
  }

  /// Reading and writing exclude each other no more. The handler is not asked whether to wait for
  /// another process that does the same.
  bool useLog() {
    int status = SQLITE_BUSY;
    for (int count = 0; status == SQLITE_BUSY; ++count) {
      status = sqlite3_exec(handle, "PRAGMA journal_mode=WAL", nullptr, nullptr, nullptr);
      if (status == SQLITE_BUSY && waitForOthers(this, count) == 0)
        break;
    }
    return status == SQLITE_OK;
  }

  bool limitPages() {
    sqlite3_stmt *statement = nullptr;
    uint64_t pageBytes = 0;
    if (sqlite3_prepare_v2(handle, "PRAGMA page_size", -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
      pageBytes = uint64_t(sqlite3_column_int64(statement, 0));
    sqlite3_finalize(statement);
    if (pageBytes == 0)
      return false;
    const std::string limit =
        "PRAGMA max_page_count=" + std::to_string(limits.max_bytes / pageBytes + 1);
    return sqlite3_exec(handle, limit.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  }

  bool run(Use &use) { return use.step() == SQLITE_DONE; }
  bool run(Use &&use) { return run(use); }
  bool refuse(const char *text) {
    problem = text;
    return false;
  }

  bool setNow(std::string_view key, const void *value, size_t bytes) {
    if (!run(Use(statements[Update]).blob(value, bytes).text(key)))
      return false;
    if (sqlite3_changes(handle) != 0)
      return true;
    if (!run(Use(statements[CountUp]).number(limits.max_keys)))
      return false;
    if (sqlite3_changes(handle) == 0)
      return refuse("the bucket has as many keys as it may have");
    return run(Use(statements[Insert]).blob(value, bytes).text(key));
  }

  bool inTransaction(auto change) {
    if (!run(Use(statements[Begin])))
      return false;
    if (change() && run(Use(statements[Commit])))
      return true;
    // The error of the step that failed, which the next one forgets.
    if (!problem) {
      snprintf(text, sizeof(text), "%s", sqlite3_errmsg(handle));
      problem = text;
    }
    run(Use(statements[Rollback]));
    return false;
  }

  const w2n_bucket_limits limits;
  bool (*const isInterrupted)();
  sqlite3 *handle = nullptr;
  sqlite3_stmt *statements[statementCount] = {};
  char text[W2N_SERVICE_ERROR_BYTES] = {};
};

/// Calls `work` in turn; the text of the error if it fails.
bool inTurn(void *user, char *error, auto work) {
  auto &database = *static_cast<Database *>(user);
  const std::lock_guard guard(database.turn);
  database.problem = nullptr;
  if (work(database))
    return true;
  snprintf(error, W2N_SERVICE_ERROR_BYTES, "%s", database.error());
  return false;
}

constexpr w2n_bucket functions = {
    .size = sizeof(w2n_bucket),
    .user = nullptr,
    .drop = [](void *user) { delete static_cast<Database *>(user); },
    .get =
        [](void *user, const char *key, size_t bytes, w2n_bytes_visitor visit, void *visitor,
           char *error) {
          return inTurn(user, error, [&](Database &database) {
            const int status = database.get({key, bytes}, [&](std::string_view value) {
              visit(visitor, value.data(), value.size());
            });
            return status == SQLITE_ROW || status == SQLITE_DONE;
          });
        },
    .exists =
        [](void *user, const char *key, size_t bytes, bool *exists, char *error) {
          return inTurn(user, error, [&](Database &database) {
            const int status = database.exists({key, bytes});
            *exists = status == SQLITE_ROW;
            return status == SQLITE_ROW || status == SQLITE_DONE;
          });
        },
    .set =
        [](void *user, const char *key, size_t bytes, const void *value, size_t valueBytes,
           char *error) {
          return inTurn(user, error, [&](Database &database) {
            return database.set({key, bytes}, value, valueBytes);
          });
        },
    .remove =
        [](void *user, const char *key, size_t bytes, char *error) {
          return inTurn(user, error,
                        [&](Database &database) { return database.remove({key, bytes}); });
        },
    .list =
        [](void *user, uint64_t position, w2n_bytes_visitor visit, void *visitor, uint64_t *next,
           char *error) {
          return inTurn(user, error, [&](Database &database) {
            return database.list(position, visit, visitor, *next);
          });
        },
    .increment =
        [](void *user, const char *key, size_t bytes, uint64_t delta, uint64_t *result,
           char *error) {
          return inTurn(user, error, [&](Database &database) {
            return database.increment({key, bytes}, delta, *result);
          });
        },
};

} // namespace

extern "C" __attribute__((visibility("default"))) bool
w2n_open_bucket(const BucketRequest *request, w2n_bucket *bucket, char *error) {
  auto *database = new Database(*request);
  if (!database->open(request->where)) {
    snprintf(error, W2N_SERVICE_ERROR_BYTES, "%s", database->error());
    delete database;
    return false;
  }
  *bucket = functions;
  bucket->user = database;
  return true;
}

} // namespace w2n::libraries
