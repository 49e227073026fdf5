"""Says in words what contributions mean: the sentences of "why" and "why not"."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["joined", "signed", "why_not_sentence", "why_sentence"]

SMALL = 0.05  # share of the strongest contribution below which a concept is not worth a word


def signed(value: float) -> str:
    """A number with its sign: "+0.42", "−0.10"."""
    return f"{value:+.2f}".replace("-", "−")


def joined(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def _clauses(nodes: Sequence[tuple[str, float, bool]], relations: float, cls: str) -> list[str]:
    strongest = max([abs(value) for _, value, _ in nodes] + [abs(relations), 1e-12])
    told = sorted((n for n in nodes if n[2] and abs(n[1]) >= SMALL * strongest), key=lambda n: -abs(n[1]))
    clauses = []
    for verb, sign in (("speaks for", 1), ("speaks against", -1)):
        side = [f"{name} ({signed(value)})" for name, value, _ in told if value * sign > 0]
        if side:
            clauses.append(
                f"{joined(side)} {verb if len(side) == 1 else verb.replace('speaks', 'speak')} {cls}"
            )
    if abs(relations) >= SMALL * strongest:
        agree = "agree" if relations > 0 else "disagree"
        clauses.append(f"the places of the concepts {agree} with it ({signed(relations)})")
    missing = [name for name, _, detected in nodes if not detected]
    if missing:
        clauses.append(f"{joined(missing)} {'is' if len(missing) == 1 else 'are'} not in the picture")
    return clauses


def why_sentence(cls: str, nodes: Sequence[tuple[str, float, bool]], relations: float) -> str:
    """ "Why fire engine? Because …"

    Parameters
    ----------
    nodes : (name, contribution, detected) of each concept
    relations : sum of the edges' contributions
    """
    clauses = _clauses(nodes, relations, cls)
    return (
        f"Why {cls}? Because {'; '.join(clauses)}."
        if clauses
        else f"Why {cls}? Nothing here speaks for or against it."
    )


def why_not_sentence(
    cls: str, nodes: Sequence[tuple[str, float, bool]], relations: float, toward: str
) -> str:
    """ "Why not ambulance? Its concepts: …", evidence for and against ``toward``."""
    clauses = _clauses(nodes, relations, toward)
    if not any(detected for _, _, detected in nodes):
        return f"Why not {cls}? None of its concepts is in the picture."
    return f"Why not {cls}? Of its concepts, {'; '.join(clauses)}."
