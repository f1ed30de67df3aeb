// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Strings (CanonicalABI.md, "Loading" and "Storing" of strings). A string that both sides have in
// the same encoding is checked and copied as bytes. Any other copy takes two passes over the
// characters: one that checks them and finds how many bytes they need in the other encoding, and
// one that writes them, so that realloc is called once, with the size that is needed. Most strings
// are short and ASCII, so adapters copy these themselves.

#include "compiler/component/AdapterCharacters.h"

#include <array>

namespace w2n::compiler {

using component::CanonOption;
using enum wasm::ValueKind;

namespace {

constexpr uint32_t utf16Tag = 1u << 31;
constexpr uint32_t maxStringBytes = (1u << 31) - 1;
/// Zero in eight bytes of ASCII.
constexpr uint64_t highBits = 0x8080808080808080;

/// Emits (address, bytes) -> (address, length): the copy of a string whose units are known.
class StringCopier {
public:
  StringCopier(Adapters &adapters, const BoundOptions &from, Units fromUnits,
               const BoundOptions &to, uint32_t toInstance)
      : adapters(adapters), e(i32Function(2, 2)), from(from), fromUnits(fromUnits), to(to),
        toInstance(toInstance) {}

  EmittedBody emit() {
    checkRange();
    switch (to.encoding) {
    case CanonOption::Utf8:
      if (fromUnits == Units::Utf8)
        copyBytes(1);
      else
        copyAs(Units::Utf8, 1, measure(Units::Utf8), 0);
      break;
    case CanonOption::Utf16:
      if (fromUnits == Units::Utf16)
        copyBytes(2);
      else
        copyAs(Units::Utf16, 2, measure(Units::Utf16), 0);
      break;
    default:
      copyAsLatin1OrUtf16();
      break;
    }
    return e.take();
  }

private:
  void checkRange() {
    compareWith(e, bytes, maxStringBytes, Op::I32GtU);
    adapters.trapIf(e, CanonTrap::StringOutOfBounds);
    e.get(address);
    e.op(Op::I64ExtendI32U);
    e.get(bytes);
    e.op(Op::I64ExtendI32U);
    e.op(Op::I64Add);
    adapters.checkEnd(e, adapters.memoryOf(from), CanonTrap::StringOutOfBounds);
    e.get(address);
    e.get(bytes);
    e.op(Op::I32Add);
    e.set(end);
  }

  /// Runs `body` for each character, in `character`.
  template <typename Body> void forEach(Body body) {
    e.get(address);
    e.set(at);
    e.block();
    e.loop();
    e.get(at);
    e.get(end);
    e.op(Op::I32Eq);
    e.brIf(1);
    CharacterReader(adapters, e, fromUnits, adapters.memoryOf(from)).read(at, end, character);
    body();
    e.br(0);
    e.end();
    e.end();
  }

  /// A local with the bytes that the string needs; `wide` becomes whether a character needs more
  /// than Latin-1.
  uint32_t measure(Units units) {
    const uint32_t size = e.newLocal();
    forEach([&] {
      e.get(size);
      CharacterWriter(e, units, 0).pushBytes(character);
      e.op(Op::I32Add);
      e.set(size);
      e.get(wide);
      compareWith(e, character, 0x100, Op::I32GeU);
      e.op(Op::I32Or);
      e.set(wide);
    });
    compareWith(e, size, maxStringBytes, Op::I32GtU);
    adapters.trapIf(e, CanonTrap::StringTooLong);
    return size;
  }

  /// Skips characters below U+0080, eight at a time, and leaves the loop at the end.
  void skipAscii() {
    constexpr uint32_t step = 8;
    e.loop();
    e.get(end);
    e.get(at);
    e.op(Op::I32Sub);
    e.i32(step);
    e.op(Op::I32GeU);
    e.iff();
    e.get(at);
    e.access(Op::I64Load, adapters.memoryOf(from), 0);
    e.i64(highBits);
    e.op(Op::I64And);
    e.op(Op::I64Eqz);
    e.iff();
    addTo(e, at, step);
    e.br(2);
    e.end();
    e.end();
    e.end();
  }

  /// Checks a string whose bytes stay as they are.
  void check() {
    e.get(address);
    e.set(at);
    e.block();
    e.loop();
    if (fromUnits == Units::Utf8)
      skipAscii();
    e.get(at);
    e.get(end);
    e.op(Op::I32Eq);
    e.brIf(1);
    CharacterReader(adapters, e, fromUnits, adapters.memoryOf(from)).read(at, end, character);
    e.br(0);
    e.end();
    e.end();
  }

