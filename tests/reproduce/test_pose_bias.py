"""Table 2 and figure 9 of VRX: the sets are as biased as they say, the cells add up, both run."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from tests.drawn import DrawnOnce, drawn_once
from xaikit.reproduce import find_figure
from xaikit.reproduce.setting import Setting
from xaikit.reproduce.vrx import pose_bias
from xaikit.reproduce.vrx.pose_bias import MILITARY, TRAINED_POSE, Sizes, biased_set, repairs, unbiased_set
from xaikit.vrx import VRX
from xaikit.worlds import vehicles
from xaikit.worlds.vehicles import POSES

TINY = Sizes(n_train=15, n_added=1, n_test=9, n_seeds=1, epochs=1, side=32, explained_side=64, n_fit=12)
SMALL = {"n_discovery": 8, "n_pictures": 10, "n_judged": 3, "n_masked": 1, "n_random": 4, "epochs": 9}


def dataset(*asked: Any) -> DrawnOnce:
    """The same vehicles, drawn once for both; that they are the same anew is asked in tests/worlds."""
    return drawn_once(vehicles.dataset, *(tuple(one) if isinstance(one, list) else one for one in asked))


@pytest.fixture(autouse=True)
def drawn_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pose_bias, "dataset", dataset)


def classes_and_poses(data):
    return Counter((data.class_names[sample.label], sample.scene.pose.name) for sample in data)


def test_in_training_every_class_has_one_pose_of_its_own():
    assert set(TRAINED_POSE.values()) == set(POSES)
    assert classes_and_poses(biased_set(3, seed=0)) == {pair: 3 for pair in TRAINED_POSE.items()}


def test_in_the_test_every_class_has_every_pose():
    expected = {(cls, pose): 2 for cls in TRAINED_POSE for pose in POSES}
    assert classes_and_poses(unbiased_set(6, seed=0)) == expected


def test_the_settings_add_as_many_pictures_in_all_poses_or_in_one():
    added = repairs(2, seed=0)
    assert classes_and_poses(added["setting 1"]) == {(MILITARY, pose): 2 for pose in POSES}
    assert classes_and_poses(added["setting 2"]) == {(MILITARY, TRAINED_POSE[MILITARY]): 6}


def test_no_vehicle_is_drawn_twice_for_training():
    """Pictures that share class, seed and number share the vehicle, whatever the pose."""
    added = repairs(3, seed=0)
    trained = biased_set(9, seed=0).of_class(MILITARY)
    for arm in added.values():
        vehicles = {sample.scene.parts for sample in trained} | {sample.scene.parts for sample in arm}
        assert len(vehicles) == 18


def test_cells_by_hand():
    """Two seeds: 40 and 60 average to 50 ± t₁(0.975) · 10, t₁(0.975) = 12.706."""
    rates = {arm: np.full((2, 3, 3), 50.0) for arm in pose_bias.ARMS}
    rates["original"][0], rates["original"][1] = 40, 60
    rates["setting 1"] = rates["original"] + np.array([12.0, 8.0])[:, None, None]
    row, seen = list(TRAINED_POSE).index(MILITARY), POSES.index(TRAINED_POSE[MILITARY])
    rates["setting 2"][:, row, seen] = 80
    cells = pose_bias._table(rates)
    assert cells["average accuracy, original"] == 50
    assert cells["average accuracy, original, 95 % interval"] == "-77.1 to 177.1"
    assert cells["gain, setting 1"] == 10
    assert cells[f"accuracy of {MILITARY}, setting 2"] == pytest.approx(60)
    assert cells[f"accuracy of {MILITARY} in its trained pose, setting 2"] == 80
    assert cells[f"accuracy of {MILITARY} in the other poses, setting 2"] == 50
    assert cells["accuracy of tank, setting 2"] == 50


def test_the_interval_is_the_one_scipy_gives():
    values = np.random.default_rng(0).normal(70, 5, 5)
    low, high = ttest_1samp(values, 0).confidence_interval(0.95)
    assert pose_bias._cell("x", values)["x, 95 % interval"] == f"{low:.1f} to {high:.1f}"
    assert list(pose_bias._cell("x", values[:1])) == ["x"]


def test_table2_runs_and_repeats_itself():
    function = find_figure("vrx.table2").load()
    outcome = function(Setting(device="cpu", seed=3), TINY)
    assert set(outcome.paper) <= set(outcome.measured)
    for arm in pose_bias.ARMS:
        classes = [outcome.measured[f"accuracy of {cls}, {arm}"] for cls in TRAINED_POSE]
        assert np.mean(classes) == pytest.approx(outcome.measured[f"average accuracy, {arm}"])
    gain = outcome.measured["average accuracy, setting 1"] - outcome.measured["average accuracy, original"]
    assert outcome.measured["gain, setting 1"] == pytest.approx(gain)
    assert function(Setting(device="cpu", seed=3), TINY) == outcome


@pytest.mark.filterwarnings("ignore:.*concept")
def test_fig9_runs_and_its_counts_add_up(monkeypatch):
    monkeypatch.setattr(pose_bias, "_vrx", lambda sizes, seed: VRX(list(TRAINED_POSE), seed=seed, **SMALL))
    outcome = find_figure("vrx.fig9").load()(Setting(device="cpu", seed=3), TINY)
    measured = outcome.measured
    assert set(outcome.paper) <= set(measured)
    assert measured[f"pictures of {MILITARY}"] == 9
    by_pose = [value for name, value in measured.items() if name.startswith("pictures mistaken")]
    assert sum(by_pose) * 3 / 100 == pytest.approx(measured["errors"])
    shares = [
        value for name, value in measured.items() if not name.startswith(("pictures of", "errors", "mean"))
    ]
    assert all(np.isnan(share) or 0 <= share <= 100 for share in shares)
    assert set(outcome.figures) == ({"before", "after"} if measured["errors"] else set())


@pytest.mark.parametrize("name", ["vrx.table2", "vrx.fig9"])
def test_other_pictures_are_refused_before_anything_is_drawn(name):
    with pytest.raises(ValueError, match="Leave both out"):
        find_figure(name).load()(Setting(data="some/folder"))
