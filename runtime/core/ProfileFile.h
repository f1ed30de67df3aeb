// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Profiles in files, to which any number of processes may add.
#pragma once

#include "lib/artifact/Profile.h"

namespace w2n::runtime {

/// Adds `profile` to what is in the file at `path`, which is made if it is not there. A reader sees
/// the file as it was or with everything added, and of several processes that add at the same time
/// nothing is lost. Counts of functions whose number of counters is not that of the file are left
/// out. Errors: Io; Malformed if the file is no profile, which then stays as it is; both name the
/// file. Threads: any.
Status addToProfileFile(const artifact::Profile &profile, const std::string &path);

} // namespace w2n::runtime