  /// Copies the bytes of a string that both sides have in the same encoding.
  void copyBytes(uint32_t alignment) {
    check();
    const uint32_t copy =
        adapters.allocate(e, to, toInstance, alignment, bytes, CanonTrap::StringOutOfBounds);
    e.get(copy);
    e.get(address);
    e.get(bytes);
    e.memoryCopy(adapters.memoryOf(to), adapters.memoryOf(from));
    e.get(copy);
    e.get(bytes);
    if (fromUnits == Units::Utf16) {
      e.i32(1);
      e.op(Op::I32ShrU);
    }
  }

  /// Allocates `size` bytes, writes the string and leaves address and length on the stack.
  void copyAs(Units units, uint32_t alignment, uint32_t size, uint32_t tag) {
    const uint32_t copy =
        adapters.allocate(e, to, toInstance, alignment, size, CanonTrap::StringOutOfBounds);
    const uint32_t next = e.newLocal();
    e.get(copy);
    e.set(next);
    forEach([&] { CharacterWriter(e, units, adapters.memoryOf(to)).write(next, character); });
    e.get(copy);
    e.get(size);
    if (units == Units::Utf16) {
      e.i32(1);
      e.op(Op::I32ShrU);
    }
    if (tag != 0) {
      e.i32(tag);
      e.op(Op::I32Or);
    }
  }

  void copyAsLatin1OrUtf16() {
    const uint32_t size = measure(Units::Utf16);
    e.get(wide);
    e.iff();
    copyAs(Units::Utf16, 2, size, utf16Tag);
    e.op(Op::Return);
    e.end();
    // Each character is one unit of UTF-16 here.
    e.get(size);
    e.i32(1);
    e.op(Op::I32ShrU);
    e.set(size);
    copyAs(Units::Latin1, 2, size, 0);
  }

  Adapters &adapters;
  CodeEmitter e;
  const BoundOptions &from;
  const Units fromUnits;
  const BoundOptions &to;
  const uint32_t toInstance;
  const uint32_t address = 0, bytes = 1;
  const uint32_t at = e.newLocal(), end = e.newLocal(), character = e.newLocal(),
                 wide = e.newLocal();
};

/// Emits the copy of a string, address and length in locals, between memories in UTF-8. The words
/// of a short one of ASCII are loaded, and stay in registers while realloc runs.
class ShortCopier {
public:
  ShortCopier(Adapters &adapters, CodeEmitter &e, const BoundOptions &from, const BoundOptions &to,
              uint32_t address, uint32_t bytes)
      : adapters(adapters), e(e), from(from), to(to), address(address), bytes(bytes) {}

  /// Leaves the new address in `address`; any other string is left to `copier`.
  void emit(uint32_t toInstance, uint32_t copier) {
    e.block();
    e.block();
    compareRange();
    e.brIf(0);
    loadWords();
    e.brIf(0);
    const uint32_t copy =
        adapters.allocate(e, to, toInstance, 1, bytes, CanonTrap::StringOutOfBounds);
    for (const Word &word : words) {
      pushAddress(copy, word);
      e.get(word.value);
      e.access(Op::I64Store, adapters.memoryOf(to), 0);
    }
    e.get(copy);
    e.set(address);
    e.br(1);
    e.end();
    e.get(address);
    e.get(bytes);
    e.call(copier);
    e.set(bytes);
    e.set(address);
    e.end();
  }

private:
  static constexpr uint32_t wordBytes = 8, maxBytes = 32;
  struct Word {
    std::optional<uint32_t> offset; ///< locals
    uint32_t value;
  };

  /// Whether the string is shorter than a word, longer than four, or not in memory.
  void compareRange() {
    e.get(bytes);
    e.i32(wordBytes);
    e.op(Op::I32Sub);
    e.tee(last);
    e.i32(maxBytes - wordBytes);
    e.op(Op::I32GtU);
    e.get(address);
    e.op(Op::I64ExtendI32U);
    e.get(bytes);
    e.op(Op::I64ExtendI32U);
    e.op(Op::I64Add);
    adapters.isBeyondEnd(e, adapters.memoryOf(from));
    e.op(Op::I32Or);
  }

