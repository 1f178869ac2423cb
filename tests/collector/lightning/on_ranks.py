"""What `test_ranks` runs on two ranks: ``python -m torch.distributed.run … on_ranks.py FOLDER``.

Both trainers in one process, as importing them takes longer than training.
"""

import gc
import json
import sys
import warnings
from pathlib import Path

import torch

from tests.collector.lightning import trainings as of_lightning
from tests.collector.transformers import trainings as of_transformers

OPTIONS = {"interval": 2}


def main() -> None:
    from collector.lightning import CollectorCallback
    from collector.transformers import CollectorCallback as CallbackOfTransformers

    folder = Path(sys.argv[1])
    torch.set_num_threads(1)
    torch.manual_seed(0)
    module = of_lightning.Module()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        of_lightning.fit(module, CollectorCallback(folder / "lightning.json", **OPTIONS), strategy="ddp", devices=2)
        probe = of_transformers.texts(20, 2)
        callback = CallbackOfTransformers(folder / "transformers.json", probe=probe, **OPTIONS)
        trainer = of_transformers.train(folder, of_transformers.a_classifier(), callback)
    seen = {
        "lightning": module.losses,
        "transformers": trainer.losses,
        "warned": [str(each.message) for each in caught if issubclass(each.category, UserWarning)],
    }
    (folder / f"seen.{torch.distributed.get_rank()}.json").write_text(json.dumps(seen))
    torch.distributed.destroy_process_group()
    del module, callback, trainer
    gc.collect()  # models hold their groups in circles; a thread of gloo that outlives the interpreter aborts at times


if __name__ == "__main__":
    main()
