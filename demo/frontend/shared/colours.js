// The two colour scales of the page, as tables of 256 RGBA pixels for an ImageData seen as Uint32Array:
// greys for ink, and one signed scale for all maps, whose middle, 0, is the page's neutral colour.
// The end colours are CSS variables, so that light and dark pages have their own.

/** @type {Uint32Array} */
export let ink;
/** @type {Uint32Array} */
export let signed;

/** @type {Set<() => void>} */
const listeners = new Set();

// Calls `repaint` whenever the page turned light or dark, with new tables in place.
/** @param {() => void} repaint */
export function onTheme(repaint) {
  listeners.add(repaint);
}

/** @param {HTMLElement} element @param {string[]} stops */
function table(element, stops) {
  const style = getComputedStyle(element);
  const colours = stops.map((name) => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  });
  const pixels = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (colours.length - 1);
    const low = Math.min(Math.floor(place), colours.length - 2);
    const mix = [0, 1, 2].map((c) =>
      Math.round(colours[low][c] + (colours[low + 1][c] - colours[low][c]) * (place - low))
    );
    pixels[i] = (255 << 24) | (mix[2] << 16) | (mix[1] << 8) | mix[0];
  }
  return pixels;
}

function update() {
  const root = document.body;
  ink = table(root, ["--paper", "--ink"]);
  const halves = table(root, ["--negative", "--zero", "--positive"]);
  signed = new Uint32Array(256); // indexed by an int8 seen as uint8: 0 … 127, then -128 … -1
  for (let value = -128; value < 128; value++) {
    signed[value & 255] = halves[Math.round((Math.max(value, -127) + 127) * (255 / 254))];
  }
  listeners.forEach((repaint) => repaint());
}

update();
new MutationObserver(update).observe(document.body, { attributeFilter: ["class"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", update);
