#!/usr/bin/env python3
"""Makes the seeds of every fuzz target from the fixtures: fuzz/seeds/TARGET/*.

Needs Python alone; the seeds of Zstandard need `zstd`, those of Parquet `pip install pyarrow`.
"""

import bz2
import gzip
import io
import json
import lzma
import pathlib
import shutil
import sqlite3
import subprocess
import tarfile
import zipfile

FUZZ = pathlib.Path(__file__).resolve().parent
ROOT = FUZZ.parent
SEEDS = FUZZ / "seeds"
DIALECTS = ROOT / "tests/fixtures/dialects"
# Longer seeds make slow inputs and find no more.
MOST = 4096

LINE = b'{"id":"a","text":"The ferry ran aground.","published":"2024-05-01","outlet":"Post"}\n'
PARAGRAPH = "The ferry ran aground off the cape on Tuesday night, and the boats of the coast guard took off all. "
PAGE = f"""<html lang="en"><head><meta charset="utf-8"><meta property="og:type" content="article">
<link rel="canonical" href="https://post.example/2024/05/02/ferry"><title>Ferry</title>
<script type="application/ld+json">{{"@graph":[{{"@type":"NewsArticle","headline":"Ferry &amp; more",
"datePublished":"2024-05-01T10:15:00+02:00","publisher":{{"name":"Post"}}}}]}}</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>Ferry</h1><time datetime="2024-05-03">3 May</time>
{"<p>".join([PARAGRAPH * 2] * 4)}</article></body></html>""".encode()


def seed(target, name, content):
    folder = SEEDS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def zstandard(content):
    run = subprocess.run(["zstd", "-c"], input=content, capture_output=True, check=True)
    return run.stdout


