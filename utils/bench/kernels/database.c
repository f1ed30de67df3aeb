// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A small database: B-trees of slotted pages in a page store, transactions with before-images and a
// checksummed log, an index, and a workload of transfers, look-ups, range scans, insertions and
// deletions. Everything is in static memory.
#include "database_pages.h"

// --- Slotted pages
// --------------------------------------------------------------------------------------------------------------------

// A page: this, offsets of cells in the order of keys, room, cells. A leaf's cell is {key size,
// value size, key, value}, an inner page's {key size, 4, key, child}: `child` has the keys that are
// not greater than `key`, `rightmost` the others.
struct Node {
  uint16_t isLeaf, count, cellsBegin, unusedBytes; // unusedBytes: of cells that were removed
  PageNumber rightmost;
  uint16_t offsets[];
};

struct Cell {
  uint16_t keySize, valueSize;
  uint8_t bytes[];
};

struct Bytes {
  const void *data;
  uint32_t size;
};

static const struct Node *node(PageNumber page) { return (const struct Node *)readPage(page); }
static struct Node *writeNode(PageNumber page) { return (struct Node *)writePage(page); }

static const struct Cell *cell(const struct Node *in, uint32_t index) {
  return (const struct Cell *)((const uint8_t *)in + in->offsets[index]);
}

static uint32_t cellBytes(uint32_t keySize, uint32_t valueSize) {
  return (sizeof(struct Cell) + keySize + valueSize + 1) & ~1u;
}

static PageNumber child(const struct Node *in, uint32_t index) {
  if (index == in->count)
    return in->rightmost;
  const struct Cell *at = cell(in, index);
  PageNumber page;
  memcpy(&page, at->bytes + at->keySize, sizeof page);
  return page;
}

static void makeNode(struct Node *in, int isLeaf) {
  in->isLeaf = isLeaf;
  in->count = 0;
  in->cellsBegin = PageBytes;
  in->unusedBytes = 0;
  in->rightmost = 0;
}

static int compareKeys(struct Bytes a, const struct Cell *b) {
  uint32_t size = a.size < b->keySize ? a.size : b->keySize;
  const uint8_t *left = a.data;
  for (uint32_t i = 0; i < size; i++)
    if (left[i] != b->bytes[i])
      return left[i] < b->bytes[i] ? -1 : 1;
  return (a.size > b->keySize) - (a.size < b->keySize);
}

// The first cell whose key is not less than `key`.
static uint32_t lowerBound(const struct Node *in, struct Bytes key, int *found) {
  uint32_t low = 0, high = in->count;
  *found = 0;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    int order = compareKeys(key, cell(in, middle));
    if (order > 0)
      low = middle + 1;
    else {
      high = middle;
      *found |= order == 0;
    }
  }
  return low;
}

static void compact(struct Node *in) {
  static uint8_t copy[PageBytes];
  uint32_t end = PageBytes;
  memcpy(copy, in, PageBytes);
  for (uint32_t i = 0; i < in->count; i++) {
    const struct Cell *from = (const struct Cell *)(copy + in->offsets[i]);
    uint32_t size = cellBytes(from->keySize, from->valueSize);
    end -= size;
    memcpy((uint8_t *)in + end, from, size);
    in->offsets[i] = end;
  }
  in->cellsBegin = end;
  in->unusedBytes = 0;
}

static uint32_t roomAfterSlots(const struct Node *in) {
  return in->cellsBegin - (uint32_t)sizeof *in - in->count * (uint32_t)sizeof in->offsets[0];
}

// Whether the cell went in; not if the page is too full.
static int putCell(struct Node *in, uint32_t index, struct Bytes key, struct Bytes value) {
  uint32_t size = cellBytes(key.size, value.size), wanted = size + sizeof in->offsets[0];
  if (roomAfterSlots(in) < wanted) {
    if (roomAfterSlots(in) + in->unusedBytes < wanted)
      return 0;
    compact(in);
  }
  in->cellsBegin -= size;
  struct Cell *to = (struct Cell *)((uint8_t *)in + in->cellsBegin);
  to->keySize = key.size;
  to->valueSize = value.size;
  memcpy(to->bytes, key.data, key.size);
  memcpy(to->bytes + key.size, value.data, value.size);
  memmove(&in->offsets[index + 1], &in->offsets[index],
          (in->count - index) * sizeof in->offsets[0]);
  in->offsets[index] = in->cellsBegin;
  in->count++;
  return 1;
}

static void removeCell(struct Node *in, uint32_t index) {
  const struct Cell *gone = cell(in, index);
  in->unusedBytes += cellBytes(gone->keySize, gone->valueSize);
  in->count--;
  memmove(&in->offsets[index], &in->offsets[index + 1],
          (in->count - index) * sizeof in->offsets[0]);
}

