"""Plans: how much goes, what the guard saves, what protection forbids."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from networks import NAMES, perturbed

from vision.errors import UserError
from vision.pruning.criteria import CRITERIA
from vision.pruning.plan import Plan, highest, make_plan, ratio_at, rounded, score


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("arch", NAMES)
def test_a_plan_cuts_the_share_that_was_asked_for(arch: str, criterion: str) -> None:
    module = perturbed(arch, "compact")
    scores = score(module, criterion)
    for ratio in (0.0, 0.25, 0.5):
        plan = make_plan(module, ratio, criterion, scores=scores)
        saved = len(plan.guarded)
        assert int(ratio * plan.total) - saved <= plan.cut <= int(ratio * plan.total)
        assert [len(mask) for mask in plan.masks.values()] == module.widths


def test_the_lowest_scores_go() -> None:
    module = perturbed("vgg16", "compact")
    plan = make_plan(module, 0.5)
    kept = np.concatenate([plan.scores[name][mask] for name, mask in plan.masks.items()])
    gone = np.concatenate([plan.scores[name][~mask] for name, mask in plan.masks.items()])
    assert not plan.guarded and gone.max() == pytest.approx(plan.threshold)
    assert gone.max() < kept.min()
    assert ratio_at(module, plan.threshold) == pytest.approx(plan.cut / plan.total)


def test_equal_scores_still_give_the_exact_share() -> None:
    module = copy.deepcopy(perturbed("vgg16", "compact"))
    with torch.no_grad():
        for layer in module.layers:
            layer.norm.weight.fill_(0.5)
    plan = make_plan(module, 0.3)
    assert plan.cut == int(0.3 * plan.total) - len(plan.guarded)


def test_the_guard_keeps_the_best_channel_and_says_where() -> None:
    module = copy.deepcopy(perturbed("vgg16", "compact"))
    with torch.no_grad():
        module.layers[4].norm.weight.mul_(1e-6)
    plan = make_plan(module, 0.5)
    assert plan.guarded == ("conv 5",)
    assert plan.masks["conv 5"].sum() == 1
    assert plan.masks["conv 5"].argmax() == plan.scores["conv 5"].argmax()
    assert plan.cut == int(0.5 * plan.total) - 1


@pytest.mark.parametrize("arch", NAMES)
def test_the_highest_ratio_leaves_every_layer_alive(arch: str) -> None:
    assert min(make_plan(perturbed(arch, "compact"), 0.99).widths) == 1


def test_by_layer_takes_the_same_share_of_each_layer() -> None:
    plan = make_plan(perturbed("vgg16", "compact"), 0.5, "gamma-by-layer")
    assert all(abs(mask.mean() - 0.5) < 0.01 for mask in plan.masks.values())


def test_criteria_rank_differently_and_repeat() -> None:
    module = perturbed("vgg16", "compact")
    masks = {name: np.concatenate(list(make_plan(module, 0.5, name).masks.values()))
             for name in CRITERIA}
    assert len({mask.tobytes() for mask in masks.values()}) == len(CRITERIA)
    for name in CRITERIA:
        again, once = score(module, name), score(module, name)
        assert all(np.array_equal(once[layer], again[layer]) for layer in once)


def test_protected_layers_stay_whole() -> None:
    module = perturbed("vgg16", "compact")
    plan = make_plan(module, 0.6, protected=("conv 1", "conv 13"))
    assert plan.masks["conv 1"].all() and plan.masks["conv 13"].all()
    assert plan.cut == int(0.6 * plan.total) - len(plan.guarded)


@pytest.mark.parametrize("ratio", [-0.1, 0.995, 1, 70, float("nan")])
def test_ratios_that_are_no_share_are_refused(ratio: float) -> None:
    with pytest.raises(UserError, match=r"from 0 to 0\.99 are accepted"):
        make_plan(perturbed("vgg16", "compact"), ratio)


def test_a_ratio_that_would_empty_a_protected_layer_is_refused() -> None:
    module = perturbed("vgg16", "compact")
    layers = [group.name for group in module.groups[7:]]
    with pytest.raises(UserError, match=r"would empty the protected layers conv 8, .*up to 0\.\d+"):
        make_plan(module, 0.5, protected=layers)
    with pytest.raises(UserError, match="no layer called 'conv 99'"):
        make_plan(module, 0.5, protected=["conv 99"])
    with pytest.raises(UserError, match=r"no criterion called 'gama'.*did you mean 'gamma'"):
        make_plan(module, 0.5, "gama")


def test_a_plan_that_leaves_a_layer_empty_is_no_plan() -> None:
    with pytest.raises(ValueError, match="nothing of 'a' stays"):
        Plan("gamma", 0.5, 0.1, {"a": np.ones(2)}, {"a": np.zeros(2, bool)}, (), ())
    for wrong in (np.ones(2, int), np.ones(3, bool)):
        with pytest.raises(ValueError, match="a mask of"):
            Plan("gamma", 0.5, 0.1, {"a": np.ones(2)}, {"a": wrong}, (), ())


SCORES = {"a": np.array([0.1, 0.9, 0.5]), "b": np.array([0.3, 0.2]), "c": np.array([0.7, 0.5])}


def stays(plan: Plan) -> dict[str, list[bool]]:
    return {name: mask.tolist() for name, mask in plan.masks.items()}


def planned(ratio: float, *protected: str) -> Plan:
    """A plan for the seven channels of SCORES; no network is looked at."""
    return make_plan(None, ratio, protected=protected, scores=SCORES)  # type: ignore[arg-type]


def test_a_plan_of_seven_channels() -> None:
    """The order is 0.1 a, 0.2 b, 0.3 b, 0.5 a, 0.5 c, 0.7 c, 0.9 a; b keeps its best by the guard.
    """
    plan = planned(4 / 7)
    assert stays(plan) == {"a": [False, True, False], "b": [True, False], "c": [True, True]}
    assert (plan.threshold, plan.guarded, plan.cut, plan.total) == (0.5, ("b",), 3, 7)
    assert plan.widths == [1, 1, 2] and plan.criterion == "gamma"
    assert plan.as_json() == {
        "criterion": "gamma", "ratio": 4 / 7, "threshold": 0.5, "channels": 7, "cut": 3,
        "guarded": ["b"], "protected": [], "widths": {"a": 1, "b": 1, "c": 2}}


def test_a_protected_layers_channels_are_not_counted_out() -> None:
    plan = planned(3 / 7, "b")
    assert stays(plan) == {"a": [False, True, False], "b": [True, True], "c": [True, False]}
    assert plan.threshold == 0.5 and plan.guarded == () and plan.protected == ("b",)


def test_nothing_goes_at_0_and_the_share_is_rounded_down() -> None:
    plan = planned(0)
    assert (plan.threshold, plan.cut) == (0.0, 0)
    assert planned(1.99 / 7).cut == 1 and planned(0.99).widths == [1, 1, 1]
    hundred = {"a": np.arange(100.0)}
    assert make_plan(None, 0.29, scores=hundred).cut == 29  # type: ignore[arg-type]


def test_equal_scores_go_in_the_order_of_the_layers() -> None:
    equal = {"a": np.full(60, 0.5), "b": np.full(60, 0.5)}
    plan = make_plan(None, 0.3, scores=equal)  # type: ignore[arg-type]
    assert stays(plan) == {"a": [False] * 36 + [True] * 24, "b": [True] * 60}
    mixed = {"a": np.random.default_rng(0).integers(0, 3, 300) / 2}
    wanted = sorted(range(300), key=lambda place: (mixed["a"][place], place))[:150]
    gone = ~make_plan(None, 0.5, scores=mixed).masks["a"]  # type: ignore[arg-type]
    assert np.flatnonzero(gone).tolist() == sorted(wanted)


def test_a_network_in_half_precision_has_scores() -> None:
    module = copy.deepcopy(perturbed("vgg16", "compact")).bfloat16()
    assert all(part.dtype == np.float32 for part in score(module, "gamma").values())


def test_the_highest_ratio_that_protection_allows() -> None:
    """Of a and c all but one channel each may go: 3 of 7."""
    assert highest(SCORES, ["b"]) == 0.42 and highest(SCORES, []) == 0.99
    assert highest({"a": np.ones(200), "b": np.ones(1)}, ["b"]) == 0.99
    assert planned(3 / 7, "b").cut == 3
    with pytest.raises(UserError, match=r"up to 0\.42 are accepted"):
        planned(4 / 7, "b")


def test_a_threshold_is_turned_into_the_ratio_that_cuts_up_to_it() -> None:
    def at(threshold: float, *protected: str) -> float:
        return ratio_at(None, threshold, "gamma", protected, SCORES)  # type: ignore[arg-type]

    assert at(0.0) == 0 and at(0.3) == 3 / 7 and at(0.29) == 2 / 7
    assert at(0.3, "b") == 1 / 7 and at(5.0) == 0.99


def test_widths_are_rounded_to_the_nearest_multiple_by_the_next_best() -> None:
    scores = {"a": np.array([5.0, 1, 9, 3, 7, 2, 8]), "b": np.ones(3)}
    plan = make_plan(None, 0.3, protected=["b"], scores=scores, multiple=2)  # type: ignore[arg-type]
    assert stays(plan)["a"] == [True, False, True, False, True, False, True]  # 4 stay: even
    assert stays(plan)["b"] == [True] * 3  # whole layers stay as they are
    less = make_plan(None, 0.5, protected=["b"], scores=scores, multiple=4)  # type: ignore[arg-type]
    assert stays(less)["a"] == stays(plan)["a"]  # two stay, which is half of four: up
    most = rounded("a", np.array([True] * 6 + [False]), scores["a"], 8)
    assert most.all()  # more than there are is all
    assert rounded("a", plan.masks["a"], scores["a"], 1) is plan.masks["a"]


def test_a_width_that_rounds_to_nothing_is_refused() -> None:
    with pytest.raises(UserError, match="layer 'a' keeps 3 channels, which rounds to 0 in steps of "
                                        "8; layers that keep 4 or more are accepted"):
        make_plan(None, 0.7, scores={"a": np.arange(10.0)}, multiple=8)  # type: ignore[arg-type]
