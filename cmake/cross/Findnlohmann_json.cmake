# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# In CrossBuild.cmake's folder of headers.
if(NOT TARGET nlohmann_json::nlohmann_json)
  add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED GLOBAL)
endif()
set(nlohmann_json_FOUND TRUE)
