"""What a training is asked to be. Light, because the command line is read before anything heavy is loaded."""

from dataclasses import asdict, dataclass
from pathlib import Path

from models.names import default_model


@dataclass(frozen=True)
class TrainOptions:
    """The command's options; `None` leaves the choice to Strobe.

    Attributes:
        interval: steps between passes.
        insight_interval: of every so many steps two consecutive ones are measured; 1: every step, 0: none.
        sign_interval: steps between rows of the sign raster, 0 for none.
        insight_sample: models with more parameters are measured on about so many, 0 for always all.
        sign_columns: columns of the sign raster of models with more parameters, 0 for always all.
        neuron_cap: units kept of each layer, 0 for all.
        probe_samples: held-out samples that every pass is measured on.
        similarity_samples: held-out samples on which layers are compared, 0 for not at all.
        similarity_interval: steps between comparisons, besides those at each epoch's beginning and at the end.
        similarity_features: features of each layer that a comparison keeps in the file, at most.
        augmentations: when the network is run on 300 changes of one sample: `end`, `epochs` or `off`.
        feature_maps: layers whose feature maps are kept: `ends` of each stage, `last`, `all` or `none`.
        feature_samples: samples of the probe that they are kept of; None: as many as a budget allows.
        projection_samples: held-out samples that can be laid out in a plane, 0 for none.
        projection_layers: by the features of which layers, names with commas between; empty: the collector's choice.
        story_samples: samples of the training, of each of which it is told what the network makes of it, 0 for none.
        story_interval: steps between measurements of these, besides those at each epoch's beginning and at the end.
        budget: recording may slow the training down by this share; None: no limit.
        black_box: so many last steps are held in memory, and written as passes when something breaks; 0: none.
        metrics: further ones that are measured, names with commas between, as `noise-scale,spectra:200`.
        seed: makes the run repeatable; None draws one.
        output_path: the collection; None names it after dataset and model.
        resume: go on with a run that was stopped, where its collection is there.
        durable: wait at each pass until it is on the disk.
    """

    dataset: str = "mnist"
    model: str | None = None
    epochs: int = 1
    interval: int = 50
    insight_interval: int = 10
    sign_interval: int = 30
    insight_sample: int = 2**15
    sign_columns: int = 1_000_000
    neuron_cap: int = 24
    unit_rule: str = "spread"
    probe_samples: int = 16
    similarity_samples: int = 256
    similarity_interval: int = 0
    similarity_features: int = 128
    augmentations: str = "end"
    feature_maps: str = "ends"
    feature_samples: int | None = None
    projection_samples: int = 2000
    projection_layers: str = ""
    story_samples: int = 2000
    story_interval: int = 0
    budget: float | None = None
    black_box: int = 0
    metrics: str = ""
    batch_size: int = 64
    optimizer: str = "adamw"
    lr: float | None = None
    seed: int | None = None
    data_root: Path | None = None
    strict_data: bool = False
    output_path: Path | None = None
    force: bool = False
    resume: bool = False
    durable: bool = False

    @property
    def model_name(self) -> str:
        """The model that is trained."""
        return self.model or default_model(self.dataset)

    @property
    def collection_path(self) -> Path:
        """The collection that is written."""
        if self.output_path is not None:
            return self.output_path
        return Path("data/collections") / f"{self.dataset}_{self.model_name}.json"

    def recorded(self) -> dict[str, str | int | float | bool | None]:
        """What of the options makes one run differ from another, as the collection keeps it."""
        chosen = asdict(self) | {"model": self.model_name}
        for not_of_the_run in ("output_path", "force", "resume", "durable", "black_box", "data_root"):
            del chosen[not_of_the_run]
        return chosen

    def differences(self, recorded: dict[str, str | int | float | bool | None]) -> dict[str, tuple[object, object]]:
        """Option → (value in an existing collection, value asked for), where they differ.

        What was left to Strobe (a seed, a learning rate) agrees with anything.
        """
        return {
            name: (recorded[name], asked)
            for name, asked in self.recorded().items()
            if name in recorded and asked is not None and recorded[name] != asked
        }
