# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# A build for another processor has no compiler of its own: it is the LLVM-free part, and tests take W2N_HOST_BUILD's.
set(W2N_HOST_BUILD ${CMAKE_SOURCE_DIR}/build/release CACHE PATH "A build for this machine, whose compiler and spec runner the tests use")
if(NOT EXISTS ${W2N_HOST_BUILD}/bin/w2nSpecRunner)
  message(FATAL_ERROR "no wasm2native in W2N_HOST_BUILD=${W2N_HOST_BUILD}: build it first (cmake --preset release)")
endif()

# Libraries that are nothing but headers serve every processor, but the folder that they are installed in also has this
# machine's C library: a folder with links to the former alone takes its place.
set(headers ${CMAKE_BINARY_DIR}/host-headers)
file(MAKE_DIRECTORY ${headers})
foreach(name cxxopts.hpp nlohmann xxhash.h)
  if(NOT EXISTS /usr/include/${name})
    message(FATAL_ERROR "/usr/include/${name} is missing: utils/install-deps.sh installs it")
  endif()
  file(CREATE_LINK /usr/include/${name} ${headers}/${name} SYMBOLIC)
endforeach()
include_directories(SYSTEM ${headers})

# Packages that find_package finds here.
list(PREPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
