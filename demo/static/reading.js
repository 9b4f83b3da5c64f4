// Asks the server what the network makes of the drawing: one update at a time, then the newest drawing.
//
// Whoever wants to know listens on `readings`:
//   "reading"   detail { digit, arrays, drawing }: the answer to a drawing, { strokes, penWidth, penDown }
//   "trouble"   detail { sentence }: there is no answer for now; the drawing is kept

import { unpack } from "./message.js";
import { ask, latest, SLOW, understood } from "./server.js";

export const readings = new EventTarget();

// The newest reading, for those who come later; null before the first.
export let newest = null;

// The drawing as the server's routes want it.
export const asBody = ({ strokes, penWidth }) => ({ strokes, pen_width: penWidth });

// Whether the network would rather not call it a digit.
export const doubted = ({ arrays }) => arrays.is_digit.values[0] < 0.5;

const LONGEST_DELAY = 2_000; // ms that an older answer may stand under a newer drawing

let drawn = null; // what is on the pad

const askFor = latest(read, show, ({ message }) => send("trouble", { sentence: message }));
document.addEventListener("strokes", ({ detail }) => {
  drawn = detail;
  askFor(drawn);
});

async function read(drawing) {
  const late = setTimeout(() => send("trouble", { sentence: SLOW }), LONGEST_DELAY);
  try {
    return understood(await ask("update", asBody(drawing)), unpack);
  } finally {
    clearTimeout(late);
  }
}

function show(reading, drawing) {
  if (drawn !== drawing && drawn.strokes.length === 0) return; // it would stand under an empty pad
  newest = { ...reading, drawing };
  send("reading", newest);
}

function send(type, detail) {
  readings.dispatchEvent(new CustomEvent(type, { detail }));
}

// The pad may have been there first: ask it for its drawing.
for (const pad of document.querySelectorAll(".sketchpad")) {
  pad.dispatchEvent(new CustomEvent("strokes-wanted"));
}
