// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The metadata of an artifact, readable in place: little-endian structs of fixed width, tied
// together by offsets from the start of the metadata. It is the descriptor of an ELF note (PT_NOTE,
// owner "wasm2native", type 1), so that a loader finds it from the program headers alone.
//
// In the ELF file every PT_LOAD has p_offset == p_vaddr, so that the loader maps the file once, and
// the code once more with execute permission. There are no dynamic relocations; an offset to code
// or data here is relative to the metadata's start (`ImageOffset`) and may be negative.
#pragma once

#include <cstddef>
#include <cstdint>

namespace w2n::artifact {

inline constexpr uint32_t formatVersion = 14;
inline constexpr uint32_t noIndex = ~uint32_t(0);
/// ELF note that holds the metadata.
inline constexpr char noteOwner[] = "wasm2native";
inline constexpr uint32_t noteType = 1;
/// The one exported symbol: the metadata header, for embedders who use dlopen.
inline constexpr char metadataSymbol[] = "wasm2native_metadata";
/// Alignment of segments and of the memory image: the largest page size of the targets that we map
/// on.
inline constexpr uint64_t segmentAlignment = 16384;

/// `count` elements at `offset` bytes from the start of the metadata.
struct ArrayRef {
  uint32_t offset;
  uint32_t count;
};
using StringRef = ArrayRef; // bytes, not terminated

/// Signed distance in bytes from the start of the metadata to something in the file's mapping.
using ImageOffset = int32_t;

enum class ValueTypeCode : uint8_t { I32, I64, F32, F64, V128, FuncRef, ExternRef, ExnRef };
/// The greatest of them.
inline constexpr ValueTypeCode lastValueTypeCode = ValueTypeCode::ExnRef;
enum class ExternKindCode : uint8_t { Function, Table, Memory, Global, Tag };

struct TypeRecord {
  ArrayRef params;  ///< ValueTypeCode[]
  ArrayRef results; ///< ValueTypeCode[]
  /// The details of a function: empty if `params` and `results` say it all, else uint32_t[] of the
  /// codes in TypeCodes.h, parameters, then results; of a structure or array, its fields.
  ArrayRef details;
  uint32_t flags; ///< wasm::CompositeKind | typeIsOpen | typeHasSuper | typeIsInGroup
  uint32_t super; ///< index of the supertype; only with typeHasSuper
};

inline constexpr uint32_t typeKindBits = 3;
inline constexpr uint32_t typeIsOpen = 1 << 2;    ///< not final
inline constexpr uint32_t typeHasSuper = 1 << 3;  ///< `super` is an index
inline constexpr uint32_t typeIsInGroup = 1 << 4; ///< in the recursive group of the type before it

struct ImportRecord {
  StringRef module, name;
  uint32_t kind;  ///< ExternKindCode
  uint32_t index; ///< in its index space
};

struct ExportRecord {
  StringRef name;
  uint32_t kind;
  uint32_t index;
};

/// A function of the index space (imported ones too).
struct FunctionRecord {
  uint32_t typeIndex;
  /// Index in the context's functionReferences, or noIndex.
  uint32_t reference;
  /// Name from the name section; empty if none.
  StringRef name;
};

/// The code of a function in one slice.
struct FunctionCode {
  /// 0 for imported functions.
  ImageOffset code;
  /// For tail calls, 0 if it has none. If there is some, `code` is a wrapper around it.
  ImageOffset tailCode;
};

/// The thunks of a type in one slice.
struct ThunkRecord {
  /// Code of the host-to-wasm EntryThunk, 0 if none.
  ImageOffset entryThunk;
  /// Code of the wasm-to-host thunk: a function of this type whose context is a HostFunction; 0 if
  /// none.
  ImageOffset importThunk;
};

/// A function that counts how often it and its parts run; see Profile.h.
struct ProfileRecord {
  uint64_t hash;         ///< of its control flow
  StringRef name;        ///< under which profiles know it
  uint32_t firstCounter; ///< in the counters of the instance
  uint32_t counters;
};

/// The module's code for one processor. An artifact has one or more of them side by side, which
/// share everything else; the last that the machine has the features of is used.
struct SliceRecord {
  StringRef cpu;      ///< the name that it was asked for by: "x86-64-v3"
  StringRef features; ///< LLVM's names of what it needs beyond the baseline, comma-separated
  ArrayRef functions; ///< FunctionCode[], as many as functions
  ArrayRef thunks;    ///< ThunkRecord[], as many as types
  /// Its functions. Of several slices they do not overlap, and the builtins, which are the
  /// baseline's, are outside.
  ImageOffset codeBegin, codeEnd;
  /// void(InstanceContext *) in the C convention: evaluates global initializers, then applies
  /// active element and data segments that are not in the image; 0 if there is nothing to do. May
  /// trap.
  ImageOffset initialize;
  ArrayRef profile; ///< ProfileRecord[], empty unless flagProfiles is set
};

/// More would only make files large.
inline constexpr uint32_t maxSlices = 16;

struct TableRecordInfo {
  uint32_t elementType; ///< a code of TypeCodes.h
  uint32_t flags;       ///< limitHasMax | limitIs64 | limitShared
  uint64_t min, max;
};

struct MemoryRecordInfo {
  uint32_t pageSizeLog2;
  uint32_t flags;
  uint64_t min, max; ///< pages
};

inline constexpr uint32_t limitHasMax = 1, limitIs64 = 2, limitShared = 4;

struct GlobalRecordInfo {
  uint32_t type; ///< a code of TypeCodes.h
  uint32_t isMutable;
};

struct TagRecordInfo {
  uint32_t typeIndex;
};

/// Element segment: function indices, noIndex for null. Where an expression is something else,
/// `initialize` sets the element through RuntimeServices::elementSet and `functions` holds noIndex.
struct ElementRecord {
  ArrayRef functions; ///< uint32_t[]
};

/// Data segment: bytes for memory.init and for active segments that are not in the image; empty if
/// it is in the image.
struct DataRecord {
  ImageOffset bytes;
  uint32_t count;
};

/// A run of the memory image: `fileOffset` and `memoryOffset` are multiples of segmentAlignment,
/// `bytes` of 4096.
struct ImageRecord {
  uint64_t fileOffset;
  uint64_t memoryOffset;
  uint64_t bytes;
  uint32_t memory; ///< index of a defined memory
  uint32_t reserved;
};

inline constexpr uint32_t flagExplicitBounds = 1; ///< compiled with --bounds-checks=explicit
inline constexpr uint32_t flagMetersFuel = 2;     ///< compiled with --meter=fuel
inline constexpr uint32_t flagProfiles = 4;       ///< compiled with --profile-generate
inline constexpr uint32_t flagUsesHeap =
    8; ///< has types of objects, or code for references to them
inline constexpr uint32_t flagSignsReturnAddresses = 16; ///< by the keys of its process (AArch64)

/// Code from one place to the next that a range names, or to the end of its function: it belongs to
/// `functionCount` functions that were inlined one into another, whose indices follow, innermost
/// first.
struct InlinedRange {
  int32_t code; ///< from this record to the first instruction
  uint32_t functionCount;
};
/// The ELF section that holds them.
inline constexpr char inlinedSection[] = ".wasm2native.inlined";

struct MetadataHeader {
  char magic[8]; ///< "w2n-aot\0"
  uint32_t version;
  uint32_t bytes; ///< of the whole metadata, header included
  uint32_t flags;
  uint32_t elfMachine;
  StringRef compilerVersion, targetTriple, moduleName;
  uint8_t sourceHash[32]; ///< of the wasm bytes

