// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/ModuleSections.h"

namespace w2n::wasm {

namespace {

/// A section that is one number.
void writeNumber(ByteWriter &out, uint8_t id, uint32_t number) {
  ByteWriter contents;
  contents.writeUnsigned(number);
  out.writeByte(id);
  out.writeSized(contents.written());
}

} // namespace

void Section::write(ByteWriter &out, uint8_t id) const {
  if (count == 0)
    return;
  ByteWriter contents;
  contents.writeUnsigned(count);
  contents.writeBytes(items.written());
  out.writeByte(id);
  out.writeSized(contents.written());
}

void ModuleSections::write(ByteWriter &out, Bytes beforeCode) const {
  constexpr uint8_t preamble[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  // GCC 12 sees a write past the end where all of them are written at once.
  for (const uint8_t byte : preamble)
    out.writeByte(byte);
  types.write(out, 1);
  imports.write(out, 2);
  declared.write(out, 3);
  tables.write(out, 4);
  memories.write(out, 5);
  tags.write(out, 13);
  globals.write(out, 6);
  exports.write(out, 7);
  if (startFunction)
    writeNumber(out, 8, *startFunction);
  elements.write(out, 9);
  if (data.count != 0)
    writeNumber(out, 12, data.count);
  out.writeBytes(beforeCode);
  code.write(out, 10);
  data.write(out, 11);
}

} // namespace w2n::wasm
