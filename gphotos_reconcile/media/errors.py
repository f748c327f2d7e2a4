"""What goes wrong with one entry's content; never leaves the package as an exception."""


class PictureError(Exception):
    """A picture or video cannot be decoded; the message is for a person."""


class CutShortError(PictureError):
    """The file ends before what its own structure announces."""

    def __init__(self) -> None:
        super().__init__("its own structure reaches past its end: the file is cut or damaged")
