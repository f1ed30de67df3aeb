# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# In CrossBuild.cmake's folder of headers.
set(cxxopts_FOUND TRUE)
