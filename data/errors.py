"""What data/ raises when pictures cannot be had: a message to show to a person as it is."""


class DataError(Exception):
    """The pictures asked for are not there, are broken, or cannot be made; the message says what to do."""


class DownloadError(DataError):
    """The pictures are not on this machine and could not be fetched either; the message says why."""
