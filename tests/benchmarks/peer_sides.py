"""What people record with elsewhere, each step, each as its own pages tell to use it."""

import warnings
from typing import Any

import torch
from torch import Tensor, nn

from tests.benchmarks.sides import Plain


class TensorBoard(Plain):
    """A histogram of each weight and of each gradient."""

    def begin(self) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(self.folder / "tensorboard")
        self._step = 0

    def after_step(self, loss: Tensor) -> None:
        self._writer.add_scalar("loss", loss.detach(), self._step)
        for name, each in self.model.named_parameters():
            self._writer.add_histogram(name, each.detach(), self._step)
            self._writer.add_histogram(f"{name}.grad", each.grad, self._step)
        self._step += 1

    def end(self) -> None:
        self._writer.close()


class WeightsAndBiases(Plain):
    """``watch(log="all", log_freq=1)``, offline. What its own process does afterwards is not timed."""

    def begin(self) -> None:
        import wandb

        self._run = wandb.init(mode="offline", project="benchmark", dir=str(self.folder), reinit="finish_previous")
        self._run.watch(self.model, log="all", log_freq=1)

    def after_step(self, loss: Tensor) -> None:
        self._run.log({"loss": loss.detach()})

    def end(self) -> None:
        self._run.unwatch()
        self._run.finish()


class TorchLens(Plain):
    """``trace`` of the step's own batch, a forward pass more."""

    def begin(self) -> None:
        import torchlens

        self._trace = torchlens.trace

    def step(self, inputs: Tensor) -> None:
        self._trace(self.model, inputs)
        super().step(inputs)


class Cockpit(Plain):
    """Its economy configuration, on BackPACK."""

    def begin(self) -> None:
        warnings.filterwarnings("ignore")
        from backpack import extend
        from cockpit import Cockpit as TheirCockpit
        from cockpit.utils.configuration import configuration

        self.model = extend(self.model)
        self.criterion = extend(nn.CrossEntropyLoss())
        self._each = nn.CrossEntropyLoss(reduction="none")
        self._cockpit = TheirCockpit(self.model.parameters(), quantities=configuration("economy"))
        self._step = 0

    def step(self, inputs: Tensor) -> None:
        self.optimizer.zero_grad()
        output = self.model(inputs)
        loss = self.criterion(output, self.labels)
        with torch.no_grad():
            losses = self._each(output, self.labels)
        told: dict[str, Any] = {"loss": loss, "individual_losses": losses, "optimizer": self.optimizer}
        with self._cockpit(self._step, info={"batch_size": len(inputs), **told}):
            loss.backward(create_graph=self._cockpit.create_graph(self._step))
        self.optimizer.step()
        self._step += 1
