"""Stands in for a process of the system: what it was started with, and what it says when a test wants it to."""

from typing import Any, ClassVar

from PyQt6.QtCore import QByteArray, QObject, QProcess, QProcessEnvironment, pyqtSignal


class FakeProcess(QObject):
    """A `QProcess` that runs nothing.

    Attributes:
        made: all of them, in order.
        called: what was called, with its arguments, but for what only says what to run.
        ends_within_patience: whether it ends when it is waited for.
    """

    readyRead, readyReadStandardOutput = pyqtSignal(), pyqtSignal()  # noqa: N815 - as Qt calls them
    finished, errorOccurred = pyqtSignal(int, object), pyqtSignal(object)  # noqa: N815
    made: ClassVar[list["FakeProcess"]] = []
    ends_within_patience: ClassVar[bool] = True
    ProcessState, ExitStatus, ProcessError = QProcess.ProcessState, QProcess.ExitStatus, QProcess.ProcessError
    ProcessChannelMode = QProcess.ProcessChannelMode
    UnixProcessFlag = getattr(QProcess, "UnixProcessFlag", None)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.program, self.arguments, self.folder = "", list[str](), ""
        self.environment = QProcessEnvironment()
        self.mode: Any = None
        self.flags: Any = None
        self.called: list[tuple[Any, ...]] = []
        self._output = b""
        self._state = QProcess.ProcessState.NotRunning
        self.made.append(self)

    def say(self, output: bytes) -> None:
        """Write something."""
        self._output = output
        self.readyRead.emit()
        self.readyReadStandardOutput.emit()

    def end(self, exit_code: int = 0, *, died: bool = False, output: bytes = b"") -> None:
        """Be over, with something still to be read."""
        self._output, self._state = output, QProcess.ProcessState.NotRunning
        self.finished.emit(exit_code, QProcess.ExitStatus.CrashExit if died else QProcess.ExitStatus.NormalExit)

    def setProcessEnvironment(self, environment: QProcessEnvironment) -> None:
        self.environment = environment

    def setWorkingDirectory(self, folder: str) -> None:
        self.folder = folder

    def setProgram(self, program: str) -> None:
        self.program = program

    def setArguments(self, arguments: list[str]) -> None:
        self.arguments = arguments

    def setProcessChannelMode(self, mode: Any) -> None:
        self.mode = mode

    def setUnixProcessParameters(self, flags: Any) -> None:
        self.flags = flags

    def start(self) -> None:
        self._state = QProcess.ProcessState.Running
        self.called.append(("start",))

    def kill(self) -> None:
        self.called.append(("kill",))

    def closeWriteChannel(self) -> None:
        self.called.append(("closeWriteChannel",))

    def waitForFinished(self, ms: int) -> bool:
        self.called.append(("waitForFinished", ms))
        return self.ends_within_patience

    def state(self) -> QProcess.ProcessState:
        return self._state

    def errorString(self) -> str:
        return "no such program"

    def deleteLater(self) -> None:
        self.called.append(("deleteLater",))
        super().deleteLater()

    def readAll(self) -> QByteArray:
        output, self._output = self._output, b""
        return QByteArray(output)

    readAllStandardOutput = readAll  # noqa: N815
