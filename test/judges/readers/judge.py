"""Reads the files that lake.ts copied with pyarrow and Spark, and holds rows, types and pages to what it noted."""

import datetime
import decimal
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys

import pyarrow
import pyarrow.parquet as parquet

NAMES = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "int32": "INTEGER",
    "double": "DOUBLE",
    "float": "FLOAT",
    "bool": "BOOLEAN",
    "timestamp[us]": "TIMESTAMP",
    "timestamp[ms]": "TIMESTAMP_MS",
    "date32[day]": "DATE",
    "binary": "BLOB",
}
EPOCH = datetime.datetime(1970, 1, 1)


class Checks:
    """Counts what was checked and says what failed."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    def check(self, name, problems, about=""):
        """A check fails when it has problems; the first ones are told."""
        if problems:
            self.failed += 1
            print(f"FAILED  {name}")
            for problem in problems[:5]:
                print(f"        {problem}")
        else:
            self.passed += 1
            print(f"ok      {name}{': ' if about else ''}{about}")

    def skip(self, name, why):
        """Says what was left out and why."""
        self.skipped += 1
        print(f"skipped {name}: {why}")


def written(value, integer=False):
    """A value as rows.ts writes it. A map is a dict here, a struct a list of pairs in a tuple."""
    if value is None:
        return "N"
    if isinstance(value, bool):
        return "B1" if value else "B0"
    if isinstance(value, str):
        return "S" + value
    if isinstance(value, int):
        # DuckDB hands integers below 64 bits out as doubles.
        return f"D{struct.pack('>d', value).hex()}" if integer else f"I{value}"
    if isinstance(value, float):
        return "D" + struct.pack(">d", value).hex()
    if isinstance(value, datetime.datetime):
        moment = value.replace(tzinfo=None) - EPOCH
        return f"T{(moment.days * 86400 + moment.seconds) * 1_000_000 + moment.microseconds}"
    if isinstance(value, datetime.date):
        return f"E{(value - EPOCH.date()).days}"
    if isinstance(value, decimal.Decimal):
        sign, digits, exponent = value.as_tuple()
        return f"M{'-' if sign else ''}{int(''.join(map(str, digits)))}/{-exponent}"
    if isinstance(value, (bytes, bytearray)):
        return "X" + bytes(value).hex()
    if isinstance(value, tuple):
        return "(" + "\x1e".join(f"{name}\x1d{written(of)}" for name, of in value) + ")"
    if isinstance(value, dict):
        return "{" + "\x1e".join(sorted(f"{written(k)}\x1d{written(v)}" for k, v in value.items())) + "}"
    return "[" + "\x1e".join(written(item, integer) for item in value) + "]"


def digest_of(lines):
    """The digest of rows.ts."""
    total = hashlib.sha256()
    for one in sorted(hashlib.sha256(line.encode()).hexdigest() for line in lines):
        total.update(one.encode())
    return total.hexdigest()


def narrow(kind):
    """Whether a type, or what its lists hold, is an integer of 32 bits."""
    return pyarrow.types.is_int32(kind) or (pyarrow.types.is_list(kind) and narrow(kind.value_type))


def shaped(value, kind):
    """pyarrow gives maps as lists of pairs and structs as dicts: a dict and pairs, for `written`."""
    if value is None:
        return None
    if pyarrow.types.is_map(kind):
        return dict(value)
    if pyarrow.types.is_struct(kind):
        return tuple(value.items())
    return value


def lines_of_arrow(table):
    """Every row of a table of pyarrow as a line."""
    columns = []
    for name in table.column_names:
        kind = table.schema.field(name).type
        integer = narrow(kind)
        columns.append([written(shaped(value, kind), integer) for value in table.column(name).to_pylist()])
    return ["\x1f".join(row) for row in zip(*columns)] if columns else []


def name_of(kind):
    """DuckDB's name of a type of pyarrow."""
    if pyarrow.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if pyarrow.types.is_list(kind):
        return name_of(kind.value_type) + "[]"
    if pyarrow.types.is_map(kind):
        return f"MAP({name_of(kind.key_type)}, {name_of(kind.item_type)})"
    if pyarrow.types.is_struct(kind):
        return "STRUCT(" + ", ".join(f'"{field.name}" {name_of(field.type)}' for field in kind) + ")"
    return NAMES.get(str(kind), str(kind))


def pages_of(path):
    """Kinds of the first data page of every column chunk, as its header says: 0 is V1, 3 is V2."""
    about = parquet.ParquetFile(path).metadata
    kinds = set()
    with open(path, "rb") as file:
        for group in range(about.num_row_groups):
            for column in range(about.num_columns):
                file.seek(about.row_group(group).column(column).data_page_offset)
                # Thrift's compact protocol: field 1, a 32-bit integer, zigzag.
                field, kind = file.read(2)
                kinds.add(kind >> 1 if field == 0x15 else None)
    return kinds


def types_wrong(path, noted):
    """What is wrong with the types of a file: other ones than noted, unsigned integers, times finer than ms."""
    table = parquet.read_table(path)
    problems = []
    for (name, duck), field in zip(noted["columns"], table.schema, strict=True):
        ours = name_of(field.type).replace('"', "")
        if field.name != name or ours != duck.replace('"', ""):
            problems.append(f"{name} is {duck} to the embedded engine, {field.name} {ours} to pyarrow")
        if pyarrow.types.is_unsigned_integer(field.type):
            problems.append(f"{name} is unsigned")
        if pyarrow.types.is_timestamp(field.type):
            if field.type.unit not in ("us", "ms"):
                problems.append(f"{name} has the unit {field.type.unit}")
            moments = table.column(name).to_pylist()
            if any(moment is not None and moment.microsecond % 1000 for moment in moments):
                problems.append(f"{name} is finer than a millisecond")
    kinds = pages_of(path)
    if kinds - {0}:
        problems.append(f"data pages of kind {kinds}, not V1")
    return problems


