// The sheets open the browser's print dialog; everything works without it too.
"use strict";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A page taken from the browser's memory would show what is gone.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.replace("/");
});
