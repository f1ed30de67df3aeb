// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A reader of DWARF 5's line tables (section 6.2), as LLVM writes them for artifacts. Everything is
// compared with the bytes that are left, because artifacts may be damaged.

#include "lib/artifact/DebugLines.h"

#include "lib/artifact/DebugSections.h"
#include "lib/support/ByteReader.h"

#include <algorithm>

namespace w2n::artifact {

namespace {

enum Form : uint32_t {
  formBlock = 0x09,
  formData1 = 0x0b,
  formData2 = 0x05,
  formData4 = 0x06,
  formData8 = 0x07,
  formData16 = 0x1e,
  formUdata = 0x0f,
  formString = 0x08,
  formStrp = 0x0e,
  formLineStrp = 0x1f
};
enum Content : uint32_t { contentPath = 1, contentDirectory = 2 };
enum Standard : uint8_t {
  copyRow = 1,
  advancePc,
  advanceLine,
  setFile,
  setColumn,
  negateStatement,
  setBasicBlock,
  addConstantPc,
  fixedAdvancePc
};
enum Extended : uint8_t { endSequence = 1, setAddress = 2 };

using Bytes = std::span<const uint8_t>;

struct Sections {
  Bytes lines, lineStrings, strings;
  /// Bytes of the entries that were made. A table of a few bytes may name the same long text
  /// again and again.
  mutable uint64_t entryBytes = 0;

  bool hasRoomFor(uint64_t bytes) const {
    constexpr uint64_t maxEntryBytes = 32 << 20;
    entryBytes += bytes;
    return entryBytes <= maxEntryBytes;
  }
};

std::string textAt(Bytes strings, uint64_t offset) {
  constexpr size_t maxBytes = 4096;
  if (offset >= strings.size())
    return {};
  const Bytes rest = strings.subspan(offset, std::min(maxBytes, strings.size() - offset));
  return {rest.begin(), std::ranges::find(rest, uint8_t(0))};
}

struct Entry {
  std::string path;
  uint64_t directory = 0;
};

struct Machine {
  uint64_t address = 0;
  uint64_t file = 1, line = 1;
};

/// One table: a header and a program that makes rows.
class LineTable {
public:
  LineTable(const Sections &sections, Bytes unit, uint64_t offset)
      : sections(sections), in(unit, offset) {}

  Status readHeader(bool wantsNames);
  /// Calls onRow(machine, isEnd) and onAddress(offset in the section).
  template <typename OnRow, typename OnAddress>
  Status run(const OnRow &onRow, const OnAddress &onAddress);

  std::vector<Entry> directories, files;

private:
  Result<std::vector<Entry>> readEntries();
  Status readForm(uint64_t content, uint64_t form, Entry &entry);
  template <typename OnRow, typename OnAddress>
  Status runExtended(const OnRow &onRow, const OnAddress &onAddress);
  Status runStandard(uint8_t opcode);
  void advance(uint64_t operations) { machine.address += operations * minInstructionBytes; }

