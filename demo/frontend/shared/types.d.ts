// The few things that the page's scripts hand to each other, by name. Nothing of this runs: deno check reads it.

/** [x, y] in the pad's units, y down. */
type Point = [number, number];
type Stroke = Point[];

/** What is on the pad. */
interface Drawing {
  strokes: Stroke[];
  penWidth: number;
  /** The pen is down, or an example is being replayed: more is to come. */
  penDown: boolean;
  /** Of the pad, in its own units. */
  side: number;
  /** What is done to it before the network reads it; nothing as a rule. */
  experiment?: Experiment | null;
}

/** What a request asks for beyond the drawing (demo/experiments.py); `strokes` stand for the drawing's. */
interface Experiment {
  strokes?: Stroke[];
  change?: string;
  towards?: Stroke[] | null;
  value?: number;
  centred?: boolean;
  redrawn?: boolean;
  off?: Record<string, number[]>;
  difference?: boolean;
  moment?: number;
}

type Numbers = Float32Array | Int8Array | Uint8Array;

/** An array of a message; a value is values[i] * scale. */
interface Values {
  values: Numbers;
  shape: number[];
  scale: number;
}
type Arrays = Record<string, Values>;

/** What a message of the server says (message.js). */
interface Reply {
  digit: number | null;
  /** What to tell whoever drew it, where the server has something to tell. */
  words: string | null;
  arrays: Arrays;
}
/** The network's answer to a drawing. */
interface Prediction extends Reply {
  drawing: Drawing;
}

/** A unit of the network: its layer's name, and [map, row, column] or [number]. */
interface Unit {
  name: string;
  unit: number[];
}

/** A layer (geometry.js): what it reads, by what kernels if not all at once, and what it is made of. */
type Layer =
  & { reads: string; columns: number }
  & ({ size: number; step: number } | { size?: undefined; step?: undefined })
  & (OfMaps | OfUnits);
interface OfMaps {
  maps: number;
  rows: number;
  units?: undefined;
}
interface OfUnits {
  units: number;
  maps?: undefined;
  rows?: undefined;
}

interface Box {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** Where the preprocessing put a drawing (placement.js). */
interface Placement {
  /** The square around the drawing, and the redrawn pen's width, in the pad's units. */
  box: Box;
  penWidth: number;
  /** Of the 20×20 cells, and of their centre of mass, in the 28×28. */
  offset: { top: number; left: number };
  centre: { top: number; left: number };
}

/** An element whose HTML has every part that its script asks it for. */
interface Mounted extends HTMLElement {
  hidden: boolean;
  querySelector<Tag extends keyof HTMLElementTagNameMap>(tag: Tag): HTMLElementTagNameMap[Tag];
  querySelector<Part extends Element = Mounted>(selector: string): Part;
  querySelectorAll<Tag extends keyof HTMLElementTagNameMap>(tag: Tag): NodeListOf<HTMLElementTagNameMap[Tag]>;
  querySelectorAll<Part extends Element = Mounted>(selector: string): NodeListOf<Part>;
}

/** Finds a part by its class. */
type Find = <Part extends Element = Mounted>(name: string) => Part;

/** A layer on the page: a picture for each map, and on its canvas the box of what the pointed unit reads. */
interface Pictured {
  name: string;
  holder: HTMLElement;
  pictures: { picture: HTMLElement; canvas: HTMLCanvasElement; box: HTMLElement }[];
}

/** What a part that opens tells to links, and how a link opens it (view.js). */
interface Part {
  told: () => string | null;
  open: (text: string | null) => void;
}

/** How long the parts of a request took (server.js), in milliseconds. */
interface Times {
  /** There and back, without the server's own time. */
  trip: number;
  /** That it waited at the server and was computed. */
  server: number;
  /** Of the answer's bytes, after the first. */
  bytes: number;
}

/** What somebody who learns has done since a card is open (lesson.js). */
interface Learning {
  /** Read of the drawing, which rests when the pen is lifted and something is drawn. */
  digit: number | null;
  drawing: Drawing;
  rests: boolean;
  /** Whether the network rather calls it no digit. */
  doubted: boolean;
  /** What was read, each change once. */
  said: (number | "no digit")[];
  /** The unit that was pointed at. */
  looked: Unit | null;
  /** Whether something of this selector was pressed. */
  pressed: (selector: string) => boolean;
  /** What a link would say of a part; null while it is closed. */
  told: (name: string) => string | null;
}

/** A card of the lesson; cards.js tells what each means. */
interface Card {
  title: string;
  task: string;
  question: string;
  choices: string[];
  right?: number;
  spots: string[];
  view?: Record<string, string>;
  done: (state: Learning) => boolean;
  reveal: (state: Learning) => string;
}

/** Says a sentence; "" takes it back. */
type Tell = (sentence: string) => void;

/** An EventTarget that sends these events, with these details. */
interface Channel<Details> {
  dispatchEvent(event: Event): boolean;
  addEventListener<Name extends keyof Details>(
    name: Name,
    listener: (event: CustomEvent<Details[Name]>) => void,
  ): void;
}

interface DocumentEventMap {
  strokes: CustomEvent<Drawing>;
}
