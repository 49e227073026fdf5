"""What the filter loss does to the filters of a small network: are they sure of their places?

Networks of one form and one start learn ``toyworld/animals`` at 96 pixels: an ordinary one, one with the mask
layer, and some with mask layer and filter loss, of several weights. Of new pictures, in which animals stand
anywhere:

right         share of answers
instability   location instability of the top layer's filters (survey 6.2, the 100 strongest pictures of each
              landmark), and of the tenth that is surest; beside it, always the centre, and places by lot
part          share of a filter's strongest places, 20 pictures each, that lie on the one part it lies on most
              (purity), beside that of places by lot
"""

from __future__ import annotations

import argparse
from typing import Any

import torch
from measuring import record

import xaikit as xk
from xaikit.reproduce.survey.interpretable_cnn import SIDE, controls, judged, trained
from xaikit.zoo.training import as_pictures

N_TRAINED, N_NEW = 6000, 1200
WEIGHTS = (0.003, 0.01, 0.03)
PLAIN, MASKED = "ordinary", "with masks"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    device = torch.device(parser.parse_args().device)
    seen = as_pictures(xk.load_images("toyworld/animals", split="train", n=N_TRAINED), SIDE)
    new = [*xk.load_images("toyworld/animals", split="test", n=N_NEW)]
    report: dict[str, Any] = {"pictures": N_NEW, "trained on": N_TRAINED}
    made = {PLAIN: 0.0, MASKED: 0.0, **{f"with masks and {weight} of the loss": weight for weight in WEIGHTS}}
    for name, weight in made.items():
        report[name] = judged(trained(seen, name != PLAIN, weight, device), new)
        record("filter_loss", report, device)
    report["controls"] = controls(new)
    record("filter_loss", report, device)


if __name__ == "__main__":
    main()