// --- Trees
// ----------------------------------------------------------------------------------------------------------------------------

enum Tree { Accounts, ByBranch, History };

struct Path {
  PageNumber page;
  uint32_t index;
};

struct Cursor {
  struct Path path[MaxDepth];
  int depth; // of the leaf
};

static void makeTree(enum Tree tree) {
  PageNumber page = allocatePage();
  makeNode(writeNode(page), 1);
  writeHeader()->roots[tree] = page;
}

// Goes to where `key` is or would be; whether it is there.
static int seek(enum Tree tree, struct Bytes key, struct Cursor *cursor) {
  PageNumber page = header()->roots[tree];
  int found;
  for (cursor->depth = 0;; cursor->depth++) {
    if (cursor->depth == MaxDepth)
      fail("tree is too deep");
    const struct Node *in = node(page);
    uint32_t index = lowerBound(in, key, &found);
    cursor->path[cursor->depth] = (struct Path){page, index};
    if (in->isLeaf)
      return found;
    page = child(in, index);
  }
}

// The cell at the cursor; goes on to the next leaf where one ends. Null at the end of the tree.
static const struct Cell *current(struct Cursor *cursor) {
  for (;;) {
    struct Path *at = &cursor->path[cursor->depth];
    const struct Node *in = node(at->page);
    if (at->index < in->count)
      return cell(in, at->index);
    int up = cursor->depth - 1;
    while (up >= 0 && cursor->path[up].index >= node(cursor->path[up].page)->count)
      up--;
    if (up < 0)
      return NULL;
    cursor->path[up].index++;
    for (; up < cursor->depth; up++) {
      const struct Path *parent = &cursor->path[up];
      cursor->path[up + 1] = (struct Path){child(node(parent->page), parent->index), 0};
    }
  }
}

static void advance(struct Cursor *cursor) { cursor->path[cursor->depth].index++; }

static void growRoot(enum Tree tree, struct Cursor *cursor) {
  if (cursor->depth + 1 == MaxDepth)
    fail("tree is too deep");
  PageNumber page = allocatePage();
  struct Node *root = writeNode(page);
  makeNode(root, 0);
  root->rightmost = cursor->path[0].page;
  memmove(&cursor->path[1], &cursor->path[0], (cursor->depth + 1) * sizeof cursor->path[0]);
  cursor->path[0] = (struct Path){page, 0};
  cursor->depth++;
  writeHeader()->roots[tree] = page;
}

static void putAt(enum Tree tree, struct Cursor *cursor, int height, struct Bytes key,
                  struct Bytes value);

// Moves the first half of a page's bytes to a new page before it, and tells the parent.
static void split(enum Tree tree, struct Cursor *cursor, int height) {
  if (cursor->depth == height)
    growRoot(tree, cursor);
  const struct Path *at = &cursor->path[cursor->depth - height];
  PageNumber page = at->page, before = allocatePage();
  struct Node *from = writeNode(page), *to = writeNode(before);
  makeNode(to, from->isLeaf);
  uint32_t half = 0, moved = 0, used = PageBytes - from->cellsBegin - from->unusedBytes;
  // Keys that only grow: the new page gets nearly all.
  uint32_t wanted = at->index == from->count ? used * 9 / 10 : used / 2;
  for (; half < from->count - 2u && moved < wanted; half++) {
    const struct Cell *next = cell(from, half);
    moved += cellBytes(next->keySize, next->valueSize);
    putCell(to, half, (struct Bytes){next->bytes, next->keySize},
            (struct Bytes){next->bytes + next->keySize, next->valueSize});
  }
  uint8_t separator[MaxKey];
  const struct Cell *last = cell(from, half - 1);
  struct Bytes key = {separator, last->keySize};
  memcpy(separator, last->bytes, last->keySize);
  if (!from->isLeaf) { // the separator moves up
    to->rightmost = child(to, half - 1);
    removeCell(to, half - 1);
  }
  from->count -= half;
  memmove(from->offsets, from->offsets + half, from->count * sizeof from->offsets[0]);
  compact(from);
  putAt(tree, cursor, height + 1, key, (struct Bytes){&before, sizeof before});
}

// Puts a cell into the page of the cursor's path that is `height` above the leaf.
static void putAt(enum Tree tree, struct Cursor *cursor, int height, struct Bytes key,
                  struct Bytes value) {
  for (;;) {
    const struct Path *at = &cursor->path[cursor->depth - height];
    if (putCell(writeNode(at->page), at->index, key, value))
      return;
    split(tree, cursor, height);
    seek(tree, key, cursor); // the split may have gone up to the root
  }
}

