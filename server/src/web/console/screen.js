// The big screen: pictures turn with the keyboard, names appear one by one, and what may change is asked for again.
// Without this script every picture shows all of its names at once.
"use strict";

const SLOWEST = 5000;
const FASTEST = 200;
const ASK_AGAIN = 1500;

// So many answers in a row must be missing before the screen says that it is not current.
const PATIENCE = 4;

let failures = 0;
let pace = 1500;
let paused = false;
let sound = null;

function element(id) {
  return document.getElementById(id);
}

// A short, soft tick; only after somebody has switched the sound on.
function tick() {
  if (!sound) return;
  const tone = sound.createOscillator();
  const volume = sound.createGain();
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.08, sound.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + 0.12);
  tone.connect(volume).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.13);
}

function toggleSound() {
  sound = sound ? (sound.close(), null) : new AudioContext();
  element("sound").setAttribute("aria-pressed", String(Boolean(sound)));
}

function togglePause() {
  paused = !paused;
  element("pause").setAttribute("aria-pressed", String(paused));
}

function changePace(factor) {
  pace = Math.min(SLOWEST, Math.max(FASTEST, pace * factor));
}

function showNext(waiting) {
  if (!paused) {
    const name = waiting.shift();
    if (!name) return;
    name.classList.add("shown");
    tick();
  }
  setTimeout(showNext, pace, waiting);
}

function startPacing() {
  const waiting = [...document.querySelectorAll(".names-grid.paced li")];
  if (waiting.length === 0) return;
  document.body.classList.add("is-paced");
  for (const id of ["pace-slower", "pace-faster", "pause", "sound"]) element(id).hidden = false;
  element("pace-slower").addEventListener("click", () => changePace(1.5));
  element("pace-faster").addEventListener("click", () => changePace(1 / 1.5));
  element("pause").addEventListener("click", togglePause);
  element("sound").addEventListener("click", toggleSound);
  setTimeout(showNext, pace, waiting);
}

// Keys press the link or button that turns the picture; a space pauses names that are appearing.
function turn(event) {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("button")) return;
  const keys = { ArrowRight: "next", PageDown: "next", Enter: "next", " ": "next", ArrowLeft: "back", PageUp: "back" };
  const way = keys[event.key];
  if (!way) return;
  event.preventDefault();
  if (event.key === " " && document.body.classList.contains("is-paced")) togglePause();
  else document.querySelector(`[data-turn=${way}]`)?.click();
}

function note(current) {
  failures = current ? 0 : failures + 1;
  element("stale").hidden = failures < PATIENCE;
}

async function askAgain() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const version = page.body.dataset.version;
    note(Boolean(answer.ok && version));
    if (answer.ok && version && version !== document.body.dataset.version) location.reload();
  } catch {
    note(false);
  }
  setTimeout(askAgain, ASK_AGAIN);
}

startPacing();
addEventListener("keydown", turn);
if ("going" in document.body.dataset) setTimeout(askAgain, ASK_AGAIN);
