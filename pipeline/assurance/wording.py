"""Words that findings share. Belongs here: how a finding's sentence opens. Does not belong here: what it says."""

from pipeline.vocabulary import STREAM_NAMES


def opening(stream: str, arm: str | None = None) -> str:
    """`A&E, control` or `Outpatients`: the stream in words as the beginning of a sentence."""
    words = STREAM_NAMES[stream]
    start = words[0].upper() + words[1:]
    return f"{start}, {arm}" if arm else start
