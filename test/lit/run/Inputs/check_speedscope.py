# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Whether a file is a profile as speedscope reads it, with the stacks of profile-host.wat."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
names = [frame["name"] for frame in document["shared"]["frames"]]
(profile,) = document["profiles"]
assert profile["type"] == "sampled" and profile["unit"] == "nanoseconds"
assert len(profile["samples"]) == len(profile["weights"])
assert profile["endValue"] == sum(profile["weights"])
stacks = {tuple(names[index] for index in stack) for stack in profile["samples"]}
for caller in ("first", "second"):
    assert ("start", caller, "wasi_snapshot_preview1.random_get") in stacks, stacks
