# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# The file system by os, shutil, tempfile, pathlib and glob.
import errno
import glob
import os
import pathlib
import shutil
import stat
import tempfile

os.chdir("/work")
os.makedirs("a/b/c")
for name in ("a/one.txt", "a/b/two.txt", "a/b/c/three.txt"):
    pathlib.Path(name).write_text(name * 3)
print(sorted((root, sorted(folders), sorted(files)) for root, folders, files in os.walk("a")))
print(sorted(glob.glob("a/**/*.txt", recursive=True)))


def attempt(call, *arguments):
    try:
        return call(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]


for call, *arguments in (
        (os.mkdir, "a"), (os.rmdir, "a"), (os.rmdir, "a/one.txt"), (os.unlink, "a/b"), (os.unlink, "none"), (os.open, "none", os.O_RDONLY),
        (os.rename, "none", "x"), (os.rename, "a/b", "a/one.txt"), (os.rename, "a/one.txt", "a/b"), (os.listdir, "a/one.txt"),
        (os.open, "a/one.txt/x", os.O_RDONLY), (os.readlink, "a/one.txt")):
    print(call.__name__, arguments, attempt(call, *arguments))

os.symlink("one.txt", "a/link")
print(os.readlink("a/link"), os.path.islink("a/link"), pathlib.Path("a/link").read_text() == pathlib.Path("a/one.txt").read_text())
os.link("a/one.txt", "a/hard")
print(os.stat("a/hard").st_nlink, os.path.samefile("a/hard", "a/one.txt"))
os.utime("a/hard", (1_000_000_000, 1_234_567_890))
print(int(os.stat("a/one.txt").st_mtime), stat.S_ISREG(os.stat("a/one.txt").st_mode), stat.S_ISLNK(os.lstat("a/link").st_mode))

shutil.copytree("a", "copy", symlinks=True)
shutil.move("copy/b", "moved")
print(sorted(os.listdir("copy")), sorted(os.listdir("moved")))
shutil.rmtree("copy")
print(os.path.exists("copy"))

with tempfile.TemporaryDirectory(dir="/work") as folder:
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(b"0123456789")
        file.flush()
        os.truncate(file.fileno(), 4)
        print(os.fstat(file.fileno()).st_size, os.pread(file.fileno(), 10, 1), len(os.listdir(folder)))
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"gone")
        file.seek(0)
        print(file.read())
print(sorted(os.listdir(".")))
with os.scandir("a") as entries:
    print(sorted((entry.name, entry.is_dir(follow_symlinks=False), entry.is_symlink()) for entry in entries))
