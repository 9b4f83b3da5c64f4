// Where the figure's parts are on the screen, as measured there, and curves from one to another. The figure runs from
// left to right on a wide page and from top to bottom on a narrow one: `along` is its direction, `aside` the other.

/**
 * A part's edges along the figure's direction and aside of it, in px from the figure's corner.
 * @typedef {{ start: number, end: number, low: number, high: number }} Extent
 */

/**
 * @param {HTMLElement} figure
 * @param {Pictured[]} layers
 * @param {Element[]} bars
 */
export function measure(figure, layers, bars) {
  const known = new Map(layers.map((layer) => [layer.name, layer]));
  const first = known.get("input")?.holder.getBoundingClientRect();
  const second = known.get("c1")?.holder.getBoundingClientRect();
  const across = Boolean(first && second && first.right <= second.left);

  /** @type {(part: Element) => Extent} */
  const extent = (part) => {
    const { left, top, right, bottom } = part.getBoundingClientRect();
    const origin = figure.getBoundingClientRect(); // now: the page may have been scrolled since the last part
    const [x, y] = [{ start: left, end: right, from: origin.left }, {
      start: top,
      end: bottom,
      from: origin.top,
    }];
    const [along, aside] = across ? [x, y] : [y, x];
    return {
      start: along.start - along.from,
      end: along.end - along.from,
      low: aside.start - aside.from,
      high: aside.end - aside.from,
    };
  };
  /** @type {(name: string) => Extent[]} */
  const maps = (name) =>
    name === "softmax"
      ? bars.map((bar) => extent(/** @type {Element} */ (bar.querySelector(".name"))))
      : (known.get(name)?.pictures ?? []).map(({ canvas }) => extent(canvas));
  // Where a layer begins, along the figure: what leads to a map in its second row bends before the first.
  /** @param {string} name */
  const begins = (name) => Math.min(...maps(name).map(({ start }) => start));
  return { across, maps, begins };
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;

/** @typedef {[along: number, aside: number]} Spot */

/**
 * An SVG path from [along, aside] to [along, aside]: bent until `bend`, then straight.
 * @param {boolean} across
 * @param {Spot} from
 * @param {Spot} to
 */
export function curve(across, [from, fromAside], [to, toAside], bend = to) {
  const middle = (from + bend) / 2;
  const points = [[from, fromAside], [middle, fromAside], [middle, toAside], [bend, toAside], [to, toAside]];
  const [a, b, c, d, e] = points.map((point) => (across ? point : point.toReversed()).map(round).join(" "));
  return `M${a}C${b} ${c} ${d}L${e}`;
}

/**
 * The point of a part's edge where a line begins ("end") or ends ("start"), at a share of its side.
 * @param {Extent} part
 * @param {"start" | "end"} edge
 * @returns {Spot}
 */
export const port = (part, edge, share = 0.5) => [part[edge], part.low + share * (part.high - part.low)];
