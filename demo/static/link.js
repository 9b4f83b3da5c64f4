// A link that carries the drawing itself, in the part after "#", which browsers send to no server.
//
//   #d=BASE64URL of these bytes:
//     1            version of this format
//     2            sum of all bytes from the pen width on, modulo 65,521, high byte first
//     then varints: the pen's width; then for each stroke its number of points, and for each point how far
//     x and y are from the point before it, zigzag coded. Lengths are tenths of a pad unit.

import { drawing, setDrawing } from "./pad.js";

const VERSION = 1;
const TENTH = 10;
const MOST = 40_000; // characters; longer links are refused unread
const MOST_POINTS = 5_000; // of a drawing, as the server reads it

const DAMAGED = "This link is damaged, so the pad starts empty.";
const TOO_LONG = "This drawing is too long for a link.";

// Mounts the button, and shows the drawing of the page's own link; returns whether there was a link.
// Where the clipboard is closed, as to plain http and to some iframes, `menu` shows the link to copy by hand.
export function mountLink(button, menu, tell) {
  const field = menu.querySelector("input");

  button.addEventListener("click", async () => {
    const code = encode(drawing);
    const points = drawing.strokes.reduce((count, stroke) => count + stroke.length, 0);
    if (code.length > MOST || points > MOST_POINTS) return tell(TOO_LONG);
    const url = new URL(location.href); // the page's own, be it in somebody's iframe
    url.hash = `d=${code}`;
    try {
      await navigator.clipboard.writeText(url.href);
      tell("Link copied: it opens this drawing anywhere.");
    } catch {
      field.value = url.href;
      menu.showPopover();
      field.select();
      field.focus();
    }
  });

  function open() {
    if (!location.hash.startsWith("#d=")) return false;
    try {
      const { strokes, penWidth } = decode(location.hash.slice(3));
      setDrawing(strokes, { penWidth });
    } catch {
      setDrawing([]);
      tell(DAMAGED);
    }
    return true;
  }
  addEventListener("hashchange", open);
  return open();
}

export function encode({ strokes, penWidth }) {
  const bytes = [];
  const varint = (value) => {
    for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
    bytes.push(value);
  };
  const zigzag = (value) => varint(value < 0 ? -2 * value - 1 : 2 * value);
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
export function decode(text) {
  if (text.length > MOST) throw new RangeError("too long");
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Array.from(plain, (character) => character.charCodeAt(0));
  const [version, high, low] = bytes.splice(0, 3);
  if (version !== VERSION || checksum(bytes) !== high * 256 + low) throw new RangeError("damaged");
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      if (at >= bytes.length || place > 2 ** 28) throw new RangeError("cut short");
      const byte = bytes[at++];
      value += (byte & 127) * place;
      if (byte < 128) return value;
    }
  };
  const zigzag = (value = varint()) => (value % 2 ? -(value + 1) / 2 : value / 2);
  const penWidth = varint() / TENTH;
  const strokes = [];
  let [x, y, points] = [0, 0, 0];
  while (at < bytes.length) {
    const count = varint();
    points += count;
    if (count === 0 || points > MOST_POINTS) throw new RangeError("too many points");
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

const checksum = (bytes) => bytes.reduce((sum, byte, i) => (sum + byte * ((i % 251) + 1)) % 65_521, 0);
