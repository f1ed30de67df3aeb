// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The page store of the database: pages of fixed size in static memory, transactions with
// before-images, a log with a checksum.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- The page store
// -------------------------------------------------------------------------------------------------------------------

enum {
  PageBytes = 4096,
  MaxPages = 4096,
  MaxDirty = 512,
  LogBytes = 1 << 22,
  MaxDepth = 8,
  MaxKey = 64
};

typedef uint32_t PageNumber;

static uint8_t pages[MaxPages][PageBytes] __attribute__((aligned(4096)));

// Page 0: what the store needs to know of itself. It is written to in transactions like any other
// page.
struct Header {
  uint32_t pageCount;
  PageNumber firstFree;
  PageNumber roots[4];
  uint64_t sequence;
};

struct Before {
  PageNumber page;
  uint8_t bytes[PageBytes];
};

static struct {
  struct Before before[MaxDirty];
  uint32_t dirtyCount;
  uint8_t isDirty[MaxPages];
  uint64_t transaction;
  int active;
} journal;

static struct {
  uint8_t bytes[LogBytes];
  uint32_t used;
  uint32_t checksum;
  uint64_t records;
} logFile;

static void fail(const char *what) {
  printf("database: %s\n", what);
  exit(1);
}

static const uint8_t *readPage(PageNumber page) {
  if (page >= MaxPages)
    fail("page number out of range");
  return pages[page];
}

// The page to write to; keeps what it was, so that the transaction can be undone.
static uint8_t *writePage(PageNumber page) {
  if (page >= MaxPages)
    fail("page number out of range");
  if (!journal.isDirty[page]) {
    if (!journal.active || journal.dirtyCount == MaxDirty)
      fail("no transaction, or too large a one");
    struct Before *before = &journal.before[journal.dirtyCount++];
    before->page = page;
    memcpy(before->bytes, pages[page], PageBytes);
    journal.isDirty[page] = 1;
  }
  return pages[page];
}

static const struct Header *header(void) { return (const struct Header *)readPage(0); }
static struct Header *writeHeader(void) { return (struct Header *)writePage(0); }

static PageNumber allocatePage(void) {
  struct Header *store = writeHeader();
  PageNumber page = store->firstFree;
  if (page) {
    memcpy(&store->firstFree, readPage(page), sizeof store->firstFree);
    return page;
  }
  if (store->pageCount == MaxPages)
    fail("store is full");
  return store->pageCount++;
}

static void freePage(PageNumber page) {
  struct Header *store = writeHeader();
  memcpy(writePage(page), &store->firstFree, sizeof store->firstFree);
  store->firstFree = page;
}

// --- Transactions
// ---------------------------------------------------------------------------------------------------------------------

static void begin(void) {
  if (journal.active)
    fail("transactions do not nest");
  journal.active = 1;
  journal.transaction++;
}

static void forgetDirty(void) {
  for (uint32_t i = 0; i < journal.dirtyCount; i++)
    journal.isDirty[journal.before[i].page] = 0;
  journal.dirtyCount = 0;
  journal.active = 0;
}

static void rollback(void) {
  for (uint32_t i = 0; i < journal.dirtyCount; i++)
    memcpy(pages[journal.before[i].page], journal.before[i].bytes, PageBytes);
  forgetDirty();
}

static uint32_t checksum(uint32_t sum, const uint8_t *from, size_t size) {
  for (; size >= 4; size -= 4, from += 4) {
    uint32_t value;
    memcpy(&value, from, 4);
    sum = (sum ^ value) * 0x85ebca6bu;
    sum ^= sum >> 15;
  }
  while (size--)
    sum = (sum ^ *from++) * 0x01000193u;
  return sum;
}

static void appendLog(const void *from, uint32_t size) {
  if (logFile.used + size > LogBytes)
    logFile.used = 0; // a checkpoint: what is in the log is in the pages
  memcpy(logFile.bytes + logFile.used, from, size);
  logFile.checksum = checksum(logFile.checksum, logFile.bytes + logFile.used, size);
  logFile.used += size;
}

static uint64_t word(const uint8_t *from) {
  uint64_t value;
  memcpy(&value, from, 8);
  return value;
}

// Logs for each page the range of words that are different from before.
static void commit(void) {
  for (uint32_t i = 0; i < journal.dirtyCount; i++) {
    const struct Before *before = &journal.before[i];
    const uint8_t *now = pages[before->page];
    uint32_t first = 0, last = PageBytes;
    while (first < last && word(now + first) == word(before->bytes + first))
      first += 8;
    while (last > first && word(now + last - 8) == word(before->bytes + last - 8))
      last -= 8;
    if (first == last)
      continue;
    uint32_t record[4] = {(uint32_t)journal.transaction, before->page, first, last - first};
    appendLog(record, sizeof record);
    appendLog(now + first, last - first);
    logFile.records++;
  }
  forgetDirty();
}
