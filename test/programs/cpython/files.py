# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Files and directories in /work: what is left there is compared too. The order of directory entries is the system's.
# STATUS: 7
import io
import os
import os.path
import pathlib
import shutil
import stat
import struct
import sys

os.chdir("/work")
print(sys.argv[1:], os.getcwd(), os.listdir("."), os.environ["PYTHONHASHSEED"])
with open("text.txt", "w", encoding="utf-8") as file:
    print(
        file.write("first line\nzweite Zeile: äöü\n"), file.writelines(f"line {i}\n" for i in range(1000)),
        file.tell(),
    )
with open("text.txt", encoding="utf-8") as file:
    print(file.readline(), file.readline(), sum(1 for _ in file))
with open("text.txt", "r+b") as file:
    file.seek(-5, os.SEEK_END)
    print(
        file.read(), file.seek(6), file.write(b"LINE"), file.tell(), file.truncate(500),
        os.fstat(file.fileno()).st_size,
    )
with open("text.txt", "ab") as file:
    print(file.tell(), file.write(b"appended\n"))
with open("binary", "wb", buffering=0) as file:
    for i in range(100):
        file.write(struct.pack("<Id", i, i / 7))
print(
    os.path.getsize("binary"), os.path.exists("none"), os.path.isfile("binary"),
    stat.S_ISREG(os.stat("binary").st_mode),
)

os.makedirs("tree/branch/leaf")
for name in ("b", "a", "ünï", "a space"):
    pathlib.Path("tree/branch", name).write_text(name * 3)
print(sorted(os.listdir("tree/branch")), sorted((entry.name, entry.is_dir()) for entry in os.scandir("tree/branch")))
os.rename("tree/branch/a", "tree/moved")
os.replace("tree/branch/b", "tree/moved")
shutil.copy("tree/moved", "tree/branch/copy")
shutil.copytree("tree", "tree2")
for folder, folders, files in sorted(os.walk(".")):
    print(folder, sorted(folders), sorted(files))
print(sorted(str(path) for path in pathlib.Path(".").rglob("*a*")))
shutil.rmtree("tree2")
os.remove("tree/branch/copy")
os.utime("binary", (1_000_000_000, 1_234_567_890))
print(os.stat("binary").st_mtime, os.access("binary", os.R_OK))
os.symlink("text.txt", "link")
print(os.readlink("link"), os.path.islink("link"), os.lstat("link").st_size, open("link").read(5))
os.unlink("link")

for action in (
    lambda: open("none"),
    lambda: os.mkdir("tree"),
    lambda: os.rmdir("tree"),
    lambda: os.listdir("binary"),
    lambda: open("tree"),
    lambda: os.remove("tree/none"),
    lambda: open("text.txt", "x"),
    lambda: os.rename("none", "other"),
    lambda: os.close(99),
    lambda: open("binary/x"),
    lambda: io.open("binary", "rb").write(b"x"),
):
    try:
        action()
    except OSError as error:
        print(type(error).__name__, error.strerror or error, error.filename)
descriptor = os.open("low", os.O_RDWR | os.O_CREAT | os.O_EXCL)
print(
    os.write(descriptor, b"0123456789"), os.lseek(descriptor, 3, os.SEEK_SET), os.read(descriptor, 4),
    os.ftruncate(descriptor, 20), os.close(descriptor),
)
print(sys.stdin.read(), open("/scripts/files.py").readline())
sys.exit(7)
