"""Groups inside one side: around a keeper, without chains, series apart from copies."""

from dataclasses import replace

import pytest

from gphotos_reconcile.core.model import MediaFacts, Relation, Side
from gphotos_reconcile.matching.groups import Group, find_groups
from gphotos_reconcile.matching.keeping import KeeperOrder
from gphotos_reconcile.matching.options import MatchOptions
from tests.matching.scenes import World, coded, grain, scene, taken


def _groups(world: World, order: KeeperOrder | None = None) -> list[Group]:
    columns = world.columns(Side.LOCAL)
    return list(find_groups(columns, world, MatchOptions(), order or KeeperOrder()))


def _relations(group: Group) -> dict[int, Relation]:
    return {member.item_id: member.relation for member in group.members}


def test_copies_gather_around_the_largest_with_their_relations() -> None:
    world = World()
    original = grain(1, scene(1, 400, 300))
    world.add(1, Side.LOCAL, coded(original.reshape(150, 2, 200, 2).mean(axis=(1, 3))))
    world.add(2, Side.LOCAL, original, sha256="ab" * 32, content_digest="jpeg:x", size_bytes=2000)
    world.add(3, Side.LOCAL, original, sha256="ab" * 32, content_digest="jpeg:x", size_bytes=2000)
    world.add(4, Side.LOCAL, original, content_digest="jpeg:x", size_bytes=2000)
    world.add(5, Side.LOCAL, coded(original), mime_type="image/webp")
    world.add(6, Side.LOCAL, grain(2, scene(9, 400, 300)))

    groups = _groups(world)

    assert [group.keeper for group in groups] == [2]
    assert _relations(groups[0]) == {
        1: Relation.THUMBNAIL,
        3: Relation.IDENTICAL,
        4: Relation.SAME_CONTENT,
        5: Relation.OTHER_FORMAT,
    }


def test_frames_of_a_burst_are_no_copies() -> None:
    world = World()
    for number in range(3):
        facts = MediaFacts(times=taken(0.2 * number + 0.1, digits=2))
        world.add(number + 1, Side.LOCAL, grain(number, scene(1, 400, 300)), facts=facts)

    groups = _groups(world)

    assert [set(_relations(group).values()) for group in groups] == [{Relation.BURST}]


def test_every_member_is_linked_to_its_keeper_and_to_no_second_group_of_copies() -> None:
    world = World()
    for number in range(6):
        world.add(number + 1, Side.LOCAL, coded(grain(1, scene(number // 3, 400, 300)), number + 1))

    groups = _groups(world)

    seen = [member for group in groups for member in (group.keeper, *_relations(group))]
    assert sorted(seen) == [1, 2, 3, 4, 5, 6]
    assert len(groups) == 2


@pytest.mark.parametrize(("rules", "kept"), [(("jpeg_first",), 2), (("prefer_folder",), 1)])
def test_rules_choose_the_keeper_in_the_order_given(rules: tuple[str, ...], kept: int) -> None:
    world = World()
    original = grain(1, scene(1, 400, 300))
    world.add(1, Side.LOCAL, original, mime_type="image/png", album_folder="Best")
    world.add(2, Side.LOCAL, coded(original))

    groups = _groups(world, KeeperOrder(rules=rules, folders=("Best",)))

    assert [group.keeper for group in groups] == [kept]
    assert groups[0].reason


def test_among_equal_files_the_rules_choose_too() -> None:
    world = World()
    original = grain(1, scene(1, 400, 300))
    for number, folder in ((1, "Other"), (2, "Best")):
        world.add(number, Side.LOCAL, original, album_folder=folder, content_digest="jpeg:x")

    order = KeeperOrder(rules=("prefer_folder",), folders=("Best",))

    assert [group.keeper for group in _groups(world, order)] == [2]


def test_what_is_kept_does_not_depend_on_the_order_of_import() -> None:
    kept = []
    for ids in ((1, 2, 3, 4), (4, 3, 2, 1)):
        world = World()
        original = grain(1, scene(1, 400, 300))
        for item_id, name in zip(ids, ("b.jpg", "a.jpg", "c.jpg", "d.jpg"), strict=True):
            same = {"content_digest": "jpeg:x"} if name in {"a.jpg", "b.jpg"} else {}
            world.add(item_id, Side.LOCAL, original, name=name, **same)
        names = {item_id: asset.name for item_id, asset in world.found.items()}
        kept.append(
            [
                (names[group.keeper], [names[member.item_id] for member in group.members])
                for group in _groups(world)
            ]
        )

    assert kept[0] == kept[1] == [("a.jpg", ["b.jpg", "c.jpg", "d.jpg"])]


def test_thousands_of_equal_files_are_linked_without_being_compared() -> None:
    world = World()
    original = grain(1, scene(1, 400, 300))
    for number in range(1, 1501):
        world.add(number, Side.LOCAL, original, sha256="ab" * 32, content_digest="jpeg:x")

    (group,) = _groups(world)

    assert len(group.members) == 1499
    assert {member.relation for member in group.members} == {Relation.IDENTICAL}


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="newest"):
        KeeperOrder(rules=("newest",))


def test_equal_items_of_an_empty_side_make_no_group() -> None:
    assert _groups(World()) == []
    world = World()
    asset = world.add(1, Side.LOCAL, grain(1, scene(1, 400, 300)))
    assert replace(asset).item_id == 1
    assert _groups(world) == []
