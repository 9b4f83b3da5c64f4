// The lesson: nine cards, each with one thing to do on the page, and a question to answer before it tells more.
// docs/guide.md has the same nine, with more to think about.
//
//   title, task, question, choices   in words
//   right    the number of the right choice, where there is one
//   spots    where on the page it is to be done: the first of these that is in sight is pointed at
//   view     what is open while it is: as a link tells it (view.js)
//   done     whether it has been done, by what `state` tells (lesson.js)
//   reveal   what there is to know then, in words

/** @param {Drawing} drawing */
const side = (drawing) => {
  const points = drawing.strokes.flat();
  const extent = (/** @type {number} */ axis) => {
    const values = points.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  return Math.max(extent(0), extent(1)) / drawing.side;
};

/** @type {Card[]} */
export const CARDS = [
  {
    title: "Draw, and watch",
    task: "Draw a 7 slowly and in one stroke: first the bar at the top, then down. Look at the ten bars.",
    question: "When only the bar at the top is there, what will it say?",
    choices: ["7", "1", "something else"],
    spots: ["#pad .paper"],
    done: ({ rests, digit }) => rests && digit === 7,
    reveal: ({ said }) =>
      `On the way it said ${
        said.join(", then ")
      }. It answers to what is there, at every movement: it does not ` +
      `know what you are going to draw.`,
  },
  {
    title: "What it is given",
    task: "Clear the pad and draw a digit very small, in a corner.",
    question: "Will it still be read?",
    choices: ["yes", "no"],
    right: 0,
    spots: ["#pad .paper"],
    done: ({ rests, digit, drawing }) => rests && digit !== null && side(drawing) < 0.4,
    reveal: ({ digit }) =>
      `It says ${digit}. Look at INPUT: the strokes were drawn again as large as the digits it learned ` +
      `from, and placed by their balance point. So it does not matter how large or where you draw.`,
  },
  {
    title: "Layer after layer",
    task: "Press “▶ Play the layers” and watch the drawing on its way to the answer.",
    question: "Up to which layer can you tell the digit by its maps?",
    choices: ["C1", "C3", "C5"],
    spots: [".play", "#pad .paper"],
    done: ({ pressed }) => pressed(".play"),
    reveal: () =>
      "In C1 and S2 everybody sees the digit, in C3 and S4 hardly anybody: there each map tells where something " +
      "is that the network looks for, such as a bend. In C5 there is no place any more, only 120 numbers.",
  },
  {
    title: "What a unit sees",
    task:
      "Point at a cell in one of C3's maps, with the mouse, a finger or the arrow keys. Green boxes show what it sees.",
    question: "How many cells of INPUT does one cell of C3 see, in a row?",
    choices: ["5", "14", "32"],
    right: 1,
    spots: ["[data-layer=c3] .maps"],
    done: ({ looked }) => looked?.name === "c3",
    reveal: () =>
      "14: it reads 5 × 5 cells of S2, each of which is the mean of 2 × 2 of C1, and each of those reads 5 × 5 " +
      "of INPUT. The deeper the layer, the more of the drawing a unit sees.",
  },
  {
    title: "One number, by hand",
    task: "Click a cell in one of C1's maps. Its sum opens: a patch of INPUT, times the kernel.",
    question: "How many products are added up for one cell of C1?",
    choices: ["9", "25", "784"],
    right: 1,
    spots: ["[data-layer=c1] .maps"],
    done: ({ told }) => /^c1\b/.test(told("unit") ?? ""),
    reveal: () =>
      "25, one for each of 5 × 5 cells, and the bias. Check one with a calculator. All cells of a map use the " +
      "same 25 numbers: that is what “convolution” means.",
  },
  {
    title: "Who reads whom",
    task:
      "Table I is open: a column for each map of C3, a kernel for each map of S2 that it reads. Choose any kernel.",
    question: "How many S2 maps does C3 map 0 read?",
    choices: ["1", "3", "6"],
    right: 1,
    spots: [".table table"],
    view: { table: "15" },
    done: ({ told }) => (told("table") ?? "15") !== "15",
    reveal: () =>
      "Three. The first six maps of C3 read three maps each, the next nine four, and only the last one all six. " +
      "So no two of them get the same, and they have to learn different things.",
  },
  {
    title: "Why this digit?",
    task: "Draw a 4 that is nearly a 9. Then press “Why?”.",
    question: "Which part of it will speak for the 4?",
    choices: ["the gap at the top", "the long line down", "the line across"],
    spots: [".why", "#pad .paper"],
    done: ({ told }) => told("why") !== null,
    reveal: () =>
      "Look at the ink: what speaks for the digit read and what for the other. Choose another digit to compare " +
      "with, change only the part that decides, and see the answer turn over.",
  },
  {
    title: "Where it fails",
    task: "Clear the pad and draw what is no digit: a letter, a face, a star.",
    question: "Which digit will it take it for?",
    choices: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    spots: ["#pad .paper"],
    done: ({ rests, doubted }) => rests && doubted,
    reveal: ({ digit }) =>
      `It doubts that this is a digit, and if it must be one it is ${
        digit === 8 ? "an" : "a"
      } ${digit}. LeNet-5 of 1998 cannot say ` +
      `“none”: its ten bars always add up to 100 %. A second, small network watches it, and doubts.`,
  },
  {
    title: "Take it along",
    task: "Press “Copy link”, and open the link in another tab or send it to somebody.",
    question: "Where is your drawing while the link is under way?",
    choices: ["on a server", "in the link itself", "in this browser"],
    right: 1,
    spots: ["[data-menu=link]"],
    done: ({ pressed }) => pressed("[data-menu=link]"),
    reveal: () =>
      "In the link itself, after the #, a part that browsers send to no server. This page keeps nothing of what " +
      "anybody draws. That was the last card: now make it fail, and find out why.",
  },
];
