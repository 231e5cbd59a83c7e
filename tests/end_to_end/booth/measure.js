// Measures a page of the booth. arguments[0]: CSS pixels in a millimetre of the panel.
const mm = arguments[0];
const wrong = [];
// Half a pixel is no fault.
const SLACK = 0.5;
const POINT_MM = 25.4 / 72;
const inBooth = document.body.classList.contains("booth");

const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
const name = (element) => {
  const words = (element.textContent || element.id || "").trim().replace(/\s+/g, " ").slice(0, 24);
  return `${element.tagName.toLowerCase()}.${[...element.classList].join(".")} "${words}"`;
};
const scroller = (element) => {
  for (let box = element.parentElement; box && box !== document.documentElement; box = box.parentElement) {
    if (["auto", "scroll"].includes(getComputedStyle(box).overflowY)) return box;
  }
  return null;
};
const clips = (element) => {
  const boxes = [];
  for (let box = element.parentElement; box; box = box.parentElement) {
    if (box !== document.body && getComputedStyle(box).overflowX !== "visible") boxes.push(box);
  }
  return boxes;
};

if (document.documentElement.scrollWidth > innerWidth + SLACK) wrong.push(`the page is ${document.documentElement.scrollWidth} px wide`);
for (const element of document.querySelectorAll("body *")) {
  const { overflowX, overflowY } = getComputedStyle(element);
  const scrolls = ["auto", "scroll"].includes(overflowX) || ["auto", "scroll"].includes(overflowY);
  if (scrolls && seen(element) && element.scrollWidth > element.clientWidth + 1) wrong.push(`${name(element)} scrolls sideways`);
}

// What is pressed.
const targets = [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), [role=link]")].filter(seen);
let target = Infinity;
if (inBooth) for (const element of targets) {
  const { width, height } = element.getBoundingClientRect();
  const least = Math.min(width, height) / mm;
  target = Math.min(target, least);
  if (least < 12.7 - 0.05) wrong.push(`${name(element)} is ${(width / mm).toFixed(1)} × ${(height / mm).toFixed(1)} mm`);
}

// The grades of one office, and all that could be taken for them. Where several offices share a screen, those whose turn it is.
const several = document.querySelector(".group-row") !== null;
const grades = [...document.querySelectorAll(".grade")].map((element) => ({ element, box: element.getBoundingClientRect() }));
const outOfSight = ({ top, bottom }) => top < 0 || bottom > innerHeight + SLACK;
let grade = Infinity;
let gap = Infinity;
grades.forEach(({ element, box }, index) => {
  grade = Math.min(grade, box.height / mm);
  const due = !several || (element.closest(".current") && !document.querySelector(".more[open]"));
  const room = several ? document.querySelector(".group").getBoundingClientRect() : null;
  if (due && (outOfSight(box) || (room && (box.top < room.top - SLACK || box.bottom > room.bottom + SLACK)))) wrong.push(`grade ${index + 1} must be scrolled to`);
  for (const { box: other } of grades.slice(0, index)) {
    const apart = Math.max(box.top - other.bottom, other.top - box.bottom, box.left - other.right, other.left - box.right);
    gap = Math.min(gap, apart / mm);
  }
});
if (grade < 16 - 0.05) wrong.push(`grades are ${grade.toFixed(1)} mm high`);
if (gap < 2.54 - 0.05) wrong.push(`grades are ${gap.toFixed(2)} mm apart`);

// What must be in sight without scrolling, and not under anything else.
const rehearsal = document.querySelector(".watermark") !== null;
const must = ".what h1, .group-row.current h2, .scope, .cast, .outcome h1, .outcome h1 + p, .opened > *, .outcome > *, .receipt-code, .welcome h1, .welcome .alert strong, .card-entry input[type=text], .start, .finish button, .finish .button";
const keys = rehearsal ? "" : ", .keyboard button";
const panel = document.querySelector(".panel[open]") || document.querySelector(".more[open]");
// Staff scan the opening sheet, before anybody can ask for larger text.
const staff = document.querySelector("input.long") !== null;
const warned = document.querySelector("dialog[open]") !== null;
if (inBooth && !panel && !staff && !warned) for (const element of [...document.querySelectorAll(must + keys)].filter(seen)) {
  // Once, on the page where a vote goes on, a band takes the room of what is evaluated; the name stands there.
  if (element.matches(".scope") && document.querySelector(".notice-band")) continue;
  // The rest of a long page is a large button away.
  const further = [...document.querySelectorAll(".outcome-layout .further, .verdict .further")].some(seen);
  if (further && element.matches(".outcome > *:not(h1, h1 + p), .opened > *:not(h1)")) continue;
  const box = element.getBoundingClientRect();
  const room = document.querySelector("main").getBoundingClientRect();
  if (box.top < room.top - mm || box.bottom > room.bottom + mm) wrong.push(`${name(element)} must be scrolled to`);
  for (const cover of document.querySelectorAll(".more, .finish, .further")) {
    if (cover.contains(element) || !seen(cover)) continue;
    const edge = cover.getBoundingClientRect();
    const beside = box.right <= edge.left + mm || box.left >= edge.right - mm;
    if (!beside && box.bottom > edge.top + mm && box.top < edge.bottom) wrong.push(`${name(element)} lies under ${name(cover)}`);
  }
}

