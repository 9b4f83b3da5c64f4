// The sketchpad's behaviour. Gradio runs this file as the body of a function with the arguments
// element, trigger, props, server, upload and watch, once for each pad on the page.
//
// A drawing is a list of strokes, a stroke a list of [x, y] in pad units (0 … props.side, y down). It is
// never changed in place: every change makes a new list, and undo and redo walk through the lists made.
//
// DOM events of the element, for other scripts of the page:
//   "strokes"          sent at every change; detail { strokes, penWidth, penDown, side }
//   "strokes-wanted"   heard: sends "strokes" again, for listeners that came late
//   "strokes-set"      heard: shows detail.strokes, drawn with detail.penWidth or else the pad's own pen;
//                      detail.keep makes it one undo step, without it the drawing is only shown

const paper = element.querySelector(".paper");
const canvas = element.querySelector(".ink");
const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
const buttons = Object.fromEntries(
  [...element.querySelectorAll("button")].map((button) => [button.dataset.do, button]),
);

const HISTORY = 200; // states that undo can go back; a long lesson must not fill the memory
const STEP = 1; // pad units between two kept points: finer than the eye or the network can tell

let drawings = [props.value ?? []]; // all states that undo and redo can reach
let current = 0;
/** @type {Stroke[] | null} */
let shown = null; // a drawing that another script only shows, as while an example is replayed
/** @type {Stroke | null} */
let stroke = null; // the one being drawn
/** @type {number | "keyboard" | null} */
let pointer = null; // what draws it, a pointer's number or "keyboard"; others are ignored meanwhile
let penWidth = props.pen_width;
/** @type {string} */
let colour; // of the ink, in the page's theme

const strokes = () => (stroke ? [...drawings[current], stroke] : (shown ?? drawings[current]));

function announce() {
  const penDown = stroke !== null || shown !== null;
  const detail = { strokes: strokes(), penWidth, penDown, side: props.side };
  element.dispatchEvent(new CustomEvent("strokes", { bubbles: true, detail }));
}

// --- drawing on the screen -------------------------------------------------------------------------

function resize() {
  const pixels = Math.round(canvas.clientWidth * window.devicePixelRatio);
  if (pixels > 0 && pixels !== canvas.width) canvas.width = canvas.height = pixels;
  paint();
}

function paint() {
  colour = getComputedStyle(canvas).color; // asked for once, not at every movement
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (const points of strokes()) paintFrom(points, 0);
}

// The stroke from its point number `first` on: a moving pen adds to the picture, it repaints nothing.
/** @param {Stroke} points @param {number} first */
function paintFrom(points, first) {
  const scale = canvas.width / props.side;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.strokeStyle = colour;
  context.lineWidth = penWidth;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  context.moveTo(...points[first]);
  for (const point of points.slice(first)) context.lineTo(...point);
  context.stroke();
}

// --- the pen ---------------------------------------------------------------------------------------

/** @type {(event: PointerEvent) => Point} */
function position(event) {
  const box = canvas.getBoundingClientRect();
  const unit = (/** @type {number} */ value) => Math.round(value * props.side * 10) / 10;
  return [unit((event.clientX - box.left) / box.width), unit((event.clientY - box.top) / box.height)];
}

/** @param {Point} point @param {number | "keyboard"} by */
function begin(point, by) {
  if (shown) keep(shown); // what is seen is what is drawn on
  pointer = by;
  stroke = [point];
  paintFrom(stroke, 0);
  announce();
}

/** @param {Point[]} points */
function extend(points) {
  if (!stroke) return;
  const known = stroke.length;
  for (const [x, y] of points) {
    const [lastX, lastY] = stroke[stroke.length - 1];
    if (Math.hypot(x - lastX, y - lastY) >= STEP) stroke.push([x, y]);
  }
  if (stroke.length === known) return;
  paintFrom(stroke, known - 1);
  announce();
}

function lift() {
  if (!stroke) return;
  const drawing = strokes();
  stroke = pointer = null;
  keep(drawing);
}

/** @param {PointerEvent} event */
function penDown(event) {
  hideCursor();
  if (pointer === "keyboard") liftByKey();
  if (pointer !== null || event.button !== 0) return;
  canvas.setPointerCapture(event.pointerId);
  begin(position(event), event.pointerId);
}

/** @param {PointerEvent} event */
function penMove(event) {
  if (event.pointerId !== pointer) return;
  const moves = event.getCoalescedEvents?.() ?? [];
  extend((moves.length ? moves : [event]).map(position));
}

// Lifted, or taken away by the browser: what was drawn stays.
/** @param {PointerEvent} event */
function penUp(event) {
  if (event.pointerId === pointer) lift();
}

// --- the pen, moved by keys ------------------------------------------------------------------------

/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SMALL_STEP = 5; // pad units
const BIG_STEP = 20; // with Shift

