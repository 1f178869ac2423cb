"""The process that lays samples out in a plane, watched from the window's."""

import json
import sys
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, pyqtSignal

import app
from app.views.projection.analysis.projection_request import ProjectionRequest
from collector.storage.paths import AnyPath, located

_ROOT = Path(app.__file__).resolve().parent.parent
_PATIENCE_MS = 5000
CANNOT = 3


class ProjectionProcess(QObject):
    """Runs ``python -m app.views.projection.process``.

    It keeps what it has done on the disk, so it can be ended at any moment.

    Signals:
        progressed(float): so much of it is done, 0…1.
        laid_out(int): the record of this number is laid out and kept.
        ended(str): it is over; the text is empty, or says in words what went wrong.
    """

    progressed = pyqtSignal(float)
    laid_out = pyqtSignal(int)
    ended = pyqtSignal(str)

    def __init__(self, path: AnyPath, request: ProjectionRequest, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rest = b""
        self._process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait leave the processor to the window
        self._process.setProcessEnvironment(environment)
        self._process.setWorkingDirectory(str(_ROOT))
        self._process.setProgram(sys.executable)
        asked = [str(path.resolve()), request.source, request.method.name, str(request.setting)]
        if (other := request.fitted_with) is not None:
            asked += [str(located(other.path).resolve()), other.source, other.key, str(int(other.is_first))]
        self._process.setArguments(["-m", "app.views.projection.process", *asked])
        self._process.readyReadStandardOutput.connect(self._on_output)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    @property
    def process_id(self) -> int:
        """Of the running process; 0 where there is none."""
        return self._process.processId()

    def start(self) -> None:
        """Begin."""
        self._process.start()

    def end(self) -> None:
        """End it at once, and say nothing more."""
        self.blockSignals(True)
        if self.is_running:
            self._process.kill()
            self._process.waitForFinished(_PATIENCE_MS)

    def _on_output(self) -> None:
        *lines, self._rest = (self._rest + bytes(self._process.readAllStandardOutput().data())).split(b"\n")
        for line in lines:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if "share" in said:
                self.progressed.emit(float(said["share"]))
            elif "done" in said:
                self.laid_out.emit(int(said["done"]))

    def _on_finished(self, exit_code: int, status: QProcess.ExitStatus) -> None:
        self._on_output()
        told = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
        last = told.splitlines()[-1] if told else "no reason given"
        if status == QProcess.ExitStatus.CrashExit:
            self.ended.emit("The projection died: the system ended it, perhaps for want of memory.")
        elif exit_code == CANNOT:
            self.ended.emit(told)
        else:
            self.ended.emit(f"The projection failed ({last})." if exit_code else "")

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.ended.emit(f"The projection could not be started: {self._process.errorString()}")
