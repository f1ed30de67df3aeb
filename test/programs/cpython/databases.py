# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Databases in files: dbm.dumb, shelve, and sqlite3 where it is built in.
import dbm.dumb
import shelve

with dbm.dumb.open("/work/plain", "c") as database:
    for number in range(200):
        database[f"key-{number}"] = str(number * number)
    del database["key-7"]
with dbm.dumb.open("/work/plain", "w") as database:
    database["key-8"] = "changed, and longer than it was"
with dbm.dumb.open("/work/plain", "r") as database:
    print(len(database), database["key-8"], database["key-199"], b"key-7" in database)

import pickle  # dbm.dumb holds bytes; shelve needs a dbm that it can choose

with shelve.Shelf(dbm.dumb.open("/work/shelf", "c")) as shelf:
    shelf["list"] = [1, 2.5, "three", {"four": (5, None)}]
with shelve.Shelf(dbm.dumb.open("/work/shelf", "r")) as shelf:
    print(shelf["list"], pickle.loads(pickle.dumps(shelf["list"])) == shelf["list"])

try:
    import sqlite3
except ImportError as error:
    print("no sqlite3:", error)
else:
    connection = sqlite3.connect("/work/data.sqlite")
    connection.execute("create table t (n integer primary key, text)")
    connection.executemany("insert into t values (?, ?)", ((n, str(n) * 5) for n in range(500)))
    connection.commit()
    connection.execute("vacuum")
    print(connection.execute("select count(*), sum(n), max(text) from t where n % 3 = 1").fetchall())
