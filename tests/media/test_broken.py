from tests.media.broken import campaign


def test_broken_media_are_all_accounted_for_and_none_passes_for_whole() -> None:
    sums = campaign(140)

    assert sums.wrong == []
    assert sums.count == 140
    assert sums.outcomes.total() == 140
    assert sums.outcomes["told as damaged"] > 25
