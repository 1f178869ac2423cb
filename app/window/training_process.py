"""A training in a process of its own, watched from the window's."""

import sys
from collections import deque
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, pyqtSignal

KEPT_LINES = 10_000
STOP_PATIENCE_MS = 60_000
"""The end of a run has a pass and comparisons of its own, which take a while."""


class TrainingProcess(QObject):
    """Runs ``main.py --headless`` with the options it is given.

    The process has a pipe to this one for its input and ends after its step when that is closed, as it is where this
    one dies. Ctrl+C in the terminal does not reach it: what becomes of the training is for the window to ask.

    Signals:
        said(str): a line of the training's output, progress bars left out.
        ended(int, list): exit code (negative: died of a signal) and its lines of output.
    """

    said = pyqtSignal(str)
    ended = pyqtSignal(int, list)

    def __init__(self, program: Path, arguments: list[str], path: Path, parent: QObject | None = None) -> None:
        """Prepare ``program`` (main.py) with its arguments; ``path`` is the collection that it will write."""
        super().__init__(parent)
        self.path = path
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._rest = b""
        self._process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONUNBUFFERED", "1")
        self._process.setProcessEnvironment(environment)
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self._process.setProgram(sys.executable)
        self._process.setArguments([str(program), "--headless", "--stop_at_end_of_input", *arguments])
        if hasattr(QProcess, "UnixProcessFlag"):
            self._process.setUnixProcessParameters(QProcess.UnixProcessFlag.CreateNewSession)
        self._process.readyRead.connect(self._on_output)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)

    @property
    def is_running(self) -> bool:
        """Whether the training goes on."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def start(self) -> None:
        """Begin the training."""
        self._process.start()

    def stop(self) -> None:
        """Ask for an end after the current step; the collection is kept and finished."""
        self._process.closeWriteChannel()

    def close(self) -> None:
        """Ask for an end and wait for it; where it does not come, the process is ended by force."""
        if not self.is_running:
            return
        self.blockSignals(True)
        self.stop()
        if not self._process.waitForFinished(STOP_PATIENCE_MS):
            self._process.kill()
            self._process.waitForFinished(STOP_PATIENCE_MS)

    def _on_output(self) -> None:
        text = self._rest + bytes(self._process.readAll().data())
        *lines, self._rest = text.split(b"\n")
        self._say(lines)

    def _say(self, lines: list[bytes]) -> None:
        for line in lines:
            # A progress bar overwrites its own line; what stands after the last return is what a terminal shows.
            shown = line.rsplit(b"\r", 1)[-1].decode(errors="replace").strip()
            if shown and "it/s" not in shown and "step/s" not in shown:
                self._lines.append(shown)
                self.said.emit(shown)

    def _on_finished(self, exit_code: int, status: QProcess.ExitStatus) -> None:
        self._on_output()
        self._say([self._rest])  # what a process that died left without an end of line
        self._rest = b""
        died = status == QProcess.ExitStatus.CrashExit
        self.ended.emit(-exit_code if died else exit_code, list(self._lines))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.ended.emit(1, [f"The training could not be started: {self._process.errorString()}"])
