# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# What is installed beside the libraries, by component: a node installs `runtime` alone. Every path is relative, so that an installed
# tree can be moved.
include(CMakePackageConfigHelpers)

set(packageDir ${CMAKE_INSTALL_LIBDIR}/cmake/wasm2native)
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/wasm2nativeConfig.cmake.in ${CMAKE_BINARY_DIR}/wasm2nativeConfig.cmake
  INSTALL_DESTINATION ${packageDir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/wasm2nativeConfigVersion.cmake COMPATIBILITY SameMinorVersion)

# Header, CMake package and pkg-config file of `component`, "runtime" or "compiler", whose target is in the export set
# wasm2native-<component>. `privateLibs` is what linking statically needs.
function(w2n_install_package component privateLibs)
  install(FILES ${CMAKE_SOURCE_DIR}/include/wasm2native/base.h ${CMAKE_SOURCE_DIR}/include/wasm2native/${component}.h
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wasm2native COMPONENT ${component})
  if(component STREQUAL runtime)
    install(FILES ${CMAKE_SOURCE_DIR}/include/wasm2native/host.hpp
      DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wasm2native COMPONENT runtime)
  endif()
  install(FILES ${CMAKE_BINARY_DIR}/wasm2nativeConfig.cmake ${CMAKE_BINARY_DIR}/wasm2nativeConfigVersion.cmake
    DESTINATION ${packageDir} COMPONENT ${component})
  install(EXPORT wasm2native-${component} NAMESPACE wasm2native:: DESTINATION ${packageDir} COMPONENT ${component})
  file(RELATIVE_PATH prefixFromPc ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
  configure_file(${CMAKE_SOURCE_DIR}/cmake/wasm2native.pc.in ${CMAKE_BINARY_DIR}/wasm2native-${component}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/wasm2native-${component}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT ${component})
endfunction()
