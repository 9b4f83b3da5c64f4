// The sketchpad's behaviour. Gradio runs this file as the body of a function with the arguments
// element, trigger, props, server, upload and watch, once for each pad on the page.
//
// A drawing is a list of strokes, a stroke a list of [x, y] in pad units (0 … props.side, y down). It is
// never changed in place: every change makes a new list, and undo and redo walk through the lists made.

const canvas = element.querySelector("canvas");
const context = canvas.getContext("2d");
const buttons = Object.fromEntries(
  [...element.querySelectorAll("button")].map((button) => [button.dataset.do, button]),
);

const STEP = 1; // pad units between two kept points: finer than the eye or the network can tell

let drawings = [props.value ?? []]; // all states that undo and redo can reach
let current = 0;
let stroke = null; // the one being drawn
let pointer = null; // the pointer that draws it; others are ignored meanwhile

const strokes = () => (stroke ? [...drawings[current], stroke] : drawings[current]);

function announce() {
  const detail = { strokes: strokes(), penWidth: props.pen_width, penDown: stroke !== null };
  element.dispatchEvent(new CustomEvent("strokes", { bubbles: true, detail }));
}

// --- drawing on the screen -------------------------------------------------------------------------

function resize() {
  const pixels = Math.round(canvas.clientWidth * window.devicePixelRatio);
  if (pixels > 0 && pixels !== canvas.width) canvas.width = canvas.height = pixels;
  paint();
}

function paint() {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (const points of strokes()) paintFrom(points, 0);
}

// The stroke from its point number `first` on: a moving pen adds to the picture, it repaints nothing.
function paintFrom(points, first) {
  const scale = canvas.width / props.side;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.strokeStyle = getComputedStyle(canvas).color;
  context.lineWidth = props.pen_width;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  context.moveTo(...points[first]);
  for (const point of points.slice(first)) context.lineTo(...point);
  context.stroke();
}

// --- the pen ---------------------------------------------------------------------------------------

function position(event) {
  const box = canvas.getBoundingClientRect();
  const unit = (value) => Math.round(value * props.side * 10) / 10;
  return [unit((event.clientX - box.left) / box.width), unit((event.clientY - box.top) / box.height)];
}

function penDown(event) {
  if (pointer !== null || event.button !== 0) return;
  pointer = event.pointerId;
  canvas.setPointerCapture(pointer);
  stroke = [position(event)];
  paintFrom(stroke, 0);
  announce();
}

function penMove(event) {
  if (event.pointerId !== pointer) return;
  const known = stroke.length;
  const moves = event.getCoalescedEvents?.() ?? [];
  for (const move of moves.length ? moves : [event]) {
    const [x, y] = position(move);
    const [lastX, lastY] = stroke.at(-1);
    if (Math.hypot(x - lastX, y - lastY) >= STEP) stroke.push([x, y]);
  }
  if (stroke.length === known) return;
  paintFrom(stroke, known - 1);
  announce();
}

// Lifted, or taken away by the browser: what was drawn stays.
function penUp(event) {
  if (event.pointerId !== pointer) return;
  const drawing = strokes();
  stroke = pointer = null;
  keep(drawing);
}

// --- changes that undo and redo know ---------------------------------------------------------------

function keep(drawing) {
  drawings = [...drawings.slice(0, current + 1), drawing];
  show(drawings.length - 1);
}

function show(number) {
  current = number;
  buttons.undo.disabled = current === 0;
  buttons.redo.disabled = current === drawings.length - 1;
  buttons.clear.disabled = drawings[current].length === 0;
  paint();
  announce();
  props.value = drawings[current];
  trigger("change");
}

const actions = {
  undo: () => current > 0 && show(current - 1),
  redo: () => current < drawings.length - 1 && show(current + 1),
  clear: () => drawings[current].length > 0 && keep([]),
};

function act(name) {
  if (stroke) return; // the pen is down: first finish the stroke
  const button = buttons[name];
  const focused = document.activeElement === button;
  actions[name]();
  if (focused && button.disabled) canvas.focus(); // a disabled button would lose the keyboard's place
}

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
canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press is a dot
element.addEventListener("keydown", shortcut);
for (const [name, button] of Object.entries(buttons)) button.addEventListener("click", () => act(name));
watch("value", () => {
  const value = props.value ?? [];
  if (JSON.stringify(value) !== JSON.stringify(drawings[current])) keep(value); // set from Python
});
new ResizeObserver(resize).observe(canvas);
new MutationObserver(paint).observe(document.body, { attributeFilter: ["class"] }); // light, dark
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
element.addEventListener("strokes-wanted", announce); // for listeners that came after the first change
resize();
announce();
