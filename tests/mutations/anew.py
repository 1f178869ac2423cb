"""A copy of the project in which changes are tried that are only run at an import, one after the other."""

import compileall
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

import pytest

from tests.mutations.changes import Change
from tests.mutations.project import ROOT, environment

NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", ".mutations", "__pycache__", "downloads", "collections", ".*_cache"
)


class Anew:
    """A copy of the project and a process that runs tests in it, at once for having imported torch already.

    Args:
        folder: where the copy goes.
        longest: after so many seconds tests are taken never to end, which notices the change as well.
    """

    def __init__(self, folder: Path, longest: float) -> None:
        self._longest = longest
        self._copy = folder / "project"
        shutil.copytree(ROOT, self._copy, ignore=NOT_COPIED)
        shared = ROOT.parent / "shared"
        if shared.exists():
            (folder / "shared").symlink_to(shared)
        # By the text, not by its time: two changes of one file may be made in one second, and be of one length.
        compileall.compile_dir(self._copy, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.mutations.nursery"],
            cwd=self._copy, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def notices(self, file: str, change: Change | None, tests: list[str]) -> bool:
        """Whether one of the tests fails, or never ends, with the change made; None: with nothing changed.

        Raises:
            LookupError: one of the tests is no longer there, which would look as if it had noticed something.
        """
        source = (self._copy / file).read_text(encoding="utf-8")
        if change is not None:
            (self._copy / file).write_text(change.apply(source), encoding="utf-8")
        try:
            code = self._run(["-x", "-q", "-p", "no:cacheprovider", *tests])
        finally:
            (self._copy / file).write_text(source, encoding="utf-8")
        wrong_use = pytest.ExitCode.USAGE_ERROR
        if code == wrong_use and self._run(["--collect-only", "-q", "-p", "no:cacheprovider", *tests]) == wrong_use:
            raise LookupError(f"{', '.join(tests)}: not all of these are there; measure them anew")
        return code != 0

    def _run(self, arguments: list[str]) -> int:
        asked, answers = self._nursery.stdin, self._nursery.stdout
        assert asked is not None and answers is not None
        asked.write(json.dumps({"arguments": arguments}).encode() + b"\n")
        asked.flush()
        child = int(answers.readline())
        if not select.select([answers], [], [], self._longest)[0]:
            os.killpg(child, signal.SIGKILL)
        return int(answers.readline())

    def close(self) -> None:
        """End the process."""
        with self._nursery:  # which closes its pipes, and waits
            pass