  ArrayRef types, imports, exports, functions, tables, memories, globals, elements, data, images;
  uint32_t importedFunctions, importedTables, importedMemories, importedGlobals;
  uint32_t referencedFunctions;
  uint32_t startFunction; ///< or noIndex
  /// Unwind information of all slices, for backtraces and exceptions.
  ImageOffset ehFrame;
  uint32_t ehFrameBytes;
  ArrayRef slices; ///< 1 to maxSlices
  /// uint32_t[referencedFunctions]: the function of each of the context's functionReferences, so
  /// that making an instance does not look at every function.
  ArrayRef references;
  ArrayRef tags;
  uint32_t importedTags;
  /// The code that was inlined, for backtraces: InlinedRanges in no order.
  ImageOffset inlined;
  uint32_t inlinedBytes;
  uint32_t reserved;
  /// uint8_t[], the world of the component that it was made from (lib/component/World.h), to be
  /// checked; empty if it was a module.
  ArrayRef component;
  /// The checksum of the whole file; see Checksum.h.
  uint64_t checksum;
};

inline constexpr char metadataMagic[8] = {'w', '2', 'n', '-', 'a', 'o', 't', 0};

static_assert(sizeof(TypeRecord) == 32 && sizeof(ImportRecord) == 24 && sizeof(ExportRecord) == 16);
static_assert(sizeof(FunctionRecord) == 16 && sizeof(TableRecordInfo) == 24);
static_assert(sizeof(MemoryRecordInfo) == 24 && sizeof(GlobalRecordInfo) == 8);
static_assert(sizeof(ElementRecord) == 8 && sizeof(DataRecord) == 8 && sizeof(ImageRecord) == 32);
static_assert(sizeof(FunctionCode) == 8 && sizeof(ThunkRecord) == 8 && sizeof(SliceRecord) == 52);
static_assert(sizeof(ProfileRecord) == 24);
static_assert(sizeof(MetadataHeader) == 248);

} // namespace w2n::artifact
