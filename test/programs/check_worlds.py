# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Archives as directories, hostile and damaged ones included; faults that depend on the seed alone. The parts about
archives are left out if the library for them was not built."""

import argparse
import io
import pathlib
import random
import tarfile
import zipfile

from harness import Outcome, build, fail, fresh_directory, run, text_of

FOLDER = pathlib.Path(__file__).resolve().parent
LISTING = b"""/a/a/
/a/a/f one
/a/a/s -> ../g
/a/a/s two
/a/d/
/a/d/e/
/a/d/e/deep three
/a/g two
"""


def tar_bytes(members: list[tarfile.TarInfo | tuple[str, bytes]], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as tar:
        for member in members:
            info, data = (member, b"") if isinstance(member, tarfile.TarInfo) else (
                tarfile.TarInfo(member[0]), member[1])
            if data:
                info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_bytes(members: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o120777 if name.endswith("/s") else 0o100644) << 16
            archive.writestr(info, data)
    return out.getvalue()


class Checks:
    def __init__(self, options: argparse.Namespace, artifact: pathlib.Path) -> None:
        self.run_command = [options.wasm2native, "run"]
        self.work, self.artifact = options.work, artifact

    def list(self, name: str, content: bytes) -> Outcome:
        path = self.work / name
        path.write_bytes(content)
        return run([*self.run_command, "--dir", f"{path}::/a", str(self.artifact), "list", "/a"])

    def archives(self) -> None:
        members = [("a/f", b"one"), ("g", b"two"), special("a/s", tarfile.SYMTYPE, "../g"), ("d/e/deep", b"three")]
        for name, mode in (("x.tar", "w"), ("x.tar.gz", "w:gz"), ("x.tar.xz", "w:xz")):
            self.same(name, self.list(name, tar_bytes(members, mode)))
        good_zip = zip_bytes([("a/f", b"one"), ("g", b"two"), ("a/s", b"../g"), ("d/e/deep", b"three")])
        self.same("x.zip", self.list("x.zip", good_zip))
        linked = [("d/e/deep", b"three"), ("a/f", b"one"), ("h", b"two"), special("g", tarfile.LNKTYPE, "h"),
                  special("a/s", tarfile.SYMTYPE, "../g")]
        self.same("hard link", self.list("h.tar", tar_bytes(linked)), LISTING + b"/a/h two\n")
        overlay = run([*self.run_command, "--overlay", f"{self.work / 'x.zip'}::/a", str(self.artifact), "copy", "/a/g",
                       "/a/n"])
        if overlay.status != 0 or not overlay.output.startswith(b"3 bytes, 1 short, 0 interrupted, 0 full,"):
            fail(f"an overlay of an archive: {overlay}")

    def same(self, name: str, found: Outcome, wanted: bytes = LISTING) -> None:
        if found.status != 0 or found.output != wanted:
            fail(f"{name}: status {found.status}\n{text_of(found.output + found.errors)}\nmust be\n{text_of(wanted)}")

    def hostile(self) -> None:
        huge = tarfile.TarInfo("huge")
        huge.size = 1 << 40
        bad = {"absolute": ([("/f", b"x")], "has an absolute name"),
               "up": ([("a/../../f", b"x")], "leads out"),
               "device": ([special("n", tarfile.CHRTYPE)], "is neither file, directory nor link"),
               "through a link": ([special("l", tarfile.SYMTYPE, "/tmp"), ("l/f", b"x")],
                                  "lies in what is no directory"),
               "hard link out": ([special("l", tarfile.LNKTYPE, "/etc/passwd")], "has an absolute name"),
               "hard link to nothing": ([special("l", tarfile.LNKTYPE, "later"), ("later", b"x")],
                                        "does not come before it"),
               "file as a directory": ([("f", b"x"), ("f/g", b"y")], "lies in what is no directory")}
        for name, (members, text) in bad.items():
            self.refused(name, self.list("bad.tar", tar_bytes(members)), text)
        header = huge.tobuf(tarfile.GNU_FORMAT)
        self.refused("bomb", self.list("bad.tar", header + bytes(10240)), "has more than 1073741824 bytes")
        self.refused("up in a zip", self.list("bad.zip", zip_bytes([("../f", b"x")])), "leads out")
        links = [special("l", tarfile.SYMTYPE, "m"), special("m", tarfile.SYMTYPE, "l")]
        loop = self.list("loop.tar", tar_bytes(links))
        if loop.output.count(b"Symbolic link loop") != 2:
            fail(f"a loop of links: {loop}")
        links = [special("l", tarfile.SYMTYPE, "/etc/passwd"), special("m", tarfile.SYMTYPE, "../..")]
        out = self.list("out.tar", tar_bytes(links))
        if b"root" in out.output or out.output.count(b"error") != 2:
            fail(f"links that lead out: {out}")

    def refused(self, name: str, found: Outcome, text: str) -> None:
        if found.status <= 0 or text.encode() not in found.errors:
            fail(f"{name}: status {found.status}, must be refused with '{text}'\n"
                 f"{text_of(found.output + found.errors)}")

    def damaged(self) -> None:
        """Whatever the bytes are, the command ends by itself, with a tree or with an error."""
        source = random.Random(7)
        for name in ("x.zip", "x.tar.gz"):
            content, refused = (self.work / name).read_bytes(), 0
            for _ in range(24):
                data = bytearray(content[:source.randrange(len(content))] if source.random() < 0.3 else content)
                for _ in range(source.randrange(4)):
                    if data:
                        data[source.randrange(len(data))] = source.randrange(256)
                found = self.list("damaged." + name.split(".", 1)[1], bytes(data))
                if found.status < 0:
                    fail(f"a damaged {name} ended the command by signal {-found.status}")
                refused += found.status != 0
            if refused == 0:
                fail(f"no damage of {name} was noticed")

    def chaos(self) -> None:
        content = random.Random(1).randbytes(50_000)
        outputs = set()
        for option in ("--dir", "--tmpfs"):
            for seed in ("1", "2"):
                first, second = (self.copy_with_faults(option, seed, content) for _ in range(2))
                if first != second:
                    fail(f"{option}: the same seed gave\n{text_of(first)}\nand\n{text_of(second)}")
                outputs.add(first)
        if len(outputs) < 2:
            fail("other seeds gave the same faults")
        counts = [[int(part.split()[0]) for part in output.decode().split(", ")] for output in outputs]
        if any(count[0] != len(content) for count in counts) or not all(map(sum, zip(*counts, strict=True))):
            fail(f"a kind of fault is missing, or bytes: {outputs}")

    def copy_with_faults(self, option: str, seed: str, content: bytes) -> bytes:
        directory = fresh_directory(self.work / "chaos")
        (directory / "from").write_bytes(content)
        target = "/t/to" if option == "--tmpfs" else "/c/to"
        options = ["--dir", f"{directory}::/c", "--tmpfs", "/t", "--chaos", seed, "--frozen-time", "1000"]
        outcome = run([*self.run_command, *options, str(self.artifact), "copy", "/c/from", target])
        if outcome.status != 0:
            fail(f"chaos: {outcome}")
        if option == "--dir" and (directory / "to").read_bytes() != content:
            fail("chaos: the copy differs")
        return outcome.output


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--wasm2native", "--clang"):
        parser.add_argument(option, required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)
    wasm, artifact = options.work / "tree.wasm", options.work / "tree.so"
    build([options.clang, "-O1", "-Wall", "-Werror", "-Wno-deprecated", "--target=wasm32-wasi",
           str(FOLDER / "worlds" / "tree.c"), "-o", str(wasm)])
    build([options.wasm2native, "compile", "-O0", str(wasm), "-o", str(artifact)])
    checks = Checks(options, artifact)
    checks.chaos()
    library = pathlib.Path(options.wasm2native).parent.parent / "lib" / "libwasm2native-archive.so"
    if not library.exists():
        print("archives: left out, there is no libwasm2native-archive.so")
        return
    checks.archives()
    checks.hostile()
    checks.damaged()


if __name__ == "__main__":
    main()
