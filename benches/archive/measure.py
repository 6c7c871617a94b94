#!/usr/bin/env python3
"""What an archive costs: time to add, disk, and how long queries take, cold and warm.

Usage: measure.py NEWSFOLD ARTICLES.jsonl [--asked N] [--dir DIR] [--answers FILE]

NEWSFOLD is a release build with `--features serve`. One archive is made of all articles, with their statistics. N of them,
spread evenly, are then asked about one after another through `newsfold serve`, over one connection: what is told includes HTTP
and JSON on both sides. Every answer must name the article itself as a copy, or the script ends. `--answers` keeps what was
told, to be compared with what another version tells of the same archive. The server's processor time is told where there is /proc.
"""

import argparse
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time


def timed(*command):
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def share(values, of):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * of))]


def bytes_of(folder, kind):
    return sum(path.stat().st_size for path in folder.glob(kind + "-*"))


def processor_seconds(pid):
    path = pathlib.Path(f"/proc/{pid}/stat")
    if not path.exists():
        return None
    user, system = path.read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def ask_all(port, questions, what):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    taken, rows, answers = [], 0, []
    for question in questions:
        body = json.dumps({**question["ask"], "what": what}).encode()
        begun = time.perf_counter()
        connection.request("POST", "/api/query", body, {"content-type": "application/json"})
        response = connection.getresponse()
        content = response.read()
        taken.append(time.perf_counter() - begun)
        answer = json.loads(content)
        assert response.status == 200, answer
        if "copies" in what and question["words"] >= 5:
            assert any(copy["jaccard"] == 1.0 for copy in answer["copies"]), question["id"]
        rows += len(answer["copies"]) + len(answer["passages"])
        answers.append(answer)
    return taken, rows, answers


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("newsfold")
    arguments.add_argument("articles", type=pathlib.Path)
    arguments.add_argument("--asked", type=int, default=1000)
    arguments.add_argument("--dir", type=pathlib.Path)
    arguments.add_argument("--answers", type=pathlib.Path)
    given = arguments.parse_args()
    folder = given.dir or pathlib.Path(tempfile.mkdtemp()) / "archive"
    told = {"processors": os.cpu_count(), "load": os.getloadavg()[0]}
    if not folder.exists():
        told["init seconds"] = timed(given.newsfold, "index", "init", str(folder), str(given.articles), "-q")
        told["add seconds"] = timed(given.newsfold, "index", "add", str(folder), str(given.articles), "-q")
    stats = subprocess.run([given.newsfold, "index", "stats", str(folder), "--json"], check=True, capture_output=True)
    stats = json.loads(stats.stdout)
    told["articles"] = stats["articles"]
    told["text bytes"] = stats["text_bytes"]
    for kind in ["segment", "lookup", "outcome"]:
        told[f"{kind} share of the text"] = bytes_of(folder, kind) / stats["text_bytes"]
    told["share of the text"] = stats["bytes"] / stats["text_bytes"]

    lines = given.articles.read_text().splitlines()
    questions = []
    for line in lines[:: max(1, len(lines) // given.asked)][: given.asked]:
        article = json.loads(line)
        ask = {key: article.get(key) or "" for key in ["text", "outlet", "title", "url", "published"]}
        questions.append({"id": article.get("id"), "words": len(ask["text"].split()), "ask": ask})
    del lines

    one = folder.parent / "one.txt"
    one.write_text(questions[0]["ask"]["text"])
    for what in ["copies", "copies,passages"]:
        cold = [timed(given.newsfold, "index", "query", str(folder), str(one), "--what", what, "-q") for _ in range(5)]
        told[f"process from start to answer, {what}, median seconds"] = share(cold, 0.5)

    server = subprocess.Popen([given.newsfold, "serve", str(folder), "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline().rstrip().rstrip("/").rsplit(":", 1)[1])
        ask_all(port, questions[: len(questions) // 10], ["copies", "passages"])
        for what in [["copies"], ["passages"], ["copies", "passages"]]:
            before = processor_seconds(server.pid)
            taken, rows, answers = ask_all(port, questions, what)
            if before is not None:
                each = (processor_seconds(server.pid) - before) / len(questions)
                told[f"{'+'.join(what)} processor milliseconds"] = each * 1000
            for name, of in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("most", 1.0)]:
                told[f"{'+'.join(what)} {name} milliseconds"] = share(taken, of) * 1000
            told[f"{'+'.join(what)} rows"] = rows
        if given.answers:
            given.answers.write_text(json.dumps(answers))
        status = pathlib.Path(f"/proc/{server.pid}/status")
        if status.exists():
            told["server memory MB"] = int(status.read_text().split("VmRSS:")[1].split()[0]) / 1024
    finally:
        server.terminate()
        server.wait()
    if not given.dir:
        shutil.rmtree(folder.parent)
    for name, value in told.items():
        print(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")


if __name__ == "__main__":
    main()
