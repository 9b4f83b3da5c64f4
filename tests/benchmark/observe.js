// Looks on inside the page, before any of the page's own scripts run, and changes nothing there.
//
// Everything drawn so far is in a drawing. With the "prediction" for it comes its answer; the page paints it in the
// animation frame that follows. When the frame after that one begins, the picture has been handed to the screen:
// that is when a movement counts as shown.

window.observed = {
  ready: null, // ms since the navigation until the pad first told its strokes: it can be drawn on
  answered: null, // ms until the first answer came
  listening: false, // to the page's answers: from now on movements are timed
  predictions: 0,
  asked: 0, // updates
  backwards: 0, // answers that were shown after one to a newer drawing
  ended: [], // ms from a pen's lifting until the answer to what it had drawn came
  waiting: [], // moments of movements that no shown answer contains yet
  onCanvas: [], // ms from a movement until its answer was put on the canvases
  shown: [], // ms until it was shown
  blank: 0, // canvases found without any paint after their first, in all frames looked at
  frames: 0, // looked at
  ribbons: [], // ms from pointing at a unit until the ribbons that lead to it were shown
};

{
  let moved = null; // when the newest movement came; it counts once the pad has made a drawing of it
  let drawing = false; // the pen is down
  let lifted = null; // when it was lifted
  let drawings = 0;
  let newest = 0; // number of the drawing that was answered last
  let inAnswers = 0; // movements whose answers came
  let movements = 0;
  const contained = new WeakMap(); // by drawing: its number, and the movements that it contains

  addEventListener("pointermove", () => (moved = performance.now()), { capture: true });
  addEventListener("pointerup", () => drawing && (lifted = performance.now()), { capture: true });

  document.addEventListener("strokes", (event) => {
    observed.ready ??= performance.now();
    drawing = event.detail.penDown;
    if (moved !== null && event.detail.penDown) movements = inAnswers + observed.waiting.push(moved);
    moved = null;
    contained.set(event.detail, { number: ++drawings, movements });
  }, { capture: true });

  const { fetch } = window;
  window.fetch = (...request) => {
    const reply = fetch(...request);
    if (new URL(request[0], document.baseURI).pathname.endsWith("/predict")) {
      observed.asked += 1;
      reply.then(() => (observed.answered ??= performance.now())).catch(() => {}); // the page reports it
    }
    return reply;
  };

  const onPrediction = ({ detail: { drawing } }) => {
    observed.predictions += 1;
    const { number, movements } = contained.get(drawing) ?? { number: 0, movements: 0 };
    if (number < newest) observed.backwards += 1;
    newest = number;
    if (lifted !== null && !drawing.penDown && number === drawings) {
      observed.ended.push(performance.now() - lifted);
      lifted = null;
    }
    const moments = observed.waiting.splice(0, movements - inAnswers);
    inAnswers += moments.length;
    requestAnimationFrame(() => {
      for (const moment of moments) observed.onCanvas.push(performance.now() - moment);
      requestAnimationFrame(() => {
        for (const moment of moments) observed.shown.push(performance.now() - moment);
      });
    });
  };

  // The page's own script, at the very address that the page has it from: another would be a second one.
  new PerformanceObserver((list, observer) => {
    const found = list.getEntries().find(({ name }) => /\/static\/lenet\/page-\w+\.js$/.test(name));
    if (!found) return;
    observer.disconnect();
    import(found.name).then(({ modules }) => {
      modules["shared/prediction.js"].predictions.addEventListener("prediction", onPrediction);
      observed.listening = true;
    });
  }).observe({ type: "resource", buffered: true });
}

// Looks at every canvas of the layers at the start of each frame: reading pixels back is slow, so this is
// not done while times are taken.
window.watchForBlankFrames = () => {
  const painted = new Set();
  const look = () => {
    const canvases = [...document.querySelectorAll(".maps canvas")];
    for (const canvas of canvases) {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const isPainted = data.some((value, i) => i % 4 === 3 && value > 0);
      if (isPainted) painted.add(canvas);
      else if (painted.has(canvas)) observed.blank += 1;
    }
    for (const canvas of painted) if (!canvas.isConnected) (observed.blank += 1), painted.delete(canvas);
    observed.frames += 1;
    requestAnimationFrame(look);
  };
  look();
};

// From now on it is timed how soon ribbons follow the pointer.
window.watchRibbons = () => {
  const ribbons = document.querySelector(".ribbons");
  let pointed = null;
  addEventListener("pointermove", () => (pointed = performance.now()), { capture: true });
  new MutationObserver(() => {
    if (pointed === null || ribbons.matches(".rests") || !ribbons.querySelector("[data-added]")) return;
    const moment = pointed;
    pointed = null;
    requestAnimationFrame(() =>
      requestAnimationFrame(() => observed.ribbons.push(performance.now() - moment))
    );
  }).observe(ribbons, { childList: true, attributes: true });
};

// As many drawings of a digit's size as undo can hold, and more.
window.fillUndo = () => {
  const pad = document.querySelector("#pad .sketchpad");
  for (let i = 0; i < 250; i += 1) {
    const stroke = Array.from({ length: 60 }, (_, point) => [40 + 3 * point, 40 + (i % 200)]);
    pad.dispatchEvent(new CustomEvent("strokes-set", { detail: { strokes: [stroke], keep: true } }));
  }
};
