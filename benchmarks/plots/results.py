"""Draws how far what was measured is from what was promised: results.py JSON > SVG"""

import io
import json
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "qwen4j"
import matplotlib.pyplot as plt


def share(value, target):
    """1 is what was promised; more is better, whichever way the figure goes."""
    return target["bound"] / value if target["lowerIsBetter"] else value / target["bound"]


def lines(results):
    """A label, the value, its unit and target, and what each run and each model came to."""
    for result in results:
        if result["target"]:
            others = [c["ratioOfMedians"] for c in result["comparisons"]] if result["unit"] == "ratio" else []
            yield result["name"], result["value"], result["unit"], result["target"], result["runs"], others
        for figure in result["figures"]:
            if figure["target"]:
                label = f"{result['name']}: {figure['what']}"
                yield label, figure["value"], figure["unit"], figure["target"], [], []


def main():
    with open(sys.argv[1]) as file:
        measured = json.load(file)
    rows = list(lines(measured["results"]))[::-1]
    figure, axis = plt.subplots(figsize=(9, 1.2 + 0.38 * len(rows)))
    for y, (_, value, _, target, runs, others) in enumerate(rows):
        met = share(value, target) >= 1
        axis.plot([share(run, target) for run in runs if run > 0], [y] * len([run for run in runs if run > 0]), "|", color="0.6", markersize=9)
        axis.plot([share(other, target) for other in others], [y] * len(others), "o", color="0.6", markerfacecolor="none")
        axis.plot(share(value, target), y, "o", color="C2" if met else "C3", markersize=8)
    axis.axvline(1, color="0.3", linewidth=1)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(matplotlib.ticker.FuncFormatter(lambda x, _: f"{x:g}"))
    axis.xaxis.set_minor_formatter(matplotlib.ticker.NullFormatter())
    axis.set_yticks(range(len(rows)), [label for label, *_ in rows], fontsize="small")
    axis.set_ylim(-0.7, len(rows) - 0.3)
    right = axis.secondary_yaxis("right")
    right.set_yticks(
        range(len(rows)),
        [
            f"{value:.3g}{'' if unit == 'ratio' else ' ' + unit} ({'≤' if target['lowerIsBetter'] else '≥'} {target['bound']:g})"
            for _, value, unit, target, _, _ in rows
        ],
        fontsize="small",
    )
    axis.grid(True, axis="x", which="both", alpha=0.2)
    axis.set_xlabel("what was measured, as a share of what was promised: right of 1 is better (open: each model; ticks: each run)")
    machine = measured["machine"]
    axis.set_title(f"{machine['processor']}, {machine['cores']} cores, load before {machine['loadAverage']:.2f}", fontsize="small")
    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight", metadata={"Date": None})
    sys.stdout.write(out.getvalue())


main()
