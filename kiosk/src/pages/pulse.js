// Tells the terminal's program that this page lives. A page that crashed, or the browser's own page about an error, tells
// nothing, and the launcher starts the browser anew. Nothing of the page is in it.
"use strict";

// Often enough that a page which is busy for a while is not taken for dead.
const PULSE_MS = 3000;

setInterval(() => {
  fetch("/pulse", { method: "POST", cache: "no-store" }).catch(() => {});
}, PULSE_MS);
