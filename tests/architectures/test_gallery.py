"""The page of pictures shows what is painted for it, in its order."""

import re

from tests.architectures.gallery import FOLDER, PICTURES, ROOT


def test_that_the_gallery_shows_every_training_that_is_painted_for_it() -> None:
    page = (ROOT / "docs" / "gallery" / "architectures.md").read_text(encoding="utf-8")
    shown = re.findall(r"pictures/architectures/(\w+)\.png", page)
    assert shown == [each.training for each in PICTURES]
    assert sorted(shown) == sorted(path.stem for path in FOLDER.iterdir())