static void put(enum Tree tree, struct Bytes key, struct Bytes value) {
  struct Cursor cursor;
  if (key.size > MaxKey || value.size > PageBytes / 8)
    fail("record is too large");
  if (seek(tree, key, &cursor)) {
    struct Path *at = &cursor.path[cursor.depth];
    struct Cell *old = (struct Cell *)cell(writeNode(at->page), at->index);
    if (old->valueSize == value.size) {
      memcpy(old->bytes + old->keySize, value.data, value.size);
      return;
    }
    removeCell(writeNode(at->page), at->index);
  }
  putAt(tree, &cursor, 0, key, value);
}

static int get(enum Tree tree, struct Bytes key, void *value, uint32_t size) {
  struct Cursor cursor;
  if (!seek(tree, key, &cursor))
    return 0;
  const struct Cell *at =
      cell(node(cursor.path[cursor.depth].page), cursor.path[cursor.depth].index);
  memcpy(value, at->bytes + at->keySize, size < at->valueSize ? size : at->valueSize);
  return 1;
}

// Takes an empty page out of its parent, and the parent out of its own if that becomes empty.
static void removeEmpty(enum Tree tree, struct Cursor *cursor, int level) {
  while (level > 0) {
    PageNumber page = cursor->path[level].page;
    struct Path *up = &cursor->path[--level];
    struct Node *parent = writeNode(up->page);
    freePage(page);
    if (parent->count > 0) {
      if (up->index == parent->count) { // the last key's child becomes the rightmost
        parent->rightmost = child(parent, parent->count - 1);
        removeCell(parent, parent->count - 1);
      } else
        removeCell(parent, up->index);
      break;
    }
    if (level == 0)
      makeNode(parent, 1); // nothing is left
  }
  for (const struct Node *root = node(header()->roots[tree]); !root->isLeaf && root->count == 0;) {
    PageNumber old = header()->roots[tree];
    writeHeader()->roots[tree] = root->rightmost;
    freePage(old);
    root = node(header()->roots[tree]);
  }
}

static int erase(enum Tree tree, struct Bytes key) {
  struct Cursor cursor;
  if (!seek(tree, key, &cursor))
    return 0;
  struct Path *at = &cursor.path[cursor.depth];
  struct Node *leaf = writeNode(at->page);
  removeCell(leaf, at->index);
  if (leaf->count == 0)
    removeEmpty(tree, &cursor, cursor.depth);
  return 1;
}

// --- The bank
// -------------------------------------------------------------------------------------------------------------------------

enum { BranchCount = 64, FirstAccounts = 20000, Transactions = 130000 };

struct Account {
  int64_t balance;
  uint32_t branch, changes;
  char name[24];
};

struct Entry {
  uint32_t from, to;
  int64_t amount;
};

static uint32_t seed = 1, accountCount;
static uint32_t next(uint32_t below) {
  seed = seed * 1664525 + 1013904223;
  return (uint32_t)((uint64_t)(seed ^ seed >> 16) * below >> 32);
}

// Keys sort as bytes: numbers are written with the highest byte first.
struct Key {
  uint8_t bytes[16];
  uint32_t size;
};

static void appendNumber(struct Key *key, uint64_t number, int bytes) {
  for (int i = bytes - 1; i >= 0; i--)
    key->bytes[key->size++] = number >> 8 * i;
}

static struct Bytes accountKey(struct Key *key, uint32_t account) {
  key->size = 0;
  appendNumber(key, 'a' << 8 | 'c', 2);
  appendNumber(key, account, 4);
  return (struct Bytes){key->bytes, key->size};
}

static struct Bytes branchKey(struct Key *key, uint32_t branch, uint32_t account) {
  key->size = 0;
  appendNumber(key, branch, 2);
  appendNumber(key, account, 4);
  return (struct Bytes){key->bytes, key->size};
}

static struct Bytes historyKey(struct Key *key, uint64_t sequence) {
  key->size = 0;
  appendNumber(key, sequence, 8);
  return (struct Bytes){key->bytes, key->size};
}

static void openAccount(int64_t balance) {
  struct Key key;
  struct Account account = {balance, next(BranchCount), 0, ""};
  uint32_t number = accountCount++ * 2654435761u; // not in the order of keys
  snprintf(account.name, sizeof account.name, "customer %u", number % 9973);
  put(Accounts, accountKey(&key, number), (struct Bytes){&account, sizeof account});
  put(ByBranch, branchKey(&key, account.branch, number), (struct Bytes){"", 0});
}

