"""The modules and parameters of a model as they are, whatever its class makes of torch's own ways to ask for them."""

from torch import Tensor, nn


def modules_of(model: nn.Module, prefix: str = "") -> dict[str, nn.Module]:
    """Dotted name → module, each once, those within a module behind it; the model's own name is empty."""
    found: dict[str, nn.Module] = {}
    waiting, seen = [(prefix, model)], set[int]()
    while waiting:
        name, module = waiting.pop()
        if id(module) in seen:
            continue
        seen.add(id(module))
        found[name] = module
        own = [(f"{name}.{part}".lstrip("."), each) for part, each in module._modules.items() if each is not None]
        waiting += reversed(own)
    return found


def parameters_in(model: nn.Module) -> list[Tensor]:
    """All parameters, each once."""
    found = (each for module in modules_of(model).values() for each in module._parameters.values())
    return list({id(each): each for each in found if each is not None}.values())


def is_within(name: str, place: str) -> bool:
    """Whether a module is another one, or within it, by their dotted names."""
    return not place or name == place or name.startswith(f"{place}.")
