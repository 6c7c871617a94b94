"""What a run on Spark has finished, stage by stage, in a folder that driver and executors see."""

from __future__ import annotations

import json
import time
from typing import Any, Dict, List

#: What the stages in a folder are of.
_MADE_OF = "made-of.json"


class Stages:
    """Writes each stage down, and does not do again what is there already.

    A stage that is written is whole: Spark marks a folder when all of its tasks are done, and what a repeated
    task wrote counts once.
    """

    def __init__(self, spark: Any, folder: str) -> None:
        self.spark = spark
        self.folder = folder.rstrip("/")
        #: Each stage's name, rows, bytes, seconds, and whether it was there already.
        self.done: List[Dict[str, Any]] = []

    def begin(self, made_of: Dict[str, Any]) -> bool:
        """Takes the folder for what is made of this; whether stages of the same are there. Others are removed."""
        told = json.dumps(made_of, sort_keys=True)
        goes_on = self.read_text(_MADE_OF) == told
        if not goes_on:
            self.remove()
            self.write_text(_MADE_OF, told)
        return goes_on

    def keep(self, name: str, frame: Any) -> Any:
        """The frame, written down and read back."""
        path = f"{self.folder}/{name}"
        was_there = self._exists(f"{path}/_SUCCESS")
        began = time.monotonic()
        rows = None if was_there else self.write(frame, name)
        kept = self.spark.read.schema(frame.schema).parquet(path)
        size = self._files().getContentSummary(self._path(path)).getLength()
        self.done.append(
            {
                "stage": name,
                "rows": kept.count() if rows is None else rows,
                "bytes": size,
                "seconds": round(time.monotonic() - began, 3),
                "was_there": was_there,
            }
        )
        return kept

    def rows(self, name: str) -> int:
        """How many rows a stage has."""
        return next(stage["rows"] for stage in self.done if stage["stage"] == name)

    def write(self, frame: Any, name: str) -> int:
        """Writes a frame into the folder, and counts its rows on the way."""
        from pyspark.sql import Observation
        from pyspark.sql import functions as F

        seen = Observation()
        seen_frame = frame.observe(seen, F.count(F.lit(1)).alias("rows"))
        seen_frame.write.mode("overwrite").parquet(f"{self.folder}/{name}")
        return seen.get["rows"]

    def remove(self) -> None:
        """Removes the folder."""
        self._files().delete(self._path(self.folder), True)

    def names(self) -> List[str]:
        """What lies in the folder."""
        if not self._exists(self.folder):
            return []
        return [status.getPath().getName() for status in self._files().listStatus(self._path(self.folder))]

    def delete(self, name: str) -> None:
        """Removes a file of the folder, where it is there."""
        self._files().delete(self._path(f"{self.folder}/{name}"), True)

    def write_text(self, name: str, text: str) -> None:
        """Writes a small file."""
        out = self._files().create(self._path(f"{self.folder}/{name}"), True)
        try:
            out.write(bytearray(text.encode()))
        finally:
            out.close()

    def read_text(self, name: str) -> str:
        """What a small file holds; nothing where it is not there."""
        path = f"{self.folder}/{name}"
        if not self._exists(path):
            return ""
        rows = self.spark.read.text(path, wholetext=True).collect()
        return rows[0][0] if rows else ""

    def _exists(self, path: str) -> bool:
        return self._files().exists(self._path(path))

    def _path(self, path: str) -> Any:
        return self.spark._jvm.org.apache.hadoop.fs.Path(path)

    def _files(self) -> Any:
        configuration = self.spark._jsc.hadoopConfiguration()
        return self._path(self.folder).getFileSystem(configuration)


def inputs_of(frame: Any) -> List[str]:
    """The files that a frame is read from, each with its length and when it was changed."""
    spark = frame.sparkSession
    told = []
    for name in sorted(frame.inputFiles()):
        path = spark._jvm.org.apache.hadoop.fs.Path(name)
        status = path.getFileSystem(spark._jsc.hadoopConfiguration()).getFileStatus(path)
        told.append(f"{name} {status.getLen()} {status.getModificationTime()}")
    return told
