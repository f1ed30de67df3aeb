// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Worlds that are not the host's: directories that a guest is given from memory, from archives, in
/// layers, or from functions of the embedder; configuration, logs and key-value stores of
/// components. C11 and C++.
#ifndef WASM2NATIVE_WORLDS_H
#define WASM2NATIVE_WORLDS_H

#include "runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

// Each of these gives the guest a directory `guest_path`, after those that it has. Paths, links,
// rights and errors are as in a directory of the host.

/// A directory in memory, empty at first and each guest's own. A write beyond `max_bytes` of files,
/// or an entry beyond `max_entries`, fails as on a full disk.
W2N_API void w2n_wasi_config_add_memory_directory(w2n_wasi_config *config, const char *guest_path,
                                                  uint64_t max_bytes, uint64_t max_entries);
/// Members of the archive `host_path` (zip, or tar as it is or compressed), for reading only. It is
/// unpacked into memory now, once for all guests. Errors: IO, INVALID (damaged, or a member that is
/// no file, directory or link, or lies elsewhere), LIMIT (more than 1 GiB or 262,144 members),
/// UNSUPPORTED (libwasm2native-archive.so is not there).
W2N_API w2n_error *w2n_wasi_config_add_archive(w2n_wasi_config *config, const char *host_path,
                                               const char *guest_path);
/// The directory or archive `lower`, which stays as it is, with what the guest changes in the
/// directory `upper`, or if that is null in memory, as w2n_wasi_config_add_memory_directory has it.
/// Errors: for an archive, as above.
W2N_API w2n_error *w2n_wasi_config_add_overlay(w2n_wasi_config *config, const char *lower,
                                               const char *upper, const char *guest_path,
                                               uint64_t max_bytes, uint64_t max_entries);

/// The type of a file of a tree.
typedef enum w2n_node_type {
  W2N_NODE_FILE,
  W2N_NODE_DIRECTORY,
  W2N_NODE_LINK ///< a symbolic link
} w2n_node_type;

typedef struct w2n_node_status {
  /// The file's number: never 0, and the same as long as the file is there, whatever its names are.
  uint64_t node;
  uint64_t bytes;
  /// Nanoseconds since 1970.
  int64_t accessed_ns, modified_ns, changed_ns;
  uint32_t links;
  uint32_t type; ///< of w2n_node_type
} w2n_node_status;

/// Which times `set_times` sets.
enum { W2N_SET_ACCESSED = 1, W2N_SET_MODIFIED = 2 };

/// Receives an entry of a directory; `next` is where reading goes on after it, at least 1. Returns
/// whether it wants more.
typedef bool (*w2n_entry_visitor)(void *visitor, const char *name, uint64_t node, uint32_t type,
                                  int64_t next);

/// The functions of a tree. Each returns 0, or a value of errno that the guest gets. Those that
/// are null fail with EROFS; `status` and `find` must be there. Names are single components without
/// '/', neither "." nor "..", of at most 255 bytes, terminated. On the guest's threads, several at
/// a time if it has several, or if several guests are given the tree.
typedef struct w2n_tree {
  /// sizeof(w2n_tree).
  size_t size;
  void *user;
  /// Called when no configuration and no guest has the tree any more; may be null.
  void (*drop)(void *user);
  /// The number of the directory that the guest is given.
  uint64_t root;
  int (*status)(void *user, uint64_t node, w2n_node_status *status);
  /// Finds the entry `name` of `directory`; ENOENT for nothing.
  int (*find)(void *user, uint64_t directory, const char *name, w2n_node_status *status);
  /// The node has no user any more that had it from `find` or `make`, once for each; may be null.
  void (*forget)(void *user, uint64_t node);
  int (*read)(void *user, uint64_t file, void *to, size_t bytes, uint64_t offset, size_t *moved);
  int (*write)(void *user, uint64_t file, const void *from, size_t bytes, uint64_t offset,
               size_t *moved);
  int (*resize)(void *user, uint64_t file, uint64_t bytes);
  int (*sync)(void *user, uint64_t node);
  int (*set_times)(void *user, uint64_t node, uint32_t which, int64_t accessed_ns,
                   int64_t modified_ns);
  /// Puts the target of a link in `to`, which has room for `bytes`, and its length in `moved`.
  int (*target)(void *user, uint64_t link, char *to, size_t bytes, size_t *moved);
  /// Visits the entries from `position` on, 0 for the first; "." and ".." are none.
  int (*list)(void *user, uint64_t directory, int64_t position, w2n_entry_visitor visit,
              void *visitor);
  /// Makes a node; `target` is that of a link, else null. EEXIST if there is one.
  int (*make)(void *user, uint64_t directory, const char *name, uint32_t type, const char *target,
              w2n_node_status *status);
  /// Removes an empty directory (rmdir(2)), or what is none (unlink(2)). A file that is open stays
  /// readable until it is forgotten.
  int (*remove)(void *user, uint64_t directory, const char *name, bool is_directory);
  /// As rename(2).
  int (*rename)(void *user, uint64_t directory, const char *name, uint64_t to_directory,
                const char *to_name);
  /// As link(2).
  int (*link)(void *user, uint64_t directory, const char *name, uint64_t node);
} w2n_tree;

/// A directory behind functions. `tree` is copied. Errors: INVALID (`status` or `find` is missing).
W2N_API w2n_error *w2n_wasi_config_add_tree(w2n_wasi_config *config, const w2n_tree *tree,
                                            const char *guest_path, bool read_only);

/// Injects faults, to test the guest: reads and writes that move less than they could or fail with
/// EINTR, full disks, clocks that jump ahead. Which call meets which fault depends on `seed` and
/// the calls before it alone.
W2N_API void w2n_wasi_config_set_chaos(w2n_wasi_config *config, uint64_t seed);

