"""Draws what KvLayouts printed: kv_layout.py CSV… > SVG"""

import csv
import io
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "qwen4j"
import matplotlib.pyplot as plt


def rows(paths):
    for path in paths:
        with open(path, newline="") as file:
            yield from csv.DictReader(file)


def main():
    lines = {}
    for row in rows(sys.argv[1:]):
        if row["layout"] in ("unified", "streams"):
            panel = lines.setdefault(row["model"], {})
            line = panel.setdefault((int(row["active"]), row["layout"]), [])
            line.append((int(row["idle_cells"]) // 1024, float(row["ms"])))
    figure, axes = plt.subplots(1, len(lines), figsize=(6 * len(lines), 4.5), squeeze=False)
    for axis, (model, panel) in zip(axes[0], lines.items()):
        colours = {active: f"C{i}" for i, active in enumerate(sorted({active for active, _ in panel}))}
        for (active, layout), points in sorted(panel.items()):
            axis.plot(
                *zip(*points),
                color=colours[active],
                linestyle="-" if layout == "unified" else "--",
                marker="o",
                label=f"{active} active, {'one pool' if layout == 'unified' else 'streams'}",
            )
        axis.set_title(model)
        axis.set_xlabel("cells that others hold, × 1,024")
        axis.set_ylabel("ms a step")
        axis.set_yscale("log")
        axis.grid(True, which="both", alpha=0.2)
    axes[0][-1].legend(fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight", metadata={"Date": None})
    sys.stdout.write(out.getvalue())


main()
