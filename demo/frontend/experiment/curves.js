// The ten probabilities over a change's whole range, drawn as curves: the network's own numbers, joined by lines.

const SVG = "http://www.w3.org/2000/svg";
const NAMED = 0.2; // a digit that never gets so probable has no name beside its curve
const EDGE = 0.06; // of the positions, from either end: a name there would leave the picture

// Doubts and flips are drawn where the figure has a place for them.
/** @param {HTMLElement} figure */
export function mountCurves(figure) {
  const group = (/** @type {string} */ name) => /** @type {SVGGElement} */ (figure.querySelector(`.${name}`));
  const [doubts, lines, flips, names] = ["doubts", "lines", "flips", "names"].map(group);
  const present = /** @type {SVGLineElement} */ (figure.querySelector(".present"));

  /**
   * @param {ArrayLike<number>} probabilities of each digit, position after position
   * @param {ArrayLike<number>} isDigit at each position; NaN where nothing is left of the drawing
   */
  function show(probabilities, isDigit) {
    const count = isDigit.length;
    const edge = Math.ceil(EDGE * count);
    const positions = Array.from({ length: count }, (_, position) => position);
    if (count === 0) return clear();
    /** @type {(position: number, digit: number) => number} */
    const at = (position, digit) => probabilities[10 * position + digit];
    const answers = positions.map((position) => {
      const shares = Array.from({ length: 10 }, (_, digit) => at(position, digit));
      return Number.isNaN(isDigit[position]) ? -1 : shares.indexOf(Math.max(...shares));
    });

    const digits = Array.from({ length: 10 }, (_, digit) => {
      const peak = positions.reduce((
        best,
        position,
      ) => (at(position, digit) > at(best, digit) ? position : best));
      return { digit, peak, highest: at(peak, digit) };
    });
    lines.replaceChildren(...digits.map(({ digit, highest }) => {
      const line = document.createElementNS(SVG, "polyline");
      line.setAttribute(
        "points",
        positions.map((position) => `${position},${1 - at(position, digit)}`).join(" "),
      );
      line.dataset.digit = String(digit);
      line.classList.toggle("low", highest < NAMED);
      return line;
    }));
    names.replaceChildren(
      ...digits.filter(({ highest }) => highest >= NAMED).map(({ digit, highest }) => {
        // Where a curve stays at its height, its name stands in the middle of that.
        const high = positions.filter((position) => at(position, digit) > 0.98 * highest);
        const middle = Math.min(Math.max(high[high.length >> 1], edge), count - 1 - edge);
        const name = document.createElement("span");
        name.textContent = String(digit);
        name.style.left = `${(100 * middle) / (count - 1)}%`;
        name.style.top = `${100 * (1 - highest)}%`;
        return name;
      }),
    );
    doubts?.replaceChildren(
      ...positions.filter((position) => !(isDigit[position] >= 0.5)).map((position) =>
        rectangle(position - 0.5)
      ),
    );
    flips?.replaceChildren(
      ...positions.filter((position) => position && answers[position] !== answers[position - 1])
        .map((position) => upright(position - 0.5)),
    );
  }

  function clear() {
    for (const part of [doubts, lines, flips, names]) part?.replaceChildren();
  }

  /** @param {number} position */
  function mark(position) {
    present.setAttribute("x1", String(position));
    present.setAttribute("x2", String(position));
  }

  return { show, mark };
}

/** @param {number} x */
function rectangle(x) {
  const part = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x, y: 0, width: 1, height: 1 })) {
    part.setAttribute(name, String(value));
  }
  return part;
}

/** @param {number} x */
function upright(x) {
  const line = document.createElementNS(SVG, "line");
  for (const [name, value] of Object.entries({ x1: x, x2: x, y1: 0, y2: 1 })) {
    line.setAttribute(name, String(value));
  }
  return line;
}