  const Sections &sections;
  ByteReader in;
  Machine machine;
  uint8_t minInstructionBytes = 1, lineRange = 1, opcodeBase = 1;
  int8_t lineBase = 0;
  std::vector<uint8_t> operandCounts;
};

Status LineTable::readForm(uint64_t content, uint64_t form, Entry &entry) {
  uint64_t number = 0;
  std::string text;
  switch (form) {
  case formString: {
    for (;;) {
      W2N_TRY(letter, in.readByte());
      if (letter == 0)
        break;
      text.push_back(char(letter));
    }
    break;
  }
  case formLineStrp:
  case formStrp: {
    W2N_TRY(offset, in.readFixed32());
    text = textAt(form == formStrp ? sections.strings : sections.lineStrings, offset);
    break;
  }
  case formUdata: {
    W2N_TRY(value, in.readU64());
    number = value;
    break;
  }
  case formData1: {
    W2N_TRY(value, in.readByte());
    number = value;
    break;
  }
  case formBlock: {
    W2N_TRY(bytes, in.readU32());
    W2N_TRY(skipped, in.readBytes(bytes));
    (void)skipped;
    break;
  }
  case formData2:
  case formData4:
  case formData8:
  case formData16: {
    const size_t bytes = form == formData2 ? 2 : form == formData4 ? 4 : form == formData8 ? 8 : 16;
    W2N_TRY(value, in.readBytes(bytes));
    for (size_t i = 0; i < std::min<size_t>(bytes, sizeof(number)); ++i)
      number |= uint64_t(value[i]) << (8 * i);
    break;
  }
  default:
    return in.malformed("a line table has a form that is not understood");
  }
  if (!sections.hasRoomFor(text.size()))
    return in.malformed("the names of line tables have more than 32 MiB");
  if (content == contentPath)
    entry.path = std::move(text);
  if (content == contentDirectory)
    entry.directory = number;
  return {};
}

Result<std::vector<Entry>> LineTable::readEntries() {
  W2N_TRY(formatCount, in.readByte());
  std::vector<std::pair<uint64_t, uint64_t>> formats;
  for (unsigned i = 0; i < formatCount; ++i) {
    W2N_TRY(content, in.readU64());
    W2N_TRY(form, in.readU64());
    formats.push_back({content, form});
  }
  W2N_TRY(count, in.readU64());
  if (count > in.remaining() || (formats.empty() && count != 0) ||
      !sections.hasRoomFor(count * sizeof(Entry)))
    return in.malformed("a line table has more entries than bytes, or than fit into 32 MiB");
  std::vector<Entry> entries(count);
  for (Entry &entry : entries)
    for (const auto &[content, form] : formats)
      W2N_CHECK(readForm(content, form, entry));
  return entries;
}

Status LineTable::readHeader(bool wantsNames) {
  constexpr uint32_t version5 = 5, addressBytes = 8;
  W2N_TRY(version, in.readBytes(2));
  W2N_TRY(addressSize, in.readByte());
  W2N_TRY(segmentSize, in.readByte());
  if (version[0] != version5 || version[1] != 0 || addressSize != addressBytes || segmentSize != 0)
    return in.malformed("a line table is not of DWARF 5");
  W2N_TRY(headerBytes, in.readFixed32());
  W2N_TRY(rest, in.readBytes(headerBytes));
  const uint64_t restOffset = in.offset() - headerBytes;
  ByteReader program = in;
  in = ByteReader(rest, restOffset);
  W2N_TRY(fixed, in.readBytes(6));
  minInstructionBytes = fixed[0];
  lineBase = int8_t(fixed[3]);
  lineRange = fixed[4];
  opcodeBase = fixed[5];
  if (lineRange == 0 || opcodeBase == 0)
    return in.malformed("a line table has no range of lines");
  W2N_TRY(counts, in.readBytes(opcodeBase - 1));
  operandCounts.assign(counts.begin(), counts.end());
  if (wantsNames) {
    W2N_TRY(readDirectories, readEntries());
    directories = std::move(readDirectories);
    W2N_TRY(readFiles, readEntries());
    files = std::move(readFiles);
  }
  in = program;
  return {};
}

template <typename OnRow, typename OnAddress>
Status LineTable::runExtended(const OnRow &onRow, const OnAddress &onAddress) {
  W2N_TRY(bytes, in.readU32());
  const uint64_t begin = in.offset();
  W2N_TRY(contents, in.readBytes(bytes));
  if (contents.empty())
    return {};
  ByteReader operands(contents.subspan(1), begin + 1);
  if (contents[0] == setAddress) {
    onAddress(operands.offset());
    W2N_TRY(address, operands.readFixed64());
    machine.address = address;
  } else if (contents[0] == endSequence) {
    onRow(machine, true);
    machine = {};
  }
  return {};
}

Status LineTable::runStandard(uint8_t opcode) {
  switch (opcode) {
  case advancePc: {
    W2N_TRY(operations, in.readU64());
    advance(operations);
    return {};
  }
  case advanceLine: {
    W2N_TRY(lines, in.readS64());
    machine.line += uint64_t(lines);
    return {};
  }
  case setFile: {
    W2N_TRY(file, in.readU64());
    machine.file = file;
    return {};
  }
  case addConstantPc:
    advance((255u - opcodeBase) / lineRange);
    return {};
  case fixedAdvancePc: {
    W2N_TRY(bytes, in.readBytes(2));
    machine.address += uint64_t(bytes[0]) | uint64_t(bytes[1]) << 8;
    return {};
  }
  default: // columns, marks, and what later versions may add
    for (uint8_t i = 0; i < operandCounts[opcode - 1u]; ++i)
      W2N_CHECK(in.readU64());
    return {};
  }
}

template <typename OnRow, typename OnAddress>
Status LineTable::run(const OnRow &onRow, const OnAddress &onAddress) {
  while (!in.atEnd()) {
    W2N_TRY(opcode, in.readByte());
    if (opcode >= opcodeBase) {
      const auto special = unsigned(opcode - opcodeBase);
      advance(special / lineRange);
      machine.line += uint64_t(int64_t(lineBase) + int64_t(special % lineRange));
      onRow(machine, false);
    } else if (opcode == 0) {
      W2N_CHECK(runExtended(onRow, onAddress));
    } else if (opcode == copyRow) {
      onRow(machine, false);
    } else {
      W2N_CHECK(runStandard(opcode));
    }
  }
  return {};
}

/// Calls use(table) for each table of `sections`, while it succeeds.
template <typename Use> void forEachTable(const Sections &sections, const Use &use) {
  ByteReader in(sections.lines);
  while (!in.atEnd()) {
    const auto bytes = in.readFixed32();
    if (!bytes)
      return;
    const uint64_t offset = in.offset();
    const auto unit = in.readBytes(*bytes);
    if (!unit || !use(LineTable(sections, *unit, offset)))
      return;
  }
}

Sections lineSectionsOf(Bytes file) {
  Sections sections;
  for (const DebugSection &section : debugSectionsOf(file)) {
    if (section.name == ".debug_line")
      sections.lines = section.bytes;
    if (section.name == ".debug_line_str")
      sections.lineStrings = section.bytes;
    if (section.name == ".debug_str")
      sections.strings = section.bytes;
  }
  return sections;
}

/// The names of the files of `table`; the first directory, that of the compilation, is left out.
/// Those that there is room for.
std::vector<std::string> fileNamesOf(const Sections &sections, const LineTable &table) {
  std::vector<std::string> names;
  for (const Entry &file : table.files) {
    const bool isInside = file.directory == 0 || file.directory >= table.directories.size() ||
                          file.path.starts_with("/");
    if (!isInside &&
        !sections.hasRoomFor(table.directories[file.directory].path.size() + file.path.size()))
      break;
    names.push_back(isInside ? file.path
                             : table.directories[file.directory].path + "/" + file.path);
    // They get into messages, a line each.
    std::ranges::replace_if(
        names.back(), [](unsigned char letter) { return letter < 0x20 || letter == 0x7f; }, '_');
  }
  return names;
}

} // namespace

DebugLines DebugLines::of(Bytes file) {
  DebugLines made;
  const Sections sections = lineSectionsOf(file);
  forEachTable(sections, [&](LineTable table) {
    if (!table.readHeader(/*wantsNames=*/true))
      return false;
    const auto firstFile = uint32_t(made.files.size());
    for (std::string &name : fileNamesOf(sections, table))
      made.files.push_back(std::move(name));
    auto onRow = [&](const Machine &machine, bool isEnd) {
      const bool isKnown = !isEnd && firstFile + machine.file < made.files.size();
      made.rows.push_back({machine.address, isKnown ? firstFile + uint32_t(machine.file) : 0,
                           isKnown ? uint32_t(machine.line) : 0});
    };
    return bool(table.run(onRow, [](uint64_t) {}));
  });
  // An end lies before what begins there.
  std::ranges::stable_sort(made.rows, {},
                           [](const Row &row) { return std::pair(row.address, row.line != 0); });
  return made;
}

std::optional<SourceLine> DebugLines::at(uint64_t offset) const {
  const auto next = std::ranges::upper_bound(rows, offset, {}, &Row::address);
  if (next == rows.begin() || (next - 1)->line == 0)
    return std::nullopt;
  return SourceLine{files[(next - 1)->file], (next - 1)->line};
}

void visitLineAddresses(Bytes section, const std::function<void(uint64_t offset)> &visit) {
  const Sections sections = {.lines = section, .lineStrings = {}, .strings = {}};
  forEachTable(sections, [&](LineTable table) {
    return table.readHeader(/*wantsNames=*/false) &&
           table.run([](const Machine &, bool) {},
                     [&](uint64_t offset) {
                       if (section.size() >= sizeof(uint64_t) &&
                           offset <= section.size() - sizeof(uint64_t))
                         visit(offset);
                     });
  });
}

} // namespace w2n::artifact
