#include "lib/wasm/DecodeTypes.h"

#include "lib/wasm/Limits.h"

namespace w2n::wasm {

std::unexpected<Error> unsupportedProposal(const ByteReader &reader, const std::string &proposal) {
  return fail(ErrorKind::Unsupported,
              "the " + proposal + " proposal is used here and is not supported", reader.offset());
}

namespace {

/// Type bytes of proposals that are not supported.
const char *proposalOfType(uint8_t byte) {
  if (byte == 0x7b)
    return "simd";
  if (byte == 0x63 || byte == 0x64)
    return "typed function references";
  if ((byte >= 0x6a && byte <= 0x6e) || (byte >= 0x71 && byte <= 0x73))
    return "gc";
  return nullptr;
}

std::string hex(uint8_t byte) {
  constexpr char digits[] = "0123456789abcdef";
  return {'0', 'x', digits[byte >> 4], digits[byte & 15]};
}

} // namespace

std::optional<ValueType> valueTypeOf(uint8_t byte) {
  switch (byte) {
  case 0x7f:
    return ValueType::i32();
  case 0x7e:
    return ValueType::i64();
  case 0x7d:
    return ValueType::f32();
  case 0x7c:
    return ValueType::f64();
  case 0x70:
    return ValueType::funcref();
  case 0x6f:
    return ValueType::externref();
  case 0x69:
    return ValueType::exnref();
  case 0x74:
    return ValueType::nullexnref();
  default:
    return std::nullopt;
  }
}

namespace {

/// What follows 0x63 (nullable) and 0x64 in a reference type (5.3.5), if it is an exception's.
std::optional<ValueType> decodeExceptionReference(ByteReader &reader, uint8_t form) {
  ByteReader ahead = reader;
  auto byte = ahead.readByte();
  if ((form != 0x63 && form != 0x64) || !byte || (*byte != 0x69 && *byte != 0x74))
    return std::nullopt;
  reader = ahead;
  ValueType type = *valueTypeOf(*byte);
  type.nullable = form == 0x63;
  return type;
}

} // namespace

Result<ValueType> decodeValueType(ByteReader &reader) {
  W2N_TRY(byte, reader.readByte());
  if (std::optional<ValueType> type = valueTypeOf(byte))
    return *type;
  if (std::optional<ValueType> type = decodeExceptionReference(reader, byte))
    return *type;
  if (const char *proposal = proposalOfType(byte))
    return unsupportedProposal(reader, proposal);
  return reader.malformed("malformed value type " + hex(byte));
}

Result<ValueType> decodeReferenceType(ByteReader &reader) {
  W2N_TRY(byte, reader.readByte());
  std::optional<ValueType> type = valueTypeOf(byte);
  if (type && type->isRef())
    return *type;
  if (std::optional<ValueType> exception = decodeExceptionReference(reader, byte))
    return *exception;
  if (const char *proposal = proposalOfType(byte); proposal && byte != 0x7b)
    return unsupportedProposal(reader, proposal);
  return reader.malformed("malformed reference type " + hex(byte));
}

Result<ValueType> decodeHeapType(ByteReader &reader) {
  // A type index, or a single byte, which as a number is negative (5.3.3).
  ByteReader ahead = reader;
  W2N_TRY(code, ahead.readS33());
  if (code >= 0)
    return unsupportedProposal(reader, "typed function references");
  W2N_TRY(byte, reader.readByte());
  std::optional<ValueType> type = valueTypeOf(byte);
  if (type && type->isRef())
    return *type;
  if (const char *proposal = proposalOfType(byte))
    return unsupportedProposal(reader, proposal);
  return reader.malformed("malformed heap type " + hex(byte));
}

Result<Limits> decodeLimits(ByteReader &reader) {
  W2N_TRY(flags, reader.readByte());
  if (flags > 7)
    return reader.malformed("malformed limits flags");
  Limits limits;
  limits.shared = flags & 2;
  limits.is64 = flags & 4;
  // 64 bits whatever the address type: sizes are for the validator to judge (5.3.10).
  W2N_TRY(min, reader.readU64());
  limits.min = min;
  if (flags & 1) {
    W2N_TRY(max, reader.readU64());
    limits.max = max;
  }
  if (limits.is64)
    return unsupportedProposal(reader, "memory64");
  return limits;
}

Result<TableType> decodeTableType(ByteReader &reader) {
  W2N_TRY(element, decodeReferenceType(reader));
  W2N_TRY(limits, decodeLimits(reader));
  if (limits.shared)
    return reader.malformed("malformed limits flags: a table cannot be shared");
  return TableType{element, limits};
}

Result<MemoryType> decodeMemoryType(ByteReader &reader) {
  W2N_TRY(limits, decodeLimits(reader));
  if (limits.shared)
    return unsupportedProposal(reader, "threads");
  return MemoryType{limits};
}

Result<GlobalType> decodeGlobalType(ByteReader &reader) {
  W2N_TRY(type, decodeValueType(reader));
  W2N_TRY(mutability, reader.readByte());
  if (mutability > 1)
    return reader.malformed("malformed mutability");
  return GlobalType{type, mutability == 1};
}

namespace {

Result<std::vector<ValueType>> decodeValueTypes(ByteReader &reader, uint32_t limit,
                                                const char *what) {
  W2N_TRY(count, reader.readU32());
  if (count > reader.remaining())
    return reader.malformed("unexpected end");
  if (count > limit)
    return fail(ErrorKind::Limit,
                std::to_string(count) + " " + what + ", most is " + std::to_string(limit),
                reader.offset());
  std::vector<ValueType> types;
  types.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(type, decodeValueType(reader));
    types.push_back(type);
  }
  return types;
}

} // namespace

Result<FunctionType> decodeFunctionType(ByteReader &reader) {
  W2N_TRY(form, reader.readByte());
  if (form == 0x4e || form == 0x50 || form == 0x4f || form == 0x5e || form == 0x5f)
    return unsupportedProposal(reader, "gc");
  if (form != 0x60)
    return reader.malformed("malformed definition type " + hex(form));
  W2N_TRY(params, decodeValueTypes(reader, limits::params, "parameters"));
  W2N_TRY(results, decodeValueTypes(reader, limits::results, "results"));
  return FunctionType{std::move(params), std::move(results)};
}

} // namespace w2n::wasm
