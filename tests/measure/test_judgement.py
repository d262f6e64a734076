"""What is said of each region and measure, from hand-made numbers and their spread."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.examples import examples
from helpers.faces import seeds
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from symmetry.landmarks.mesh import PARTS, REGIONS, WHOLES
from symmetry.measure.judgement import Spread, measure_changes, region_changes
from symmetry.measure.measures import DEFINITIONS, MEASURE_NAMES, REGION_OF_MEASURE
from symmetry.measure.pairs import PairNumbers
from symmetry.measure.quality.flags import Flag
from symmetry.measure.reliability_table import OF_PAIR, PART_NAMES
from symmetry.measure.scores import REGION_NAMES

FREEDOM = 10.0
T = student.ppf(0.975, FREEDOM)
T_OF_ONE, T_OF_TWO = student.ppf([0.975, 0.9875], FREEDOM - 1)
"""Of regions with one part and with two: the correlation of both directions costs one degree of freedom."""
"""By Bonferroni: the surest of two parts."""
PARTED = ("jawline", "eyes")
LOCAL = tuple(region for region in REGION_NAMES if region not in WHOLES)
SHAPES = {
    **dict.fromkeys(("before", "after", "right", "left"), (9, 3)),
    **dict.fromkeys(("part_before", "part_after", "part_right", "part_left"), (11, 2)),
    **dict.fromkeys(("measure_before", "measure_after"), (18, 3)),
}


def numbers_of(**given_) -> PairNumbers:
    """Numbers of an even face that did not change, but for what is given."""
    return PairNumbers(**({name: np.zeros(shape) for name, shape in SHAPES.items()} | given_))


def part_of(region, part=None):
    return PART_NAMES.index((region, part or next(iter(PARTS[region]))))


def moved_part(region, part, before, left=(0.0, 0.0), right=(0.0, 0.0), numbers=None) -> PairNumbers:
    """A part of a region with a left-right difference whose sides moved, outward and upward."""
    numbers, at = numbers or numbers_of(), part_of(region, part)
    numbers.part_before[at] = before
    numbers.part_after[at] = np.add(before, np.subtract(left, right))
    numbers.part_left[at], numbers.part_right[at] = left, right
    return numbers


def moved_measure(name, right, left) -> PairNumbers:
    """A measure whose right and left were and became so much."""
    numbers, at = numbers_of(), MEASURE_NAMES.index(name)
    for stack, place in ((numbers.measure_before, 0), (numbers.measure_after, 1)):
        stack[at] = right[place], left[place], left[place] - right[place]
    return numbers


def spread_of(sd=0.5, freedom=FREEDOM, correlation=0.0) -> Spread:
    return Spread(
        sd=np.full(len(OF_PAIR), sd),
        freedom=np.full(len(OF_PAIR), freedom),
        correlation=np.full(len(PART_NAMES), correlation),
    )


def place(name, number):
    return next(i for i, q in enumerate(OF_PAIR) if (q.name, q.number) == (name, number))


def spread_with(name, number, sd) -> Spread:
    spread = spread_of()
    spread.sd[place(name, number)] = sd
    return spread


def flag(*touches, severity="reject", name="found"):
    return Flag(name=name, severity=severity, advice="Do something about it.", touches=touches)


def region_change(region, numbers, spread=None, flags=(), unit="mm"):
    changes = region_changes(numbers, spread or spread_of(), flags, unit)
    assert tuple(changes) == REGION_NAMES
    assert all(changes[name].region == name for name in REGION_NAMES)
    return changes[region]


def measure_change(name, numbers, spread=None, flags=(), unit="mm"):
    changes = measure_changes(numbers, spread or spread_of(), flags, unit)
    assert tuple(changes) == MEASURE_NAMES
    assert all(changes[each].name == each for each in MEASURE_NAMES)
    return changes[name]


# Numbers and their errors.


def test_numbers_of_a_region_are_handed_on():
    rng = np.random.default_rng(1)
    numbers = numbers_of(**{name: rng.normal(size=shape) for name, shape in SHAPES.items()})
    for i, (name, change) in enumerate(region_changes(numbers, spread_of(), [], "mm").items()):
        before, after = (
            (change.before, change.lateral_before, change.vertical_before),
            (change.after, change.lateral_after, change.vertical_after),
        )
        assert before == tuple(numbers.before[i]), name
        assert after == tuple(numbers.after[i])
        assert change.change == numbers.after[i, 0] - numbers.before[i, 0]
        right, left = change.subject_right, change.subject_left
        assert (right.outward, right.up, right.size) == tuple(numbers.right[i])
        assert (left.outward, left.up, left.size) == tuple(numbers.left[i])
        assert change.lateral_change == numbers.left[i, 0] - numbers.right[i, 0]
        assert change.vertical_change == numbers.left[i, 1] - numbers.right[i, 1]
        assert change.lift == pytest.approx((numbers.left[i, 1] + numbers.right[i, 1]) / 2)


def test_every_error_is_its_own_numbers():
    spread = spread_of()
    spread.sd[:], spread.freedom[:] = np.linspace(0.1, 2.0, len(OF_PAIR)), np.linspace(2, 30, len(OF_PAIR))
    errors = spread.sd * student.ppf(0.975, spread.freedom)
    for name, change in region_changes(numbers_of(), spread, [], "mm").items():
        stated = (change.error, change.lateral_change_error, change.vertical_change_error, change.lift_error)
        named = ("change", "lateral_change", "vertical_change", "lift")
        assert stated == pytest.approx([errors[place(name, number)] for number in named])
    for name, change in measure_changes(numbers_of(), spread, [], "mm").items():
        assert change.error == pytest.approx(errors[place(name, "change")])


def test_input_is_left_alone():
    numbers, spread = moved_part("eyes", "upper lid", (0.0, -3.0), left=(0.0, 2.0)), spread_of()
    region_changes(numbers, spread, [flag("eyes.lateral")], "mm")
    measure_changes(numbers, spread, [flag("mrd1")], "mm")
    assert np.array_equal(spread.sd, spread_of().sd)
    assert np.array_equal(spread.freedom, spread_of().freedom)


# Verdicts on regions.


@pytest.mark.parametrize("region", LOCAL)
@pytest.mark.parametrize(("factor", "verdict"), [(1.01, "improved"), (0.99, "no detectable change")])
def test_region_improved_where_its_left_rose_by_more_than_the_error(region, factor, verdict):
    error = 0.5 * (T_OF_TWO if region in PARTED else T_OF_ONE)
    numbers = moved_part(region, None, (0.0, -6.0), left=(0.0, factor * error))
    change = region_change(region, numbers)
    assert change.verdict == verdict
    assert change.evenness == pytest.approx(-factor * error)
    assert change.evenness_error == pytest.approx(error)
    assert change.part == next(iter(PARTS[region]))
    assert change.reason is None
    assert change.came_from == ("worse side" if verdict == "improved" else None)
    others = region_changes(numbers, spread_of(), [], "mm")
    assert {other.verdict for name, other in others.items() if name != region} == {"no detectable change"}


@pytest.mark.parametrize("region", WHOLES)
@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(-1.01, "improved"), (-0.99, "no detectable change"), (0.99, "no detectable change"), (1.01, "worse")],
)
def test_region_made_of_others_is_judged_by_the_size_of_its_asymmetry(region, factor, verdict):
    # Its parts go their own ways; what they did in the mean says nothing.
    numbers = moved_part(region, None, (0.0, -6.0), left=(0.0, -5.0))
    error, at = 0.2 * T, REGION_NAMES.index(region)
    numbers.before[at, 0], numbers.after[at, 0] = 3.0, 3.0 + factor * error
    change = region_change(region, numbers, spread_with(region, "change", 0.2))
    assert change.verdict == verdict
    assert (change.evenness, change.evenness_error) == pytest.approx((factor * error, error))
    assert change.reason is None


def test_region_worse_where_what_hangs_sank():
    change = region_change("mouth", moved_part("mouth", None, (0.0, 2.0), right=(0.0, -2.0)))
    assert (change.verdict, change.came_from) == ("worse", "worse side")
    assert change.evenness == pytest.approx(2.0)


@pytest.mark.parametrize(("region", "one", "other"), [(r, *PARTS[r]) for r in PARTED])
def test_region_is_judged_by_the_part_that_changed_most_surely(region, one, other):
    numbers = moved_part(region, one, (0.0, -4.0), left=(0.0, 2.0))
    moved_part(region, other, (0.0, -4.0), left=(0.0, -1.9), numbers=numbers)
    plain = region_change(region, numbers)
    assert (plain.part, plain.verdict) == (one, "improved")
    assert plain.evenness == pytest.approx(-2.0)
    # The other changed a little less, but is known twice as well.
    sharp = region_change(region, numbers, spread_with(f"{region}: {other}", "vertical_change", 0.25))
    assert (sharp.part, sharp.verdict) == (other, "worse")
    assert sharp.evenness_error == pytest.approx(0.25 * T_OF_TWO)


def test_part_that_is_not_known_leaves_the_other_to_judge_by():
    numbers = moved_part("eyes", "lower lid", (0.0, -4.0), left=(0.0, 2.0))
    numbers.part_before[part_of("eyes", "upper lid")] = np.nan
    change = region_change("eyes", numbers)
    assert (change.part, change.verdict, change.reason) == ("lower lid", "improved", None)


@pytest.mark.parametrize(
    ("left", "verdict", "reason"),
    [
        ((0.3, -0.4), "no detectable change", None),
        ((2.5, 0.0), "not comparable", "side_unsure"),
        ((2.5, np.nan), "not comparable", "side_unsure"),
        ((0.0, np.nan), "not comparable", "not_seen"),
    ],
)
def test_part_of_unknown_asymmetry_did_not_change_if_it_did_not_move(left, verdict, reason):
    numbers = moved_part("nose", None, (np.nan, np.nan), left=left)
    change = region_change("nose", numbers)
    assert (change.verdict, change.reason) == (verdict, reason)
    assert np.isnan(change.evenness)
    if verdict == "no detectable change":
        of_both_directions = student.ppf(1 - 0.025 / 2, FREEDOM)
        assert change.evenness_error == pytest.approx(0.5 * of_both_directions)
        assert region_change("nose", numbers, flags=[flag("nose.lateral")]).verdict == "not comparable"


def test_shared_noise_of_both_directions_is_in_the_error():
    numbers = moved_part("nose", None, (2.0, 2.0), left=(-1.0, -1.0))
    for correlation in (0.0, 0.6, -0.6):
        change = region_change("nose", numbers, spread_of(correlation=correlation))
        assert change.evenness == pytest.approx(-np.sqrt(2))
        assert change.evenness_error == pytest.approx(0.5 * np.sqrt(1 + correlation) * T_OF_ONE)


def test_correlation_is_that_of_the_part():
    spread = spread_of()
    spread.correlation[part_of("brows")] = 0.9
    errors = {
        region: region_change(region, moved_part(region, None, (2.0, 2.0)), spread).evenness_error
        for region in ("brows", "nose")
    }
    assert errors == pytest.approx({"brows": 0.5 * np.sqrt(1.9) * T_OF_ONE, "nose": 0.5 * T_OF_ONE})


@given(seeds)
@examples(25)
def test_mirrored_face_gets_the_same_verdicts(seed):
    rng = np.random.default_rng(seed)
    numbers = numbers_of(**{name: rng.normal(0.0, 1.5, shape) for name, shape in SHAPES.items()})
    for side in (numbers.right, numbers.left):
        side[:, 2] = np.abs(side[:, 2])
    for measure in (numbers.measure_before, numbers.measure_after):
        measure[:, 2] = measure[:, 1] - measure[:, 0]
    turned = np.array([1.0, -1.0, -1.0])
    mirrored = PairNumbers(
        before=numbers.before * turned,
        after=numbers.after * turned,
        right=numbers.left,
        left=numbers.right,
        part_before=-numbers.part_before,
        part_after=-numbers.part_after,
        part_right=numbers.part_left,
        part_left=numbers.part_right,
        measure_before=numbers.measure_before[:, [1, 0, 2]] * [1.0, 1.0, -1.0],
        measure_after=numbers.measure_after[:, [1, 0, 2]] * [1.0, 1.0, -1.0],
    )
    spread = spread_of(sd=0.3)
    swap = {"subject_right": "subject_left", "subject_left": "subject_right"}
    seen = set()
    for judge in (region_changes, measure_changes):
        found, other = judge(numbers, spread, [], "mm"), judge(mirrored, spread, [], "mm")
        for name, change in found.items():
            assert other[name].verdict == change.verdict
            assert other[name].came_from == change.came_from
            assert other[name].evenness == pytest.approx(change.evenness)
            assert other[name].moved == swap.get(change.moved, change.moved)
            if name not in WHOLES:
                assert (change.came_from is None) == (change.verdict not in ("improved", "worse"))
            seen.add(change.verdict)
    assert len(seen) > 1


# Where a change came from, and which side moved.


@pytest.mark.parametrize(
    ("left", "right", "source"),
    [
        ((0.0, 2.0), (0.0, 0.0), "worse side"),
        ((0.0, 0.0), (0.0, -2.0), "better side"),
        ((0.0, 1.5), (0.0, -1.5), "both sides"),
        ((0.0, 4.0), (0.0, 1.0), "worse side"),
        ((0.0, -1.0), (0.0, -4.0), "better side"),
    ],
)
def test_change_came_from(left, right, source):
    change = region_change("mouth", moved_part("mouth", None, (0.0, -3.5), left=left, right=right))
    assert (change.verdict, change.came_from) == ("improved", source)


@pytest.mark.parametrize(
    ("right", "left", "moved"),
    [
        (3.0, 1.0, "subject_right"),
        (1.0, 3.0, "subject_left"),
        (2.0, 2.0, "both"),
        (2.9, 2.0, "both"),
        (3.1, 2.0, "subject_right"),
    ],
)
def test_side_that_moved_half_as_much_again_is_the_one_that_moved(right, left, moved):
    numbers, at = moved_part("brows", None, (0.0, -3.0), left=(0.0, 3.0)), REGION_NAMES.index("brows")
    numbers.right[at, 2], numbers.left[at, 2] = right, left
    assert region_change("brows", numbers).moved == moved
    # Where nothing exceeds its error nobody moved.
    numbers.part_left[:] = 0.0
    assert region_change("brows", numbers).moved == "neither"


def test_lift_of_both_sides_is_a_movement_without_a_verdict():
    numbers, at = numbers_of(), REGION_NAMES.index("brows")
    numbers.right[at] = numbers.left[at] = [0.0, 1.2, 1.2]
    change = region_change("brows", numbers)
    assert (change.lift, change.moved, change.verdict) == (1.2, "both", "no detectable change")
    assert region_change("brows", numbers, spread_with("brows", "lift", 0.6)).moved == "neither"


def test_region_is_noticed_by_its_measure_that_comes_nearest():
    numbers = numbers_of()
    numbers.measure_before[:], numbers.measure_after[:] = 0.0, 0.0
    for name, change in (("mrd1", 0.4), ("palpebral_fissure", 1.4), ("commissure_height", 2.0), ("mouth_cant", 40.0)):
        numbers.measure_after[MEASURE_NAMES.index(name), 2] = change
    measures = measure_changes(numbers, spread_of(), [], "mm")
    regions = region_changes(numbers, spread_of(), [], "mm", measures)
    eyes, mouth = regions["eyes"], regions["mouth"]
    assert (eyes.noticed_by, eyes.noticed_from, eyes.noticed_change) == ("palpebral_fissure", 2.0, 1.4)
    assert eyes.noticed_error == measures["palpebral_fissure"].error
    assert (mouth.noticed_by, mouth.noticed_change) == ("commissure_height", 2.0)  # degrees are no millimetres
    assert regions["cheeks"].noticed_by is None


# Units and what people notice.


@pytest.mark.parametrize("unit", ["mm", "% IPD"])
def test_unit_is_handed_on_and_what_people_notice_is_in_millimetres_or_degrees(unit):
    for change in region_changes(numbers_of(), spread_of(), [], unit).values():
        assert change.unit == unit
        assert (change.noticed_by, change.noticed_from) == (None, None)  # no measures at hand
    for definition in DEFINITIONS:
        change = measure_change(definition.name, numbers_of(), unit=unit)
        angle = definition.unit == "degrees"
        assert change.unit == ("degrees" if angle else unit)
        noticed = definition.noticed and (angle or unit == "mm")
        assert change.noticed_from == (definition.noticed.least if noticed else None)
        assert change.norm == definition.norm.text
    assert measure_change("mouth_cant", numbers_of(), unit="% IPD").noticed_from == 3.0


@given(seeds, st.floats(0.2, 5))
@examples(20)
def test_unit_of_the_numbers_changes_no_verdict(seed, size):
    rng = np.random.default_rng(seed)
    numbers = numbers_of(**{name: rng.normal(0.0, 1.0, shape) for name, shape in SHAPES.items()})
    scaled = numbers_of(**{name: size * getattr(numbers, name) for name in SHAPES})
    for judge in (region_changes, measure_changes):
        found = judge(numbers, spread_of(0.3), [], "mm")
        for name, change in judge(scaled, spread_of(0.3 * size), [], "% IPD").items():
            assert (change.verdict, change.came_from) == (found[name].verdict, found[name].came_from)
            assert change.evenness == pytest.approx(size * found[name].evenness)


# What stops a verdict.

CHANGED = moved_part("jawline", None, (-3.0, -3.0), left=(2.5, 2.5))
for _region in REGION_NAMES[1:]:
    moved_part(_region, None, (-3.0, -3.0), left=(2.5, 2.5), numbers=CHANGED)
CHANGED.before[:, 0], CHANGED.after[:, 0] = 4.0, 0.5


@pytest.mark.parametrize(
    ("touches", "stopped"),
    [
        ("all", set(REGIONS)),
        ("mouth", {"mouth"}),
        ("mouth_cant", set()),
        ("jawline.lateral", set()),
        ("lateral", set()),
        ("mouth.asymmetry", set()),
    ],
)
def test_rejecting_flag_stops_the_regions_it_touches(touches, stopped):
    changes = region_changes(CHANGED, spread_of(), [flag(touches, name="turned")], "mm")
    for name, change in changes.items():
        if name in stopped:
            assert (change.verdict, change.reason, change.part) == ("not comparable", "turned", None)
            assert change.came_from is None
            assert np.isnan([change.evenness, change.evenness_error]).all()
        else:
            assert (change.verdict, change.reason) == ("improved", None)


@pytest.mark.parametrize("severity", ["info", "warn"])
def test_flag_that_does_not_reject_stops_nothing(severity):
    found = [flag("all", severity=severity)]
    assert region_changes(CHANGED, spread_of(), found, "mm") == region_changes(CHANGED, spread_of(), [], "mm")
    changes = measure_changes(numbers_of(), spread_of(), found, "mm")
    assert {change.verdict for change in changes.values()} == {"no detectable change"}


@pytest.mark.parametrize(
    ("touches", "evenness"), [("jawline.lateral", -2.5), ("lateral", -2.5), ("jawline.vertical", -1.0)]
)
def test_direction_that_is_rejected_is_left_out(touches, evenness):
    numbers = moved_part("jawline", "jaw angle", (-3.0, -3.0), left=(1.0, 2.5))
    change = region_change("jawline", numbers, flags=[flag(touches)])
    assert change.evenness == pytest.approx(evenness)
    assert change.evenness_error == pytest.approx(0.5 * T_OF_TWO)
    # In the mean 2.5 wider and 1.75 higher.
    free = region_change("jawline", numbers)
    assert free.evenness == pytest.approx(-(2.5 * 1.0 + 1.75 * 2.5) / np.hypot(2.5, 1.75))


def test_both_directions_rejected_stop_the_region():
    found = [flag("jawline.lateral", name="turned"), flag("vertical", name="raised")]
    changes = region_changes(CHANGED, spread_of(), found, "mm")
    assert changes["jawline"].verdict == "not comparable"
    assert changes["jawline"].reason in ("turned", "raised")
    assert changes["mouth"].verdict == "improved"


def test_first_rejecting_flag_is_the_reason():
    found = [flag("mouth", severity="warn", name="a"), flag("eyes", name="b"), flag("all", name="c")]
    assert region_change("mouth", CHANGED, flags=found).reason == "c"
    assert region_change("eyes", CHANGED, flags=found).reason == "b"


def test_region_that_was_not_seen_is_not_comparable():
    at, part = REGION_NAMES.index("mouth"), part_of("mouth")
    given_ = {name: getattr(numbers_of(), name) for name in SHAPES}
    for name in ("before", "after", "right", "left"):
        given_[name][at] = np.nan
        given_[f"part_{name}"][part] = np.nan
    changes = region_changes(numbers_of(**given_), spread_of(), [], "mm")
    mouth = changes.pop("mouth")
    assert (mouth.verdict, mouth.reason, mouth.moved, mouth.came_from) == ("not comparable", "not_seen", None, None)
    unknown = (mouth.before, mouth.change, mouth.error, mouth.lateral_change, mouth.lateral_change_error)
    unknown += (mouth.vertical_change_error, mouth.lift, mouth.lift_error, mouth.evenness, mouth.evenness_error)
    assert np.isnan(unknown).all()
    assert {change.verdict for change in changes.values()} == {"no detectable change"}
    assert np.isfinite([change.error for change in changes.values()]).all()


def test_movement_is_judged_where_the_sides_could_not_be_matched_but_not_its_evenness():
    # The photos match each other but neither its own mirror image: what moved is known, whether it is more even is not.
    numbers = moved_part("mouth", None, (np.nan, np.nan), left=(0.0, 2.0))
    at = REGION_NAMES.index("mouth")
    numbers.before[at] = numbers.after[at] = np.nan
    numbers.left[at] = [0.0, 2.0, 2.0]
    change = region_change("mouth", numbers)
    assert (change.verdict, change.reason) == ("not comparable", "side_unsure")
    assert np.isnan(change.error)
    assert change.vertical_change_error == pytest.approx(0.5 * T)
    assert change.lift == 1.0


@pytest.mark.parametrize("unknown", [{"sd": np.nan}, {"freedom": 0.0}])
def test_without_a_spread_nothing_is_comparable(unknown):
    spread = spread_of(**unknown)
    for change in region_changes(CHANGED, spread, [], "mm").values():
        assert (change.verdict, change.reason, change.moved) == ("not comparable", "not_seen", "neither")
        assert np.isnan(change.error)
    changed = moved_measure("mrd1", (3.0, 3.0), (1.0, 3.0))
    for change in measure_changes(changed, spread, [], "mm").values():
        assert (change.verdict, change.reason) == ("not comparable", "not_seen")


# Clinical measures.


@pytest.mark.parametrize(
    ("right", "left", "verdict", "source", "moved"),
    [
        ((4.0, 4.0), (1.0, 4.0), "improved", "worse side", "subject_left"),  # the left lid was raised
        ((4.0, 1.0), (1.0, 1.0), "improved", "better side", "subject_right"),
        ((4.0, 2.5), (1.0, 2.5), "improved", "both sides", "both"),
        ((4.0, 4.0), (3.0, 0.5), "worse", "worse side", "subject_left"),
        ((1.0, 1.0), (3.0, 5.5), "worse", "better side", "subject_left"),
        ((3.0, 3.0), (1.0, 2.0), "no detectable change", None, "neither"),
        ((3.0, 5.0), (2.0, 4.0), "no detectable change", None, "neither"),
        ((3.0, 1.0), (1.0, 3.0), "no detectable change", None, "both"),  # as uneven as before, the other way round
    ],
)
@pytest.mark.parametrize("mirrored", [False, True])
def test_measure_is_judged_by_the_size_of_its_difference(right, left, verdict, source, moved, mirrored):
    if mirrored:
        right, left = left, right
        moved = {"subject_right": "subject_left", "subject_left": "subject_right"}.get(moved, moved)
    change = measure_change("mrd1", moved_measure("mrd1", right, left))
    assert (change.verdict, change.came_from, change.moved) == (verdict, source, moved)
    assert change.before == left[0] - right[0]
    assert change.after == left[1] - right[1]
    assert change.change == pytest.approx(change.after - change.before)
    assert change.evenness == pytest.approx(abs(change.after) - abs(change.before))
    assert change.subject_right == right[1] - right[0]
    assert change.subject_left == left[1] - left[0]
    assert change.error == pytest.approx(0.5 * T)


def test_of_the_jaw_the_wider_side_is_the_worse_one():
    narrowed = moved_measure("jaw_angle_width", (50.0, 50.0), (54.0, 51.0))
    assert measure_change("jaw_angle_width", narrowed).came_from == "worse side"
    widened = moved_measure("jaw_angle_width", (50.0, 53.0), (54.0, 54.0))
    assert measure_change("jaw_angle_width", widened).came_from == "better side"
    raised = moved_measure("jaw_angle_height", (-50.0, -50.0), (-54.0, -51.0))
    assert measure_change("jaw_angle_height", raised).came_from == "worse side"


def test_measure_of_the_midline_has_no_sides():
    numbers, at = numbers_of(), MEASURE_NAMES.index("chin_deviation")
    numbers.measure_before[at], numbers.measure_after[at] = [np.nan, np.nan, 4.0], [np.nan, np.nan, 1.0]
    change = measure_change("chin_deviation", numbers)
    assert (change.verdict, change.came_from, change.moved) == ("improved", None, None)
    assert change.evenness == -3.0


def test_measure_that_is_not_known_is_not_comparable():
    numbers, at = numbers_of(), MEASURE_NAMES.index("mrd1")
    numbers.measure_after[at] = np.nan
    change = measure_change("mrd1", numbers)
    assert (change.verdict, change.reason, change.came_from, change.moved) == ("not comparable", "not_seen", None, None)
    assert np.isnan([change.change, change.error, change.evenness]).all()
    assert measure_change("mrd2", numbers).verdict == "no detectable change"


@pytest.mark.parametrize(
    ("touches", "stopped"),
    [
        ("all", set(MEASURE_NAMES)),
        ("mouth_cant", {"mouth_cant"}),
        *((region, {name for name in MEASURE_NAMES if REGION_OF_MEASURE[name] == region}) for region in REGIONS),
        ("jawline.lateral", set()),
        ("vertical", set()),
    ],
)
def test_rejecting_flag_stops_the_measures_it_touches_and_those_of_its_region(touches, stopped):
    changes = measure_changes(numbers_of(), spread_of(), [flag(touches, name="covered")], "mm")
    assert {name for name, change in changes.items() if change.verdict == "not comparable"} == stopped
    assert {change.reason for name, change in changes.items() if name in stopped} <= {"covered"}
    assert {change.reason for name, change in changes.items() if name not in stopped} <= {None}


def test_measure_names_of_a_region_are_more_than_none():
    # Else the test above would hold for flags that stop nothing.
    assert {"mouth_cant", "commissure_height"} <= {n for n in MEASURE_NAMES if REGION_OF_MEASURE[n] == "mouth"}
    assert {"mrd1", "mrd2", "palpebral_fissure"} == {n for n in MEASURE_NAMES if REGION_OF_MEASURE[n] == "eyes"}


def test_stopped_measure_keeps_its_numbers():
    numbers = moved_measure("mrd1", (4.0, 4.0), (1.0, 4.0))
    free, stopped = measure_change("mrd1", numbers), measure_change("mrd1", numbers, flags=[flag("eyes")])
    assert stopped == replace(free, verdict="not comparable", reason="found", came_from=None)
