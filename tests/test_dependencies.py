"""pyproject.toml, environment.yml and binder/environment.yml ask for the same packages in the same ranges."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
USERS_NINE = {"torch", "torchvision", "ipywidgets", "plotly", "networkx", "matplotlib", "torch-geometric"}
USERS_NINE |= {"scikit-learn", "umap-learn"}

CONDA_NAMES = {"pytorch": "torch", "pytorch-cpu": "torch", "matplotlib-base": "matplotlib"}
NOT_PACKAGES_OF_OURS = {"python", "pip"}


def ranges(requirements: list[str]) -> dict[str, set[str]]:
    """Name → bounds. Single versions left out (`!=`) are about one registry's files, so they do not count."""
    parsed = [Requirement(line) for line in requirements]
    names = [canonicalize_name(CONDA_NAMES.get(requirement.name, requirement.name)) for requirement in parsed]
    bounds = [{str(bound) for bound in r.specifier if bound.operator != "!="} for r in parsed]
    return dict(zip(names, bounds, strict=True))


def from_pyproject() -> dict[str, set[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    (everything,) = (Requirement(line) for line in extras["all"])
    return ranges(project["dependencies"] + [line for extra in everything.extras for line in extras[extra]])


def from_conda(path: Path) -> dict[str, set[str]]:
    lines = yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"]
    conda = [line for line in lines if isinstance(line, str) and line.split()[0] not in NOT_PACKAGES_OF_OURS]
    (pip,) = (line["pip"] for line in lines if isinstance(line, dict))
    return ranges(conda + [line for line in pip if not line.startswith("-")])


@pytest.mark.parametrize("path", ["environment.yml", "binder/environment.yml"])
def test_the_lists_are_in_step(path: str) -> None:
    assert from_conda(ROOT / path) == from_pyproject()


def test_the_nine_packages_the_project_is_for_are_all_there() -> None:
    assert set(from_pyproject()) >= USERS_NINE


def test_the_oldest_python_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert f"python {project['requires-python']}" in lines