  /// Loads the words, and pushes whether a byte in them is not ASCII.
  void loadWords() {
    // They overlap in strings of less than 32 bytes: the second and third are at 8 and at the end
    // less 16, or, if there are no more than 16 bytes, where the last and the first are.
    e.i32(wordBytes);
    e.get(last);
    compareWith(e, last, wordBytes, Op::I32GtU);
    e.op(Op::Select);
    e.set(second);
    e.get(last);
    e.get(second);
    e.op(Op::I32Sub);
    e.set(third);
    for (const Word &word : words) {
      pushAddress(address, word);
      e.access(Op::I64Load, adapters.memoryOf(from), 0);
      e.tee(word.value);
      if (word.offset)
        e.op(Op::I64Or);
    }
    e.i64(highBits);
    e.op(Op::I64And);
    e.i64(0);
    e.op(Op::I64Ne);
  }

  void pushAddress(uint32_t begin, const Word &word) {
    e.get(begin);
    if (!word.offset)
      return;
    e.get(*word.offset);
    e.op(Op::I32Add);
  }

  Adapters &adapters;
  CodeEmitter &e;
  const BoundOptions &from, &to;
  const uint32_t address, bytes;
  const uint32_t last = e.newLocal(), second = e.newLocal(), third = e.newLocal();
  const std::array<Word, 4> words = {{{std::nullopt, e.newLocal(I64)},
                                      {second, e.newLocal(I64)},
                                      {third, e.newLocal(I64)},
                                      {last, e.newLocal(I64)}}};
};

} // namespace

uint32_t Adapters::stringCopier(const BoundOptions &from, const BoundOptions &to,
                                uint32_t toInstance) {
  const auto textOfOptions = [&](const BoundOptions &options) {
    return std::to_string(memoryOf(options)) + " " + std::to_string(unsigned(options.encoding)) +
           " ";
  };
  const std::string key = textOfOptions(from) + textOfOptions(to) +
                          std::to_string(module.indexOf(*to.realloc)) + " " +
                          std::to_string(toInstance);
  if (const auto found = helpers.find(key); found != helpers.end())
    return found->second;
  const wasm::FunctionType type = i32Function(2, 2);
  if (from.encoding == CanonOption::Utf8)
    return helpers[key] = module.addFunction(
               type, StringCopier(*this, from, Units::Utf8, to, toInstance).emit());
  const auto copierOf = [&](Units units) {
    return module.addFunction(type, StringCopier(*this, from, units, to, toInstance).emit());
  };
  CodeEmitter e(type);
  checkAlignment(e, 0, 2, CanonTrap::UnalignedPointer);
  // Code units, of which UTF-16's have two bytes; a length that is too large stays so.
  const auto callUtf16 = [&] {
    const uint32_t copier = copierOf(Units::Utf16);
    compareWith(e, 1, maxStringBytes / 2, Op::I32GtU);
    trapIf(e, CanonTrap::StringOutOfBounds);
    e.get(0);
    e.get(1);
    e.i32(1);
    e.op(Op::I32Shl);
    e.call(copier);
  };
  if (from.encoding == CanonOption::Utf16) {
    callUtf16();
  } else {
    const uint32_t latin1 = copierOf(Units::Latin1);
    compareWith(e, 1, utf16Tag, Op::I32LtU);
    e.iff();
    e.get(0);
    e.get(1);
    e.call(latin1);
    e.op(Op::Return);
    e.end();
    e.get(1);
    e.i32(utf16Tag);
    e.op(Op::I32Xor);
    e.set(1);
    callUtf16();
  }
  const uint32_t helper = module.addFunction(type, e.take());
  helpers.emplace(key, helper);
  return helper;
}

void Adapters::copyString(CodeEmitter &e, const BoundOptions &from, const BoundOptions &to,
                          uint32_t toInstance, uint32_t address, uint32_t length) {
  // Types with many strings would make large functions.
  constexpr size_t maxBytesBefore = 4096;
  const uint32_t copier = stringCopier(from, to, toInstance);
  if (from.encoding == CanonOption::Utf8 && to.encoding == CanonOption::Utf8 &&
      e.codeBytes() < maxBytesBefore)
    return ShortCopier(*this, e, from, to, address, length).emit(toInstance, copier);
  e.get(address);
  e.get(length);
  e.call(copier);
  e.set(length);
  e.set(address);
}

} // namespace w2n::compiler