const cursor = element.querySelector(".cursor");
const spoken = element.querySelector("[aria-live]");
/** @type {Set<string>} */
const held = new Set(); // two arrow keys at once move aslant
/** @type {Point} */
let place = [props.side / 2, props.side / 2];

const hint = element.querySelector(".hint");
hint.id = `sketchpad-hint-${Math.random().toString(36).slice(2)}`; // a page may have several pads
canvas.setAttribute("aria-describedby", hint.id);

function showCursor() {
  const [left, top] = place.map((value) => `${(100 * value) / props.side}%`);
  Object.assign(cursor.style, { left, top, width: `${(100 * penWidth) / props.side}%` });
  paper.classList.add("keys");
  paper.classList.toggle("inking", pointer === "keyboard");
  paper.classList.toggle("low", place[1] > 0.7 * props.side); // then the hint makes way
}

function hideCursor() {
  held.clear();
  paper.classList.remove("keys", "inking");
}

function liftByKey() {
  lift();
  spoken.textContent = "Pen up";
}

/** @param {KeyboardEvent} event */
function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const drawing = pointer === "keyboard";
  if (ARROWS[event.key]) {
    held.add(event.key);
    const step = event.shiftKey ? BIG_STEP : SMALL_STEP;
    for (const [x, y] of [...held].map((name) => ARROWS[name])) {
      place = [place[0] + x * step, place[1] + y * step];
    }
    place = /** @type {Point} */ (place.map((value) => Math.min(Math.max(value, 0), props.side)));
    if (drawing) extend([place]);
  } else if (event.key === " " && !event.repeat && (drawing || pointer === null)) {
    if (drawing) liftByKey();
    else {
      begin(place, "keyboard");
      spoken.textContent = "Pen down";
    }
  } else if (event.key === "Escape" && drawing) liftByKey();
  else return;
  event.preventDefault();
  showCursor();
}

function leave() {
  if (pointer === "keyboard") liftByKey();
  hideCursor();
}

// --- changes that undo and redo know ---------------------------------------------------------------

/** @param {Stroke[]} drawing */
function keep(drawing) {
  drawings = [...drawings.slice(0, current + 1), drawing].slice(-HISTORY);
  show(drawings.length - 1);
}

/** @param {number} number */
function show(number) {
  current = number;
  shown = null;
  enableButtons();
  paint();
  announce();
  props.value = drawings[current];
  trigger("change");
}

function enableButtons() {
  buttons.undo.disabled = !shown && current === 0;
  buttons.redo.disabled = Boolean(shown) || current === drawings.length - 1;
  buttons.clear.disabled = strokes().length === 0;
}

/** @param {{ strokes: Stroke[], keep?: boolean, penWidth?: number }} wanted */
function set({ strokes: drawing, keep: kept, penWidth: width }) {
  if (pointer === "keyboard") liftByKey();
  else lift();
  penWidth = width ?? props.pen_width;
  if (kept) return keep(drawing);
  shown = drawing;
  enableButtons();
  paint();
  announce();
}

/** @type {Record<string, () => void>} */
const actions = {
  undo: () => current > 0 && show(current - 1),
  redo: () => current < drawings.length - 1 && show(current + 1),
  clear: () => drawings[current].length > 0 && keep([]),
};

/** @param {string} name */
function act(name) {
  if (stroke) return; // the pen is down: first finish the stroke
  if (shown) keep(shown);
  const button = buttons[name];
  const focused = document.activeElement === button;
  actions[name]();
  if (focused && button.disabled) canvas.focus(); // a disabled button would lose the keyboard's place
}

/** @param {KeyboardEvent} event */
function shortcut(event) {
  if (!(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  const name = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null;
  if (!name) return;
  event.preventDefault();
  act(name);
}

canvas.addEventListener("pointerdown", penDown);
canvas.addEventListener("pointermove", penMove);
canvas.addEventListener("pointerup", penUp);
canvas.addEventListener("pointercancel", penUp);
element.addEventListener("dragstart", (event) => event.preventDefault()); // of what a page has selected
canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press is a dot
canvas.addEventListener("keydown", key);
canvas.addEventListener("keyup", (event) => held.delete(event.key));
canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && showCursor());
canvas.addEventListener("blur", leave);
element.addEventListener("keydown", shortcut);
for (const [name, button] of Object.entries(buttons)) button.addEventListener("click", () => act(name));
watch("value", () => {
  const value = props.value ?? [];
  if (JSON.stringify(value) !== JSON.stringify(drawings[current])) keep(value); // set from Python
});
new ResizeObserver(resize).observe(canvas);
new MutationObserver(paint).observe(document.body, { attributeFilter: ["class"] }); // light, dark
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
element.addEventListener("strokes-wanted", announce);
element.addEventListener("strokes-set", (event) => set(event.detail));
resize();
announce();