def tar(members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    # Nothing is learnt from the zeros that fill up its last 10 KiB.
    return stream.getvalue()[: 512 * (4 + 2 * len(members))]


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def response(page, headers=b"", status=b"200 OK"):
    answer = b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\n" + headers + b"\r\n" + page
    return (
        b"WARC-Type: response\r\nWARC-Target-URI: https://a.example/1\r\nContent-Length: %d\r\n\r\n"
        % len(answer)
    ) + answer + b"\r\n\r\n"


def tables():
    for file in DIALECTS.glob("*.?sv"):
        seed("csv", file.name, b"\x03" + file.read_bytes()[:MOST])
    seed("csv", "quoted", b'\x00a,"T ""x""","The ferry\nran.",2024-05-01\r\nb,,"x"y,\n')
    seed("csv", "open", b'\x01a;Post;"The ferry\n')


def json_files():
    for file in DIALECTS.glob("*.jsonl"):
        lines = file.read_bytes().splitlines(keepends=True)
        seed("json_lines", file.name, b"".join(lines[:2])[:MOST])
    seed("json_lines", "windows-1252", LINE + LINE.replace(b"ferry", b"caf\xe9 &amp; caf\xc3\x83\xc2\xa9"))
    seed("json_lines", "escapes", LINE.replace(b"ferry", b"\\ud83d\\ude00 \\u00e9\\n\\\""))
    for file in DIALECTS.glob("*.json"):
        seed("json", file.name, file.read_bytes()[:MOST])
    seed("json", "wrapped", b'{"Post":[' + LINE + b"," + LINE + b'],"Times":[' + LINE + b"]}")
    seed("json", "array", b"[" + LINE + b"," + LINE + b"]")
    seed("json", "deep", b"[" * 300)


def pages():
    seed("html", "page", PAGE)
    seed("html", "windows-1251", b"<meta charset=windows-1251><p>" + "Паром сел на мель. ".encode("cp1251") * 40)
    chunked = b"%x\r\n" % len(PAGE) + PAGE + b"\r\n0\r\n\r\n"
    for name, records in {
        "plain": response(PAGE),
        "chunked": response(chunked, b"Transfer-Encoding: chunked\r\n"),
        "gzip": response(gzip.compress(PAGE), b"Content-Encoding: gzip\r\n"),
        "two": response(b"", status=b"404 Not Found") + b"WARC/1.0\r\n" + response(PAGE),
        "info": b"WARC-Type: warcinfo\r\nContent-Length: 3\r\n\r\nabc\r\n\r\nWARC/1.0\r\n" + response(PAGE),
    }.items():
        seed("warc", name, records)


def packed():
    lines = LINE + LINE.replace(b'"a"', b'"b"')
    members = {"a.jsonl": lines, "b/c.txt": b"The ferry ran aground.\n", "d.gz": gzip.compress(lines)}
    for name, content in {
        "gz": gzip.compress(lines),
        "gz.gz": gzip.compress(gzip.compress(lines)),
        "bz2": bz2.compress(lines),
        "xz": lzma.compress(lines),
        "tar": tar(members),
        "long.tar": tar({"n" * 120 + "/" + "m" * 120: lines}),
        "tar.gz": gzip.compress(tar(members)),
        "zip": zipped(members),
        "zip.zip": zipped({"a.zip": zipped(members)}),
        "page.gz": gzip.compress(PAGE),
        "bomb.gz": gzip.compress(b" " * 1_000_000),
    }.items():
        seed("packed", name, content)
    if shutil.which("zstd"):
        seed("packed", "zst", zstandard(lines))
        seed("packed", "zst.gz", gzip.compress(zstandard(lines)))


def parquet():
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        print("no seeds for parquet and arrow, without which their targets try next to nothing: pip install pyarrow")
        return
    moment = pyarrow.array([1_714_558_500_000, None, 0], pyarrow.timestamp("ms"))
    columns = {
        "text": ["The ferry ran aground.", None, "Nobody was hurt."],
        "title": ["Ferry", "", None],
        "published": moment,
        "thread": [{"site_full": "post.example"}, None, {"site_full": None}],
        "n": [1.5, 2.5, None],
        "tags": [["a"], [], None],
    }
    table = pyarrow.table(columns)
    for codec in ["none", "snappy", "gzip", "zstd", "lz4"]:
        for dictionary in [True, False]:
            stream = io.BytesIO()
            parquet.write_table(
                table, stream, compression=codec, use_dictionary=dictionary, row_group_size=2,
                data_page_version="2.0" if dictionary else "1.0", store_schema=False,
            )
            seed("parquet", f"{codec}-{dictionary}", stream.getvalue())
    arrow(pyarrow, table)


def arrow(pyarrow, table):
    words = table.set_column(0, "text", table["text"].dictionary_encode())
    for codec in [None, "lz4", "zstd"]:
        options = pyarrow.ipc.IpcWriteOptions(compression=codec)
        for kind, open_writer in [("file", pyarrow.ipc.new_file), ("stream", pyarrow.ipc.new_stream)]:
            for name, columns in [("plain", table), ("dictionary", words)]:
                stream = io.BytesIO()
                with open_writer(stream, columns.schema, options=options) as writer:
                    writer.write_table(columns, max_chunksize=2)
                seed("arrow", f"{kind}-{codec}-{name}", stream.getvalue())


def sqlite():
    articles = "CREATE TABLE a(id, title, text, published);"
    rows = "INSERT INTO a VALUES ('a', 'Ferry', 'The ferry ran aground.', 1714558500), ('b', NULL, x'ff', 1.5);"
    for name, statements in [
        ("table", articles + rows),
        ("view", f"PRAGMA page_size=512; {articles}{rows} CREATE VIEW v AS SELECT title AS text FROM a;"),
        ("utf16", f"PRAGMA encoding='UTF-16'; PRAGMA page_size=512; {articles}{rows}"),
        ("no-rowid", "PRAGMA page_size=512; CREATE TABLE a(id PRIMARY KEY, text) WITHOUT ROWID;"
                     + f"INSERT INTO a VALUES ('a', '{PARAGRAPH * 8}');"),
    ]:
        database = sqlite3.connect(":memory:")
        database.executescript(statements)
        seed("sqlite", name, database.serialize())


def documents():
    """The first byte says how the input begins; see the target."""
    fixtures = ROOT / "tests/fixtures/written-by-tools"
    for which, name, start in [(0, "rss.xml", b"<item>"), (1, "atom.xml", b"<entry>")]:
        content = (fixtures / name).read_bytes()
        seed("documents", name, bytes([which]) + content[content.index(start) + len(start):][:MOST])
    seed("documents", "rows", b"\x02<title>Ferry</title><text>The ferry ran aground.</text></row></rows>")
    seed("documents", "rtf", b"\x04{\\b Ferry}\\par The ferry ran \\'e9\\u8212? aground.\\par}")
    seed("documents", "mail", b"\x05Date: Wed, 1 May 2024 10:15:00 +0200\n\nThe ferry ran aground.\n")
    seed("documents", "ris", b"\x07Ferry\nAB  - The ferry ran aground.\nDA  - 2024/05/01\nER  - \n")
    seed("documents", "export", b"\x08The ferry ran aground.\nLoad-Date: January 10, 2024\nEnd of Document\n")
    seed("documents", "split", b'\x09[["The ferry ran aground."]],"index":[0]}')
    seed("documents", "table", b"\x0a<tr><td>Ferry<td>The ferry ran aground.</table></html>")
    seed("documents", "utf-16", b"\x0b" + "id,text\na,The ferry ran aground.\n".encode("utf-16-le"))


def others():
    seed("text", "text", "Ferry runs aground\n\nThe ferry ran — caf&eacute; cafÃ©.\r\n".encode() * 3)
    seed("text", "windows-1252", b"Ferry\n\nThe caf\xe9 &amp; more.")
    seed("text", "scripts", "Le «ferry» d’été. 渡轮搁浅了。 เรือเฟอร์รี่ النَّصّ की नौका ፌሪ B\u200bC İ ﬁ".encode())
    dates = [
        "2024-05-01T10:15:00+02:00", "2024-05-01 10:15 UTC", "20240501101500", "1714558500",
        "Wed, 1 May 2024 10:15:00 -0400", "Wednesday, May 1, 2024 at 10:15 p.m. EDT", "2024/05/01",
        "2024-05-01T10:15[Europe/Paris]", "1.7145585e12", "0001-01-01", "9999-12-31T23:59:59Z",
    ]
    for n, date in enumerate(dates):
        seed("dates", str(n), date.encode())
    for file in (ROOT / "corpus").glob("*.gold.*"):
        seed("labels", file.name, file.read_bytes()[:800])
    seed("labels", "pairs", b"id_a,id_b,label\na,b,1\nb,c,0.5\n")
    seed("labels", "gz", gzip.compress(b"id,cluster\na,x\n"))
    rules = (ROOT / "src/passage/credit/credits.toml").read_bytes().splitlines(keepends=True)
    seed("credits", "built-in", b"".join(rules[-60:])[-MOST:])
    seed("credits", "agencies", b'[agencies]\n"Post" = ["The Post"]\n')
    settings = {
        "threads": 2, "threshold": 0.5, "method": "exact", "keep": "outlet:A,B", "memory": "2G",
        "format": ["csv", "jsonl"], "field": ["text=a.b"], "window": 48, "sensitivity": "high",
    }
    seed("config", "all", "".join(f"{k} = {json.dumps(v)}\n" for k, v in settings.items()).encode())
    seed("lists", "pairs", b"# pairs\nid_a,id_b\na,b\n\"c,d\",e\n")
    seed("lists", "tabs", b"a\tb\nb\tc\n")
    seed("lists", "outlets", b"Harbour Post,The Post\npost.example,The Post\n")


shutil.rmtree(SEEDS, ignore_errors=True)
for make in [tables, json_files, pages, packed, parquet, sqlite, documents, others]:
    make()
for found in (ROOT / "tests/fuzzed").glob("*/*"):
    target = {"articles": "text"}.get(found.parent.name, found.parent.name)
    seed(target, found.name, found.read_bytes())
for target in sorted(SEEDS.iterdir()):
    print(target.name, len(list(target.iterdir())))
