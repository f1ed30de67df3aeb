// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The sample module for x86-64.
#include "lib/artifact/Abi.h"
#include "test/unit/SampleCode.h"

#include <cstring>

namespace w2n::test {

using namespace artifact;

namespace {

/// void(context rdi, code rsi, slots rdx): two arguments, one result.
const Code entryThunk = {
    0x53,                   // push rbx
    0x41, 0x55,             // push r13
    0x48, 0x83, 0xec, 0x08, // sub rsp, 8
    0x48, 0x89, 0xd3,       // mov rbx, rdx
    0x49, 0x89, 0xfd,       // mov r13, rdi
    0x48, 0x89, 0xf0,       // mov rax, rsi
    0x8b, 0x3a,             // mov edi, [rdx]
    0x8b, 0x72, 0x08,       // mov esi, [rdx+8]
    0xff, 0xd0,             // call rax
    0x89, 0xc0,             // mov eax, eax
    0x48, 0x89, 0x03,       // mov [rbx], rax
    0x48, 0x83, 0xc4, 0x08, // add rsp, 8
    0x41, 0x5d,             // pop r13
    0x5b, 0xc3,             // pop rbx; ret
};

/// The wasm convention with a HostFunction as context (r13).
const Code importThunk = {
    0x48, 0x83, 0xec, 0x18,       // sub rsp, 24
    0x48, 0x89, 0x3c, 0x24,       // mov [rsp], rdi
    0x48, 0x89, 0x74, 0x24, 0x08, // mov [rsp+8], rsi
    0x4c, 0x89, 0xef,             // mov rdi, r13
    0x48, 0x89, 0xe6,             // mov rsi, rsp
    0x41, 0xff, 0x55, 0x00,       // call [r13]
    0x8b, 0x04, 0x24,             // mov eax, [rsp]
    0x48, 0x83, 0xc4, 0x18,       // add rsp, 24
    0xc3,                         // ret
};

const Code add = {0x8d, 0x04, 0x37, 0xc3}; // lea eax, [rdi+rsi]; ret

const Code trap = {
    0x89, 0xfe,             // mov esi, edi
    0x4c, 0x89, 0xef,       // mov rdi, r13
    0x49, 0x8b, 0x45, 0x00, // mov rax, [r13]
    0x48, 0x83, 0xec, 0x08, // sub rsp, 8
    0xff, 0x10,             // call [rax]
};

const Code load = {
    0x49, 0x8b, 0x45, 0x30, // mov rax, [r13+48]: the base of memory 0
    0x8b, 0x04, 0x38,       // mov eax, [rax+rdi]
    0xc3,                   // ret
};

const Code recurse = {
    0x48, 0x83, 0xec, 0x08,       // sub rsp, 8
    0xe8, 0xf7, 0xff, 0xff, 0xff, // call recurse
};

const Code grow = {
    0x89, 0xfa,             // mov edx, edi
    0x4c, 0x89, 0xef,       // mov rdi, r13
    0x31, 0xf6,             // xor esi, esi
    0x49, 0x8b, 0x45, 0x00, // mov rax, [r13]
    0x48, 0x83, 0xec, 0x08, // sub rsp, 8
    0xff, 0x50, 0x08,       // call [rax+8]
    0x48, 0x83, 0xc4, 0x08, // add rsp, 8
    0xc3,                   // ret
};

const Code fill = {
    0x89, 0xfa,                   // mov edx, edi
    0x41, 0x89, 0xf0,             // mov r8d, esi
    0xb9, 0x41, 0x00, 0x00, 0x00, // mov ecx, 'A'
    0x4c, 0x89, 0xef,             // mov rdi, r13
    0x31, 0xf6,                   // xor esi, esi
    0x49, 0x8b, 0x45, 0x00,       // mov rax, [r13]
    0x48, 0x83, 0xec, 0x08,       // sub rsp, 8
    0xff, 0x50, 0x18,             // call [rax+24]
    0x48, 0x83, 0xc4, 0x08,       // add rsp, 8
    0xc3,                         // ret
};

const Code divide = {
    0x89, 0xf8, // mov eax, edi
    0x99,       // cdq
    0xf7, 0xfe, // idiv esi
    0xc3,       // ret
};

const Code illegal = {0x0f, 0x0b}; // ud2

/// Waits at the address edi, while the value there is esi, without end.
const Code wait = {
    0x89, 0xfa,       // mov edx, edi
    0x89, 0xf1,       // mov ecx, esi
    0x4c, 0x89, 0xef, // mov rdi, r13
    0x31, 0xf6,       // xor esi, esi
    0x49, 0xc7, 0xc0,
    0xff, 0xff, 0xff,
    0xff, // mov r8, -1
    0x49, 0x8b, 0x45,
    0x00, // mov rax, [r13]
    0x48, 0x83, 0xec,
    0x08,                                                         // sub rsp, 8
    0xff, 0x50, uint8_t(offsetof(RuntimeServices, memoryWait32)), // call [rax+...]
    0x48, 0x83, 0xc4,
    0x08, // add rsp, 8
    0xc3, // ret
};
static_assert(offsetof(RuntimeServices, memoryWait32) < 128);

} // namespace

SampleCode sampleCode() {
  return {entryThunk,
          importThunk,
          {{"add", add},
           {"trap", trap},
           {"load", load},
           {"recurse", recurse},
           {"grow", grow},
           {"fill", fill},
           {"divide", divide},
           {"illegal", illegal}},
          wait};
}

Code callHost(uint64_t offset) {
  Code code = {
      0x49, 0x8b, 0x85, 0, 0, 0, 0, // mov rax, [r13+offset]
      0x41, 0x55,                   // push r13
      0x4d, 0x8b, 0xad, 0, 0, 0, 0, // mov r13, [r13+offset+8]
      0xff, 0xd0,                   // call rax
      0x41, 0x5d,                   // pop r13
      0xc3,                         // ret
  };
  const auto codeOffset = uint32_t(offset), contextOffset = uint32_t(offset + 8);
  std::memcpy(&code[3], &codeOffset, 4);
  std::memcpy(&code[12], &contextOffset, 4);
  return code;
}

Code loopHost(uint64_t offset) {
  Code code = {
      0x41, 0x55,                      // push r13
      0x49, 0x8b, 0x85, 0,    0, 0, 0, // next: mov rax, [r13+offset]
      0x4d, 0x8b, 0xad, 0,    0, 0, 0, // mov r13, [r13+offset+8]
      0xff, 0xd0,                      // call rax
      0x4c, 0x8b, 0x2c, 0x24,          // mov r13, [rsp]
      0xeb, 0xea,                      // jmp next
  };
  const auto codeOffset = uint32_t(offset), contextOffset = uint32_t(offset + 8);
  std::memcpy(&code[5], &codeOffset, 4);
  std::memcpy(&code[12], &contextOffset, 4);
  return code;
}

Code loop() { return {0xeb, 0xfe}; } // jmp to itself

} // namespace w2n::test
