"""Trainings as strangers write them: each is handed a `Run`, which collects it or does not."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from collector import Collector
from data.torchvision_import import import_torchvision

Values = dict[str, Tensor | None]
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
"""Of the six samples that each model has."""


class Run:
    """Keeps by hand what a training does, in memory of its own, and collects it where there is a path.

    Attributes:
        losses: of each step.
        weights: parameter → values, before each step, and after the last one.
        gradients: parameter → what its update was made of, for each step.
        model, optimizers: what is trained, once it has begun.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._collector: Collector | None = None
        self._is_begun = False
        self.losses: list[float] = []
        self.weights: list[Values] = []
        self.gradients: list[Values] = []
        self.optimizers: list[torch.optim.Optimizer] = []

    def start(self, model: nn.Module, optimizer: Any, probe: Any = None, *, inside: nn.Module | None = None) -> None:
        """The training begins. ``inside``: the model inside what is put around it."""
        self.model = inside or model
        self.optimizers = list(optimizer) if isinstance(optimizer, list) else [optimizer]
        if self._path is not None:
            self._collector = Collector(model, optimizer, self._path, probe=probe, interval=2, neuron_cap=4)

    def before(self, optimizer: torch.optim.Optimizer) -> None:
        """The gradients of this optimizer's next update are there."""
        if not self._is_begun:
            self._is_begun = True
            self._keep_weights()
            self.gradients.append({})
        own = {each for group in optimizer.param_groups for each in group["params"]}
        for name, each in self.model.named_parameters(remove_duplicate=False):
            if each in own:
                self.gradients[-1][name] = None if each.grad is None else each.grad.detach().clone()

    def after(self, loss: Tensor) -> None:
        """A step was taken."""
        self._is_begun = False
        self.losses.append(loss.item())
        if self._collector is not None:
            self._collector.log(loss=loss)

    def end(self) -> None:
        """The training is over."""
        if self._collector is not None:
            self._collector.close()
        self._keep_weights()

    def _keep_weights(self) -> None:
        own = self.model.named_parameters(remove_duplicate=False)
        self.weights.append({name: each.detach().clone() for name, each in own})


def steps(run: Run, model: Any, optimizer: torch.optim.Optimizer, inputs: Any, n_steps: int = 5) -> None:
    """A plain loop; ``inputs`` are a tuple of arguments or a dict of keywords."""
    for _ in range(n_steps):
        output = model(**inputs) if isinstance(inputs, dict) else model(*inputs)
        loss = F.cross_entropy(output, LABELS)
        optimizer.zero_grad()
        loss.backward()
        run.before(optimizer)
        optimizer.step()
        run.after(loss)


def plain(make: Callable[[], nn.Module], shape: Sequence[int], n_steps: int = 5) -> Callable[[Run], None]:
    """A model of one tensor and its training by SGD."""

    def train(run: Run) -> None:
        model, inputs = make(), torch.randn(6, *shape)
        trained = [each for each in model.parameters() if each.requires_grad]
        optimizer = torch.optim.SGD(trained, 0.05, momentum=0.9)
        run.start(model, optimizer, (inputs, LABELS))
        steps(run, model, optimizer, (inputs,), n_steps)

    return train


def torchvision_model(name: str) -> nn.Module:
    import_torchvision()
    from torchvision import models

    return getattr(models, name)(weights=None, num_classes=3)


class Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.positions = nn.Embedding(20, 8), nn.Parameter(torch.zeros(7, 8))
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, 0.2, batch_first=True), 2)
        self.out = nn.Linear(8, 3)

    def forward(self, ids: Tensor) -> Tensor:
        return self.out(self.encoder(self.embedding(ids) + self.positions).mean(1))


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.out = nn.LSTM(4, 6, num_layers=2, dropout=0.3, batch_first=True), nn.Linear(6, 3)

    def forward(self, sequences: Tensor) -> Tensor:
        outputs, _ = self.lstm(sequences)
        return self.out(outputs[:, -1])


