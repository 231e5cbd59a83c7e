"use strict";
// Tells the terminal's program that this page lives. A page that crashed, or the browser's own page about an error, tells
// nothing, and the launcher starts the browser anew. Nothing of the page is in it.
setInterval(() => {
    fetch("/pulse", { method: "POST", cache: "no-store" }).catch(() => {});
}, 3000);
