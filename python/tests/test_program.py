"""The command line in the wheel is the program."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import newsfold

SCRIPT = Path(sysconfig.get_path("scripts")) / "newsfold"


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, timeout=120, **options)


def test_both_names_run_the_program(corpus_path, tmp_path):
    program = str(SCRIPT) if SCRIPT.exists() else shutil.which("newsfold")
    for words in ([program], [sys.executable, "-m", "newsfold"]):
        assert run(*words, "--version").stdout == f"newsfold {newsfold.__version__}\n"
        out = tmp_path / str(len(words))
        done = run(*words, "dups", str(corpus_path), "-o", str(out))
        assert done.returncode == 0 and (out / "keep.txt").exists(), done.stderr
        assert '"newsfold",' in (out / "run.json").read_text()


def test_exit_codes_and_words_are_the_programs(corpus_path, tmp_path):
    module = [sys.executable, "-m", "newsfold"]
    wrong = run(*module, "dups", "--threshold", "2", str(corpus_path), "-o", str(tmp_path / "out"))
    assert wrong.returncode == 2 and wrong.stderr.startswith("newsfold: --threshold"), wrong.stderr
    unknown = run(*module, "dubs")
    assert unknown.returncode == 2 and "Usage: newsfold" in unknown.stderr
    found = run(*module, "dups", "--fail-on-duplicates", str(corpus_path), "-o", str(tmp_path / "out"))
    assert found.returncode == 1
    given = run(*module, "dups", "-o", str(tmp_path / "piped"), input=corpus_path.read_text())
    assert given.returncode == 0, given.stderr


def test_ctrl_c_ends_it_without_a_trace(tmp_path):
    import signal
    import time

    words = [sys.executable, "-m", "newsfold", "synth", "--articles", "5000000", "-o", str(tmp_path / "x")]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    begun = time.monotonic()
    # It is at work once there is a file, however long a machine under load takes to come to that.
    while not any(tmp_path.iterdir()) and time.monotonic() < begun + 30:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130 and "Traceback" not in told and "interrupted" in told