// What is read: every text that is seen.
let text = Infinity;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const element = node.parentElement;
  if (node.data.trim() === "" || !seen(element) || element.closest("script, noscript")) continue;
  // Words for screen readers only.
  if (getComputedStyle(element).clipPath !== "none") continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  const rects = [...range.getClientRects()].filter((rect) => rect.width > 1.5 && rect.height > 1.5);
  if (rects.length === 0) continue;
  const box = {
    left: Math.min(...rects.map((rect) => rect.left)), right: Math.max(...rects.map((rect) => rect.right)),
    top: Math.min(...rects.map((rect) => rect.top)), bottom: Math.max(...rects.map((rect) => rect.bottom)),
  };
  if (inBooth) {
    const points = parseFloat(getComputedStyle(element).fontSize) / mm / POINT_MM;
    // The name of the county under the mark, digits beside the grades, and what only staff read.
    const small = element.closest(".booth-brand, kbd, .staff, .watermark");
    if (!small) text = Math.min(text, points);
    if (points < (small ? 11 : 18) - 0.1) wrong.push(`${name(element)} has ${points.toFixed(1)} pt`);
  }
  if (box.left < -SLACK || box.right > innerWidth + SLACK) wrong.push(`${name(element)} leaves the screen sideways`);
  const scrolls = scroller(element);
  for (const clip of clips(element)) {
    const edge = clip.getBoundingClientRect();
    if (box.left < edge.left - SLACK || box.right > edge.right + SLACK) wrong.push(`${name(element)} is cut off by ${name(clip)}`);
    if (clip === scrolls) break;
    if (box.top < edge.top - SLACK - 2 || box.bottom > edge.bottom + SLACK + 2) wrong.push(`${name(element)} is cut off above or below by ${name(clip)}`);
  }
  // A line's box is higher than its letters.
  if (inBooth && !scrolls && (box.top < -1.5 * mm || box.bottom > innerHeight + 1.5 * mm)) wrong.push(`${name(element)} leaves the screen above or below`);
  const button = element.closest("button, a[href], summary, .dead");
  if (button) {
    const edge = button.getBoundingClientRect();
    if (box.left < edge.left - SLACK || box.right > edge.right + SLACK) wrong.push(`${name(button)} is too narrow for its words`);
    if (box.top < edge.top - mm || box.bottom > edge.bottom + mm) wrong.push(`${name(button)} is too low for its words`);
  }
}

// Nothing to press lies over anything else to press; what an open panel covers does not count.
const open = document.querySelector("dialog[open], .panel[open] .panel-body");
const pressed = targets.filter((element) => !open || open.contains(element) || (!open.matches("dialog") && element.closest(".booth-footer")));
const visible = (element) => {
  const box = element.getBoundingClientRect();
  const edge = scroller(element)?.getBoundingClientRect() ?? { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  return { left: Math.max(box.left, edge.left), right: Math.min(box.right, edge.right), top: Math.max(box.top, edge.top), bottom: Math.min(box.bottom, edge.bottom) };
};
const sticky = (element) => element.closest(".more, .finish, .card-entry, .further") !== null;
if (inBooth) pressed.forEach((one, index) => pressed.slice(index + 1).forEach((other) => {
  if (one.contains(other) || other.contains(one) || sticky(one) !== sticky(other)) return;
  const [a, b] = [visible(one), visible(other)];
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width > 1 && height > 1) wrong.push(`${name(one)} and ${name(other)} lie over each other`);
}));

// To be compared from screen to screen: the four places below, where 提交 stands, and whatever else leads on to the next screen.
const edges = ({ left, top, right, bottom }) => [left, top, right, bottom].map(Math.round);
const feet = inBooth ? [...document.querySelectorAll(".booth-footer nav > *")] : [];
const foot = feet.map((element) => edges((element.querySelector(":scope > summary") ?? element).getBoundingClientRect()));
const casts = pressed.filter((element) => element.matches(".cast"));
const leads = ".next, .primary, .finish :is(a, button), .onward :is(a, button), .office-layout .grade";
const others = pressed.filter((element) => element.matches(leads) && !element.matches(".cast"));
const places = (elements) => elements.map((element) => ({ name: name(element), edges: edges(visible(element)) }));

return { wrong: [...new Set(wrong)], grade, gap, target, text, foot, casts: inBooth ? places(casts) : [], others: inBooth ? places(others) : [] };
