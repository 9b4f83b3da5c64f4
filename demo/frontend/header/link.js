// A link that carries the drawing itself and what is open, in the part after "#", which browsers send to no server.
//
//   #view=compact   the compact view (compact.js); then, joined by "&":
//   unit=c3.5.2.7   and others: what is open (view.js)
//   d=BASE64URL     the drawing, these bytes:
//     1            version of this format
//     2            sum of all bytes from the pen width on, modulo 65,521, high byte first
//     then varints: the pen's width; then for each stroke its number of points, and for each point how far
//     x and y are from the point before it, zigzag coded. Lengths are tenths of a pad unit.

import { drawing, setDrawing } from "../shared/pad.js";
import { opened, openLinked } from "../shared/view.js";

const VERSION = 1;
const TENTH = 10;
const MOST = 40_000; // characters; longer links are refused unread
const MOST_POINTS = 3_000; // of a drawing, as the server reads it

const DAMAGED = "This link is damaged, so the pad starts empty.";
const TOO_LONG = "This drawing is too long for a link.";
const NOTHING = "Nothing is drawn and nothing is open, so there is nothing to link to.";
const UNKNOWN = "This page cannot show what this link wants to open.";

// Mounts the button, and shows what the page's own link carries; returns whether that has a drawing.
// Where the clipboard is closed, as to plain http and to some iframes, `menu` shows the link to copy by hand.
// `whole` is the compact view's link to the whole page, which takes the drawing along.
/** @param {HTMLElement} button @param {Mounted} menu @param {HTMLAnchorElement} whole @param {Tell} tell */
export function mountLink(button, menu, whole, tell) {
  const field = menu.querySelector("input");

  button.addEventListener("click", async () => {
    const empty = drawing.strokes.length === 0;
    if (empty && opened().length === 0) return tell(NOTHING);
    const link = address();
    if (!link) return tell(TOO_LONG);
    try {
      await navigator.clipboard.writeText(link);
      tell(
        `Link copied: it opens ${empty ? "an empty pad" : "this drawing"} anywhere, with what is open now.`,
      );
    } catch {
      field.value = link;
      menu.showPopover();
      field.select();
      field.focus();
    }
  });

  // Before a new tab opens, by whatever button or key.
  for (const type of ["pointerdown", "focus", "click"]) {
    whole.addEventListener(type, () => (whole.href = address() ?? location.pathname + location.search));
  }

  function open() {
    const link = new URLSearchParams(location.hash.slice(1));
    const linked = link.has("d");
    if (linked) {
      try {
        const { strokes, penWidth } = decode(/** @type {string} */ (link.get("d")));
        setDrawing(strokes, { penWidth });
      } catch {
        setDrawing([]);
        tell(DAMAGED);
      }
    }
    openLinked(link, () => tell(UNKNOWN));
    return linked;
  }
  addEventListener("hashchange", open);
  return open();
}

// The address of the page, be it in somebody's iframe, with what is open and the drawing; null where it would be
// too long.
export function address(parts = opened(), withDrawing = true) {
  const code = withDrawing ? encode(drawing) : "";
  const points = drawing.strokes.reduce((count, stroke) => count + stroke.length, 0);
  if (code.length > MOST || points > MOST_POINTS) return null;
  const url = new URL(location.href);
  url.hash = new URLSearchParams([...parts, ...(code ? [["d", code]] : [])]).toString();
  return url.href;
}

/** @param {{ strokes: Stroke[], penWidth: number }} drawing */
export function encode({ strokes, penWidth }) {
  /** @type {number[]} */
  const bytes = [];
  const varint = (/** @type {number} */ value) => {
    for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
    bytes.push(value);
  };
  const zigzag = (/** @type {number} */ value) => varint(value < 0 ? -2 * value - 1 : 2 * value);
  varint(Math.round(penWidth * TENTH));
  let [x, y] = [0, 0];
  for (const stroke of strokes) {
    varint(stroke.length);
    for (const point of stroke) {
      const [nextX, nextY] = point.map((length) => Math.round(length * TENTH));
      zigzag(nextX - x);
      zigzag(nextY - y);
      [x, y] = [nextX, nextY];
    }
  }
  const sum = checksum(bytes);
  const text = String.fromCharCode(VERSION, sum >> 8, sum & 255, ...bytes);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// { strokes, penWidth }; throws for anything that `encode` did not make.
/** @param {string} text */
export function decode(text) {
  if (text.length > MOST) throw new RangeError("too long");
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Array.from(plain, (character) => character.charCodeAt(0));
  const [version, high, low] = bytes.splice(0, 3);
  if (version !== VERSION || checksum(bytes) !== high * 256 + low) throw new RangeError("damaged");
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let place = 1;; place *= 128) {
      if (at >= bytes.length || place > 2 ** 28) throw new RangeError("cut short");
      const byte = bytes[at++];
      value += (byte & 127) * place;
      if (byte < 128) return value;
    }
  };
  const zigzag = (value = varint()) => (value % 2 ? -(value + 1) / 2 : value / 2);
  const penWidth = varint() / TENTH;
  /** @type {Stroke[]} */
  const strokes = [];
  let [x, y, points] = [0, 0, 0];
  while (at < bytes.length) {
    const count = varint();
    points += count;
    if (count === 0 || points > MOST_POINTS) throw new RangeError("too many points");
    /** @type {Stroke} */
    const stroke = [];
    for (let i = 0; i < count; i++) {
      [x, y] = [x + zigzag(), y + zigzag()];
      stroke.push([x / TENTH, y / TENTH]);
    }
    strokes.push(stroke);
  }
  if (!(penWidth > 0)) throw new RangeError("no pen");
  return { strokes, penWidth };
}

/** @param {number[]} bytes */
const checksum = (bytes) => bytes.reduce((sum, byte, i) => (sum + byte * ((i % 251) + 1)) % 65_521, 0);
