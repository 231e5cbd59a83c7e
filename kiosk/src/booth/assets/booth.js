// Comforts of the booth; every page works without them. Nothing is stored, nothing is sent but the page's own forms.
"use strict";

// Long enough to see which grade was taken, short enough not to wait.
const HIGHLIGHT_MS = 480;
// The second tap of a double tap must not grade the office that has just appeared.
const SETTLING_MS = 450;
// Where several stand on one screen, the next grade is a row away and may come sooner.
const SETTLING_IN_A_GROUP_MS = 250;

// A form that got no answer may be sent again.
const RETRY_MS = 8000;

// A page that waits for something looks whether it has changed; one that did not is left alone.
const { lookAgain } = document.documentElement.dataset;
const shown = document.body.innerHTML;
const look = async () => {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.redirected || page.body.innerHTML !== shown) return location.replace(answer.url);
  } catch {
    // The program of this terminal is being started anew.
  }
  setTimeout(look, lookAgain * 1000);
};
if (lookAgain) setTimeout(look, lookAgain * 1000);

let sent = false;
let settled = false;
const settle = () => {
  settled = true;
  document.documentElement.classList.add("settled");
};
// From the first picture on; a window that nobody sees has none.
const settling = document.querySelector(".group-row") ? SETTLING_IN_A_GROUP_MS : SETTLING_MS;
requestAnimationFrame(() => setTimeout(settle, settling));
setTimeout(settle, 4 * settling);

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.dataset.sending === "yes") return;
  if (sent || (!settled && button?.matches(".grade"))) return event.preventDefault();
  sent = true;
  setTimeout(() => {
    sent = false;
    delete form.dataset.sending;
    button?.classList.remove("pressed");
  }, RETRY_MS);
  if (!("highlight" in form.dataset)) return;
  event.preventDefault();
  button?.classList.add("pressed");
  const highlight = new Promise((done) => { setTimeout(done, HIGHLIGHT_MS); });
  // Whoever wants to hear the choice hears it before the page is gone.
  Promise.all([highlight, document.sayChoice?.(button)]).then(() => {
    form.dataset.sending = "yes";
    form.requestSubmit(button);
  });
});

// A link tapped while a grade is on its way would lose the grade.
document.addEventListener("click", (event) => {
  if (event.target.closest("a[href]") && (sent || !settled)) event.preventDefault();
}, true);

// A page taken from the browser's memory starts anew.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// A tap beside an open panel closes it, and does nothing else.
document.addEventListener("pointerdown", (event) => {
  const open = document.querySelector(".panel[open]");
  if (!open || event.target.closest(".panel")) return;
  open.open = false;
  // A finger makes no click here: see hands.js.
  if (event.pointerType === "touch") return;
  const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
  document.addEventListener("click", swallow, { capture: true, once: true });
  // The click comes just after the button is let go, however long that takes.
  addEventListener("pointerup", () => setTimeout(() => document.removeEventListener("click", swallow, true)), { once: true });
}, true);

// The statement starts at the top of its part of the screen.
document.querySelector(".more")?.addEventListener("toggle", ({ target }) => {
  if (target.open) target.scrollIntoView({ block: "start" });
});

// What does not fit is a large button away: not everybody knows that a page can be swiped.
for (const box of document.querySelectorAll(".outcome-layout, .verdict, .what, .rows, .group, .panel-body")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "further";
  button.tabIndex = -1;
  button.hidden = true;
  button.textContent = `↓ ${document.body.dataset.further}`;
  // Above what always stands at the foot, or at the foot itself.
  const foot = box.querySelector(".finish") ?? (box.matches(".group") ? box.nextElementSibling : box);
  foot.append(button);
  // A closed panel has nothing below; opened, it has its place at once.
  const look = () => { button.hidden = !box.checkVisibility() || box.scrollHeight - box.clientHeight - box.scrollTop < 6; };
  button.addEventListener("click", () => box.scrollBy({ top: box.clientHeight * 0.7 }));
  box.addEventListener("scroll", look, { passive: true });
  const sizes = new ResizeObserver(look);
  // It looks once by itself before the first picture, when all has its place anyway: asking here would lay out the page many times.
  for (const element of [box, ...box.children]) if (element !== button) sizes.observe(element);
}

// The keyboard on the screen: the 58 characters of a card's code, or those the page names, all in sight, no shift.
const keyboard = document.querySelector("[data-keyboard]");
if (keyboard) {
  const input = document.getElementById(keyboard.dataset.keyboard);
  const key = (label, press) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => {
      press();
      input.dataset.onScreen = "yes";
      input.focus();
    });
    keyboard.append(button);
    return button;
  };
  const card = "123456789 ABCDEFGHJKLMNPQRSTUVWXYZ abcdefghijkmnopqrstuvwxyz";
  for (const kind of (keyboard.dataset.keys ?? card).split(" ")) {
    [...kind].forEach((character, index) => {
      const button = key(character, () => { input.value += character; });
      if (index === 0) button.classList.add("row-start");
    });
  }
  key(keyboard.dataset.erase, () => { input.value = input.value.slice(0, -1); }).classList.add("erase");
  const toggle = document.querySelector(".keyboard-toggle");
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    keyboard.hidden = !keyboard.hidden;
    document.documentElement.classList.toggle("typing", !keyboard.hidden);
    toggle.setAttribute("aria-expanded", String(!keyboard.hidden));
    input.focus();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// What was said of a card, and what was typed of it, is for whoever held it: a minute after the last sign of a person the first page is back.
const FORGET_MS = 60000;
if (document.querySelector(".card-entry") && document.querySelector(".alert")) {
  let timer = 0;
  const begin = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.replace("/"), FORGET_MS);
  };
  for (const sign of ["pointerdown", "keydown", "input"]) addEventListener(sign, begin, true);
  begin();
}

// The success page makes room for the next person by itself.
for (const form of document.querySelectorAll("form[data-submit-after]")) {
  setTimeout(() => form.requestSubmit(), Number(form.dataset.submitAfter) * 1000);
}
