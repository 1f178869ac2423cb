"""Elements of HTML and SVG. Whatever text is put in is shown as text: a collection cannot bring markup of its own."""

import re
from xml.etree.ElementTree import Element, tostring

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, *inside: Element | str | None, **attributes: object) -> Element:
    """An element with text and elements in it, in this order; None is passed over.

    Args:
        attributes: by name; ``class_`` is written ``class``, any other underscore as a dash.
    """
    made = Element(tag, {name.rstrip("_").replace("_", "-"): legible(str(of)) for name, of in attributes.items()})
    for each in inside:
        if isinstance(each, Element):
            made.append(each)
        elif each is not None and len(made):
            made[-1].tail = (made[-1].tail or "") + legible(each)
        elif each is not None:
            made.text = (made.text or "") + legible(each)
    return made


def legible(text: str) -> str:
    """The text without what may not stand in XML, as control characters."""
    return _NOT_XML.sub("\ufffd", text)


def markup(root: Element) -> str:
    """An element as HTML."""
    return tostring(root, encoding="unicode", method="html")
