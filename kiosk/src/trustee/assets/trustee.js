// Comforts of the trustee's terminal; every page works without them. Nothing is stored, nothing is sent but the page's own forms.
"use strict";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Whoever comes to a form has come to type.
document.querySelector(".narrow input:not([type=hidden])")?.focus({ preventScroll: true });

// A form that got no answer may be sent again.
const RETRY_MS = 30000;
let sent = false;
document.addEventListener("submit", (event) => {
  if (sent) return event.preventDefault();
  sent = true;
  setTimeout(() => { sent = false; }, RETRY_MS);
});

// A page taken from the browser's memory starts anew.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
