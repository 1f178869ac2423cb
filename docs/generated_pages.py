"""Pages of the site that are made from the code when it is built."""

from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from app.analysis.metric_text import ORDER, capitalized, metric_text


def on_files(files: Files, config: MkDocsConfig, **_: Any) -> Files:
    """Add them."""
    files.append(File.generated(config, "read/numbers.md", content=numbers_page()))
    return files


def numbers_page() -> str:
    """Every scalar that the collector measures by itself, in the words of the window."""
    lines = [
        "# Every number",
        "",
        "Scalars of a layer are called `metric/layer`, as `gradient_norm/fc1`; of the whole model `metric/total`. The",
        "window says the same of each in a tooltip; [the file's description](../format.md) has the formulas.",
        "",
        "| metric | is | unit |",
        "| --- | --- | --- |",
    ]
    for metric in ORDER:
        text = metric_text(metric)
        what = f"**{capitalized(text.title)}**. {text.tip}".replace("|", "\\|")
        lines.append(f"| `{metric}` | {what} | {text.unit} |")
    return "\n".join(lines) + "\n"