// Services of the host for components. None of them is there by default: no value of a
// configuration, no log, no bucket.

/// The room for the text of an error, its end included.
enum { W2N_SERVICE_ERROR_BYTES = 256 };

/// Gives the guest `value` under `name` in wasi:config; a later value takes the place of an earlier
/// one. Both are UTF-8, and copied.
W2N_API void w2n_wasi_config_add_value(w2n_wasi_config *config, const char *name,
                                       const char *value);

/// Receives a value of a configuration; the texts are copied.
typedef void (*w2n_config_visitor)(void *visitor, const char *name, const char *value);

/// The functions of a source of values. Each returns false for an error, with a text for the guest
/// in `error`, which has W2N_SERVICE_ERROR_BYTES. Both must be there. On the guest's threads.
typedef struct w2n_config_source {
  /// sizeof(w2n_config_source).
  size_t size;
  void *user;
  /// Called when no configuration and no guest has the source any more; may be null.
  void (*drop)(void *user);
  /// Visits the value of `name`, if there is one.
  bool (*get)(void *user, const char *name, w2n_config_visitor visit, void *visitor, char *error);
  /// Visits all values.
  bool (*list)(void *user, w2n_config_visitor visit, void *visitor, char *error);
} w2n_config_source;

/// Asks `source`, which is copied, for the values that w2n_wasi_config_add_value has not given.
/// Errors: INVALID (a function is missing).
W2N_API w2n_error *w2n_wasi_config_set_source(w2n_wasi_config *config,
                                              const w2n_config_source *source);

/// The levels of messages in wasi:logging.
typedef enum w2n_log_level {
  W2N_LOG_TRACE,
  W2N_LOG_DEBUG,
  W2N_LOG_INFO,
  W2N_LOG_WARN,
  W2N_LOG_ERROR,
  W2N_LOG_CRITICAL
} w2n_log_level;

/// Gets a message of the guest: its context and its text, which are UTF-8, not terminated, and as
/// long as the guest wants. On the guest's thread.
typedef void (*w2n_log_sink)(void *user, w2n_log_level level, const char *context,
                             size_t context_bytes, const char *message, size_t message_bytes);

/// Takes the messages of wasi:logging, which otherwise go nowhere.
W2N_API void w2n_wasi_config_set_log(w2n_wasi_config *config, w2n_log_sink log, void *user);

/// The limits of a bucket of wasi:keyvalue; 0 is the default. Whatever is beyond them is an error
/// that the guest gets.
typedef struct w2n_bucket_limits {
  /// sizeof(w2n_bucket_limits).
  size_t size;
  uint64_t max_key_bytes;   ///< of one key; default 1 KiB
  uint64_t max_value_bytes; ///< of one value; default 4 MiB
  uint64_t max_keys;        ///< default 1,048,576
  /// The size of memory, or of the database's file; default 64 MiB. Redis has limits of its own.
  uint64_t max_bytes;
} w2n_bucket_limits;

/// Receives bytes, which are valid for the call.
typedef void (*w2n_bytes_visitor)(void *visitor, const void *bytes, size_t count);

/// The functions of a bucket. Each returns false for an error, with a text for the guest in
/// `error`, which has W2N_SERVICE_ERROR_BYTES. Those that are null fail; `get` must be there. Keys
/// are UTF-8 and not terminated. On the guest's threads, several at a time if several guests are
/// given the bucket.
typedef struct w2n_bucket {
  /// sizeof(w2n_bucket).
  size_t size;
  void *user;
  /// Called when no configuration and no guest has the bucket any more; may be null.
  void (*drop)(void *user);
  /// Visits the value of `key`, if there is one.
  bool (*get)(void *user, const char *key, size_t key_bytes, w2n_bytes_visitor visit, void *visitor,
              char *error);
  bool (*exists)(void *user, const char *key, size_t key_bytes, bool *exists, char *error);
  bool (*set)(void *user, const char *key, size_t key_bytes, const void *value, size_t value_bytes,
              char *error);
  /// Does nothing if there is no such key.
  bool (*remove)(void *user, const char *key, size_t key_bytes, char *error);
  /// Visits some of the keys from `position` on, 0 for the first, and sets `next` to where they go
  /// on, 0 for the end.
  bool (*list)(void *user, uint64_t position, w2n_bytes_visitor visit, void *visitor,
               uint64_t *next, char *error);
  /// Adds to a value, which is a number in decimal digits; one that is not there is 0. Atomic.
  bool (*increment)(void *user, const char *key, size_t key_bytes, uint64_t delta, uint64_t *result,
                    char *error);
} w2n_bucket;

/// Lets the guest open the bucket `name`, which is at `where`: "memory", as long as a configuration
/// or a guest has it; the name of a file of SQLite that ends in ".db", which is made if it is not
/// there; "redis://HOST:PORT", the hash `name` there. `limits` may be null. A name can be given
/// once. Errors: INVALID, IO, UNSUPPORTED (libwasm2native-sqlite.so or -redis.so is not there).
W2N_API w2n_error *w2n_wasi_config_add_bucket(w2n_wasi_config *config, const char *name,
                                              const char *where, const w2n_bucket_limits *limits);
/// The same behind functions. `bucket` is copied. Errors: INVALID.
W2N_API w2n_error *w2n_wasi_config_add_bucket_functions(w2n_wasi_config *config, const char *name,
                                                        const w2n_bucket *bucket,
                                                        const w2n_bucket_limits *limits);

#ifdef __cplusplus
}
#endif

#endif