def rows_wrong(lines, noted):
    """Whether rows are those that were noted."""
    if len(lines) != noted["rows"]:
        return [f"{noted['rows']} rows to the embedded engine, {len(lines)} here"]
    return [] if digest_of(lines) == noted["digest"] else ["as many rows, another digest"]


def by_arrow(checks, noted):
    """Every file, read by pyarrow."""
    for table, about in noted.items():
        wrong_types, wrong_rows = [], []
        for one in about["files"]:
            wrong_types += [f"{one['key']}: {problem}" for problem in types_wrong(one["file"], one)]
            lines = lines_of_arrow(parquet.read_table(one["file"]))
            wrong_rows += [f"{one['key']}: {problem}" for problem in rows_wrong(lines, one)]
        told = f"{about['rows']} rows in {len(about['files'])} files"
        checks.check(f"pyarrow, {table}: types, ms, V1 pages", wrong_types, told)
        if about["rows"] == 0:
            wrong_rows.append("there are none")
        checks.check(f"pyarrow, {table}: rows of every file", wrong_rows, told)


def spark_java():
    """Whether there is a Java that Spark runs on."""
    java = os.path.join(os.environ["JAVA_HOME"], "bin/java") if os.environ.get("JAVA_HOME") else shutil.which("java")
    if not java:
        return None
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    return java if any(f'version "{n}' in said for n in (17, 21)) else None


def from_spark(value):
    """Spark gives structs as rows: pairs, for `written`."""
    return tuple(value.asDict().items()) if hasattr(value, "asDict") else value


def by_spark(checks, noted, folder):
    """Every table, all of its files at once, read by Spark as it comes."""
    try:
        import pyspark
        from pyspark.sql import SparkSession
        from pyspark.sql import types as kinds
    except ImportError:
        checks.skip("Spark", "pyspark is not there")
        return
    if not spark_java():
        checks.skip("Spark", "no Java 17 or 21")
        return
    quiet = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    spark = SparkSession.builder.master("local[2]").config(map=quiet).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    print(f"Spark {pyspark.__version__}")
    try:
        for table, about in noted.items():
            # A mart's versions may have other columns: Spark would take one file's for all.
            by_columns = {}
            for one in about["files"]:
                by_columns.setdefault(json.dumps(one["columns"]), []).append(one["file"])
            lines = []
            for files in by_columns.values():
                lines += lines_of_spark(spark.read.parquet(*files), kinds)
            checks.check(f"Spark, {table}: rows of all files", rows_wrong(lines, about), f"{len(lines)} rows")
        lines = lines_of_spark(spark.read.parquet(os.path.join(folder, "whole.parquet")), kinds)
        problems = rows_wrong(lines, noted["sessions"]["files"][0])
        checks.check("seen by Spark: times without milliseconds", [] if problems else ["the fault was not noticed"])
    finally:
        spark.stop()


def lines_of_spark(frame, kinds):
    """Every row of a frame of Spark as a line."""
    narrows = [narrow_in_spark(field.dataType, kinds) for field in frame.schema]
    return ["\x1f".join(written(from_spark(v), n) for v, n in zip(row, narrows)) for row in frame.collect()]


def narrow_in_spark(kind, kinds):
    """Whether a type of Spark, or what its arrays hold, is an integer of 32 bits."""
    if isinstance(kind, kinds.ArrayType):
        return narrow_in_spark(kind.elementType, kinds)
    return isinstance(kind, kinds.IntegerType)


def seeded(checks, noted, folder):
    """Faults that are made on purpose in copies of files; every one must be seen."""
    one = noted["sessions"]["files"][0]
    table = parquet.read_table(one["file"])

    def kept(name, changed, **options):
        path = os.path.join(folder, f"{name}.parquet")
        parquet.write_table(changed, path, **options)
        return path

    def with_column(name, values):
        return table.set_column(table.column_names.index(name), name, values)

    started = table.column("started_at")
    finer = pyarrow.array([moment + datetime.timedelta(microseconds=400) for moment in started.to_pylist()])
    whole = pyarrow.array([moment.replace(microsecond=0) for moment in started.to_pylist()])
    without_ms = kept("whole", with_column("started_at", whole))
    unsigned = table.column("event_count").cast(pyarrow.uint64())
    seen = {
        "times finer than a millisecond": types_wrong(kept("finer", with_column("started_at", finer)), one),
        "an unsigned count": types_wrong(kept("unsigned", with_column("event_count", unsigned)), one),
        "pages V2": types_wrong(kept("pages", table, data_page_version="2.0"), one),
        "times without milliseconds": rows_wrong(lines_of_arrow(parquet.read_table(without_ms)), one),
        "a row lost": rows_wrong(lines_of_arrow(table.slice(1)), one),
    }
    for name, problems in seen.items():
        checks.check(f"seen: {name}", [] if problems else ["the fault was not noticed"])


def main():
    """Judges the folder that the command line names."""
    folder = sys.argv[1]
    with open(os.path.join(folder, "read.json"), encoding="utf-8") as file:
        noted = json.load(file)
    checks = Checks()
    print(f"pyarrow {pyarrow.__version__}")
    by_arrow(checks, noted)
    seeded(checks, noted, folder)
    by_spark(checks, noted, folder)
    print(f"{checks.passed} passed, {checks.failed} failed, {checks.skipped} skipped")
    sys.exit(1 if checks.failed else 0)


main()