static int moveMoney(uint32_t from, uint32_t to, int64_t amount) {
  struct Key key;
  struct Account source, target;
  if (from == to || !get(Accounts, accountKey(&key, from), &source, sizeof source))
    return 0;
  source.balance -= amount;
  source.changes++;
  put(Accounts, accountKey(&key, from), (struct Bytes){&source, sizeof source});
  if (!get(Accounts, accountKey(&key, to), &target, sizeof target))
    return 0;
  target.balance += amount;
  target.changes++;
  put(Accounts, accountKey(&key, to), (struct Bytes){&target, sizeof target});
  struct Entry entry = {from, to, amount};
  put(History, historyKey(&key, writeHeader()->sequence++), (struct Bytes){&entry, sizeof entry});
  return source.balance >= 0;
}

// Money goes to another account with the same branch's lowest number; the account goes away.
static int closeAccount(uint32_t number) {
  struct Key key;
  struct Account account;
  struct Cursor cursor;
  if (!get(Accounts, accountKey(&key, number), &account, sizeof account))
    return 0;
  seek(ByBranch, branchKey(&key, account.branch, 0), &cursor);
  const struct Cell *heir = current(&cursor);
  uint32_t to = 0;
  for (int i = 2; heir && i < 6; i++)
    to = to << 8 | heir->bytes[i];
  if (!heir || !moveMoney(number, to, account.balance))
    return 0;
  return erase(Accounts, accountKey(&key, number)) &&
         erase(ByBranch, branchKey(&key, account.branch, number));
}

static int64_t sumOfBranch(uint32_t branch) {
  struct Key key;
  struct Cursor cursor;
  struct Account account;
  int64_t sum = 0;
  seek(ByBranch, branchKey(&key, branch, 0), &cursor);
  for (const struct Cell *at;
       (at = current(&cursor)) && (at->bytes[0] << 8 | at->bytes[1]) == (int)branch;
       advance(&cursor)) {
    uint32_t number = 0;
    for (int i = 2; i < 6; i++)
      number = number << 8 | at->bytes[i];
    if (get(Accounts, accountKey(&key, number), &account, sizeof account))
      sum += account.balance;
  }
  return sum;
}

static void forgetHistory(uint64_t before) {
  struct Key key;
  struct Cursor cursor;
  for (int i = 0; i < 40; i++) {
    seek(History, historyKey(&key, 0), &cursor);
    const struct Cell *oldest = current(&cursor);
    if (!oldest)
      return;
    uint64_t sequence = 0;
    for (int byte = 0; byte < 8; byte++)
      sequence = sequence << 8 | oldest->bytes[byte];
    if (sequence >= before)
      return;
    erase(History, historyKey(&key, sequence));
  }
}

static uint64_t digestOf(enum Tree tree, uint32_t *count) {
  struct Cursor cursor;
  uint64_t sum = 0;
  seek(tree, (struct Bytes){"", 0}, &cursor);
  for (const struct Cell *at; (at = current(&cursor)); advance(&cursor), ++*count)
    sum = sum * 31 + checksum(1, at->bytes, at->keySize + at->valueSize);
  return sum;
}

int main(void) {
  begin();
  writeHeader()->pageCount = 1;
  makeTree(Accounts);
  makeTree(ByBranch);
  makeTree(History);
  commit();
  while (accountCount < FirstAccounts) {
    begin();
    for (int i = 0; i < 50; i++)
      openAccount(1000 + next(1000));
    commit();
  }
  uint32_t undone = 0;
  int64_t sums = 0;
  for (int i = 0; i < Transactions; i++) {
    begin();
    int good = 1;
    uint32_t kind = next(100), number = next(accountCount) * 2654435761u;
    if (kind < 3)
      openAccount(0);
    else if (kind < 5)
      good = closeAccount(number);
    else if (kind < 8)
      forgetHistory(header()->sequence > 20000 ? header()->sequence - 20000 : 0);
    else
      good = moveMoney(number, next(accountCount) * 2654435761u, next(400));
    if (good)
      commit();
    else {
      rollback();
      undone++;
    }
    if (i % 512 == 0)
      sums ^= sumOfBranch(next(BranchCount));
  }
  int64_t total = 0;
  for (int branch = 0; branch < BranchCount; branch++)
    total += sumOfBranch(branch);
  uint32_t counts[3] = {0};
  uint64_t digest = 0;
  for (int tree = 0; tree < 3; tree++)
    digest = digest * 31 + digestOf(tree, &counts[tree]);
  printf("%u %u %u accounts, index, history; %u undone; %lld money, %lld; %016llx %08x\n",
         counts[0], counts[1], counts[2], undone, (long long)total, (long long)sums,
         (unsigned long long)digest, logFile.checksum);
}