class UNet(nn.Module):
    """Two depths, joined by concatenation; an output for each pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.down, self.deep = self.block(1, 4), self.block(4, 8)
        self.up, self.joined = nn.ConvTranspose2d(8, 4, 2, stride=2), self.block(8, 4)
        self.out = nn.Conv2d(4, 3, 1)

    @staticmethod
    def block(inputs: int, outputs: int) -> nn.Sequential:
        return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))

    def forward(self, pictures: Tensor) -> Tensor:
        shallow = self.down(pictures)
        deep = self.up(self.deep(F.max_pool2d(shallow, 2)))
        return self.out(self.joined(torch.cat((shallow, deep), 1)))


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words, self.hidden, self.decoder = nn.Embedding(9, 5), nn.Linear(5, 5), nn.Linear(5, 9, bias=False)
        self.decoder.weight = self.words.weight

    def forward(self, ids: Tensor) -> Tensor:
        return self.decoder(self.hidden(self.words(ids).mean(1)).relu())


class Twice(nn.Module):
    """One layer is used twice, one never."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.twice, self.never = nn.Linear(8, 6), nn.Linear(6, 6), nn.Linear(6, 6)
        self.relu, self.out = nn.ReLU(inplace=True), nn.Linear(6, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.out(self.relu(self.twice(self.relu(self.twice(self.first(inputs))))))


class InAndOut(nn.Module):
    """Takes keywords and gives a dict, as models of Hugging Face do."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.hidden, self.out = nn.Embedding(20, 4), nn.Linear(4, 6), nn.Linear(6, 3)

    def forward(self, ids: Tensor, mask: Tensor) -> Any:
        hidden = self.hidden((self.embedding(ids) * mask[..., None]).mean(1)).relu()
        return {"hidden": hidden, "logits": self.out(hidden)}


class Pair(InAndOut):
    def forward(self, ids: Tensor, mask: Tensor) -> Any:
        given = super().forward(ids, mask)
        return given["logits"], given["hidden"]


def mlp() -> nn.Sequential:
    return nn.Sequential(nn.Linear(8, 6), nn.BatchNorm1d(6), nn.ReLU(inplace=True), nn.Dropout(0.2), nn.Linear(6, 3))


def frozen() -> nn.Module:
    model = mlp()
    model[0].requires_grad_(False)
    return model


def detached() -> nn.Module:
    class Detached(nn.Sequential):
        def forward(self, inputs: Tensor) -> Tensor:
            *layers, last = self
            for layer in layers:
                inputs = layer(inputs)
            return last(inputs.detach())

    return Detached(*mlp())


def of_words(make: Callable[[], nn.Module], **options: Any) -> Callable[[Run], None]:
    def train(run: Run) -> None:
        model, ids = make(), torch.randint(0, 9, (6, 7))
        optimizer = torch.optim.SGD(model.parameters(), 0.1, **options)
        run.start(model, optimizer, (ids, LABELS))
        steps(run, model, optimizer, (ids,))

    return train


def sparse_model() -> nn.Module:
    return nn.Sequential(nn.EmbeddingBag(20, 6, sparse=True), nn.Linear(6, 3))


def dict_in_and_out(run: Run) -> None:
    model = InAndOut()
    inputs = {"ids": torch.randint(0, 20, (6, 7)), "mask": torch.rand(6, 7).round()}
    optimizer = torch.optim.AdamW(model.parameters(), 0.01)
    run.start(model, optimizer, (inputs, LABELS))
    steps(run, lambda **given: model(**given)["logits"], optimizer, inputs)


def tuple_in_and_out(run: Run) -> None:
    model, inputs = Pair(), (torch.randint(0, 20, (6, 7)), torch.rand(6, 7).round())
    optimizer = torch.optim.AdamW(model.parameters(), 0.01)
    run.start(model, optimizer, (inputs, LABELS))
    steps(run, lambda *given: model(*given)[0], optimizer, inputs)


class Gan(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.generator = nn.Sequential(nn.Linear(3, 8), nn.ReLU(inplace=True), nn.Linear(8, 2))
        self.discriminator = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.1, inplace=True), nn.Linear(8, 1))

    def forward(self, noise: Tensor) -> Tensor:
        return self.discriminator(self.generator(noise))


def unet(run: Run) -> None:
    model, pictures = UNet(), torch.randn(6, 1, 8, 8)
    classes = torch.randint(0, 3, (6, 8, 8))
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    run.start(model, optimizer, (pictures, None))
    for _ in range(5):
        loss = F.cross_entropy(model(pictures), classes)
        optimizer.zero_grad()
        loss.backward()
        run.before(optimizer)
        optimizer.step()
        run.after(loss)


def gan(run: Run) -> None:
    model = Gan()
    opt_d = torch.optim.Adam(model.discriminator.parameters(), 0.01)
    opt_g = torch.optim.Adam(model.generator.parameters(), 0.01)
    run.start(model, [opt_d, opt_g], (torch.randn(6, 3), None))
    for _ in range(5):
        real, fake = torch.randn(6, 2) + 3, model.generator(torch.randn(6, 3)).detach()
        loss = F.softplus(-model.discriminator(real)).mean() + F.softplus(model.discriminator(fake)).mean()
        opt_d.zero_grad()
        loss.backward()
        run.before(opt_d)
        opt_d.step()
        loss_g = F.softplus(-model(torch.randn(6, 3))).mean()
        opt_g.zero_grad()
        loss_g.backward()
        run.before(opt_g)
        opt_g.step()
        run.after(loss + loss_g)


def accumulation_and_clipping(run: Run) -> None:
    model = mlp()
    optimizer = torch.optim.AdamW(model.parameters(), 0.01)
    inputs = torch.randn(6, 8)
    run.start(model, optimizer, (inputs, LABELS))
    for _ in range(4):
        optimizer.zero_grad()
        for part in (slice(0, 3), slice(3, 6)):
            loss = 100 * F.cross_entropy(model(inputs[part]), LABELS[part])
            loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        run.before(optimizer)
        optimizer.step()
        run.after(loss)


def grad_scaler(run: Run) -> None:
    """Mixed precision; the third update is skipped, because its gradients are infinite."""
    model, inputs = mlp(), torch.randn(6, 8)
    optimizer = torch.optim.AdamW(model.parameters(), 0.01)
    scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
    run.start(model, optimizer, (inputs, LABELS))
    for number in range(6):
        with torch.autocast("cpu", torch.bfloat16):
            loss = F.cross_entropy(model(inputs), LABELS)
        optimizer.zero_grad()
        scaler.scale(loss * torch.inf if number == 2 else loss).backward()
        scaler.unscale_(optimizer)
        if number != 2:
            run.before(optimizer)
        scaler.step(optimizer)
        scaler.update()
        if number != 2:
            run.after(loss)


def bfloat16() -> nn.Module:
    class Narrow(nn.Sequential):
        def forward(self, inputs: Tensor) -> Tensor:
            return super().forward(inputs.bfloat16()).float()

    return Narrow(*mlp()).bfloat16()


def compiled(run: Run) -> None:
    model, inputs = mlp(), torch.randn(6, 8)
    fast = torch.compile(model, backend="aot_eager")
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    run.start(fast, optimizer, (inputs, LABELS), inside=model)
    steps(run, fast, optimizer, (inputs,))


def compiled_inside(run: Run) -> None:
    model, inputs = mlp(), torch.randn(6, 8)
    model[4] = torch.compile(model[4], backend="eager")
    model.compile(backend="eager")
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    run.start(model, optimizer, (inputs, LABELS))
    steps(run, model, optimizer, (inputs,))


def data_parallel(run: Run) -> None:
    model, inputs = mlp(), torch.randn(6, 8)
    wrapped = nn.DataParallel(model)
    optimizer = torch.optim.SGD(wrapped.parameters(), 0.05)
    run.start(wrapped, optimizer, (inputs, LABELS), inside=model)
    steps(run, wrapped, optimizer, (inputs,))


def distributed_data_parallel(run: Run) -> None:
    torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
    try:
        model, inputs = mlp(), torch.randn(6, 8)
        wrapped = nn.parallel.DistributedDataParallel(model, gradient_as_bucket_view=True)
        optimizer = torch.optim.SGD(wrapped.parameters(), 0.05)
        run.start(wrapped, optimizer, (inputs, LABELS), inside=model)
        steps(run, wrapped, optimizer, (inputs,))
        run.end()
        for _ in range(4):  # its threads give back what they hold, for which they need the interpreter's lock,
            torch.distributed.barrier()  # while nobody waits for their end with that lock in hand
    finally:
        torch.distributed.destroy_process_group()


def lbfgs(run: Run) -> None:
    model, inputs = nn.Sequential(nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 3)), torch.randn(6, 8)
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=4)
    run.start(model, optimizer, (inputs, LABELS))
    for _ in range(4):
        is_first = True

        def closure() -> Tensor:
            nonlocal is_first
            optimizer.zero_grad()
            loss = F.cross_entropy(model(inputs), LABELS)
            loss.backward()
            if is_first:
                run.before(optimizer)
            is_first = False
            return loss

        run.after(optimizer.step(closure))


def groups(run: Run) -> None:
    model, inputs = mlp(), torch.randn(6, 8)
    parts = [{"params": model[0].parameters(), "lr": 0.1}, {"params": [*model[1].parameters(), *model[4].parameters()]}]
    optimizer = torch.optim.SGD(parts, 0.01)
    run.start(model, optimizer, (inputs, LABELS))
    steps(run, model, optimizer, (inputs,))


def replaced_optimizer(run: Run) -> None:
    model, inputs = mlp(), torch.randn(6, 8)
    optimizer: torch.optim.Optimizer = torch.optim.Adam(model.parameters(), 0.01)
    run.start(model, optimizer, (inputs, LABELS))
    steps(run, model, optimizer, (inputs,), 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    run.optimizers.append(optimizer)
    steps(run, model, optimizer, (inputs,), 2)


def by_hand(run: Run) -> None:
    """No optimizer's step is ever called."""
    model, inputs = mlp(), torch.randn(6, 8)
    run.start(model, torch.optim.SGD(model.parameters(), 0.1), (inputs, LABELS))
    for _ in range(100):
        loss = F.cross_entropy(model(inputs), LABELS)
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for each in model.parameters():
                each -= 0.1 * each.grad
        run.after(loss)


CLOSURE = "The optimizer calls its closure several times in a step: the gradients recorded are those of the first call"
NO_STEP = "No step was seen "
FROZEN = "frozen when the run began; in the passes from when it is trained"

STRANGERS: dict[str, tuple[Callable[[Run], None], list[str], dict[str, dict[str, str]]]] = {
    "resnet18": (plain(lambda: torchvision_model("resnet18"), (3, 32, 32), 3), [], {}),
    "mobilenet_v3": (plain(lambda: torchvision_model("mobilenet_v3_small"), (3, 32, 32), 3), [], {}),
    "transformer encoder": (
        of_words(Transformer),
        [],
        {"encoder.layers.0.self_attn": {}, "(model)": {}},
    ),
    "LSTM": (plain(Recurrent, (5, 4)), [], {"lstm": {}}),
    "U-Net": (unet, [], {}),
    "GAN with two optimizers": (gan, [], {}),
    "tied weights": (of_words(Tied), [], {"words": {}}),
    "frozen layers": (
        plain(frozen, (8,)),
        [],
        {"0": {"weight_gradient": FROZEN}},
    ),
    "a layer used twice, one never": (
        plain(Twice, (8,)),
        ["No gradient came to never in the first 2 passes"],
        {
            "twice": {
                "earlier calls": "called 2 times; the last one is recorded",
                "edges": "called 2 times, and given something else each time",
            },
            "never": {"activation": "the model did not call it when it ran on the probe"},
        },
    ),
    "dict in, dict out": (
        dict_in_and_out,
        ["Of the probe's inputs the file holds the first, ids; not in it: mask."],
        {},
    ),
    "tuple in, tuple out": (
        tuple_in_and_out,
        [
            "Of the probe's inputs the file holds the first, 0; not in it: 1.",
            "Of the network's outputs 0, 1 the one that is kept is 0.",
        ],
        {},
    ),
    "in-place ReLU": (plain(mlp, (8,)), [], {}),
    "None gradients": (plain(detached, (8,)), ["No gradient came to 0 and 1 in the first 2 passes"], {}),
    "sparse gradients": (
        of_words(sparse_model),
        [],
        {"0": {}},
    ),
    "accumulation and clipping": (accumulation_and_clipping, [], {}),
    "GradScaler": (grad_scaler, ["Before step 2 an iteration was skipped by a GradScaler"], {}),
    "bfloat16": (plain(bfloat16, (8,)), [], {}),
    "torch.compile": (compiled, [], {}),
    "torch.compile inside": (compiled_inside, [], {}),
    "DataParallel": (data_parallel, [], {}),
    "DistributedDataParallel": (distributed_data_parallel, [], {}),
    "LBFGS": (lbfgs, [CLOSURE, "Not in the passes of what the optimizer holds: d, old_dirs"], {}),
    "several parameter groups": (groups, [], {}),
    "an optimizer replaced": (replaced_optimizer, ["The optimizer SGD has taken the place of Adam"], {}),
    "no optimizer's step": (
        by_hand,
        [NO_STEP + "yet, although 'loss' was logged 100 times", NO_STEP + "in this run"],
        {},
    ),
}
"""Case → its training, how its notes begin, and for some layers what is not recorded and why."""
