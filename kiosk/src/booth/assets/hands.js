// Hands: fingers that tremble, roll and rest, and keys. It turns what they do into clicks; nothing else knows of it.
"use strict";

{
  // How far a finger may move, in CSS pixels, and still presses.
  const TOLERANCE = 30;
  // A finger that rolls leaves the glass for less than this.
  const BOUNCE_MS = 90;
  // Long enough to be seen.
  const HELD_MS = 150;
  const PRESSABLE = "a[href], button, summary";

  const distance = (touch, place) => Math.hypot(touch.clientX - place.x, touch.clientY - place.y);

  const pressable = (node) => {
    const element = node instanceof Element ? node.closest(PRESSABLE) : null;
    return element && !element.disabled ? element : null;
  };

  // A page that has only just appeared takes no grade and follows no link; so it must not look pressed either.
  const deaf = (element) => !document.documentElement.classList.contains("settled") &&
    element.matches("a[href], .grade");

  const hold = (element) => {
    element.classList.add("held");
    setTimeout(() => element.classList.remove("held"), HELD_MS);
  };

  // The finger that presses, and where the last one left the glass.
  let press = null;
  let left = null;

  const letGo = () => {
    clearTimeout(press.slow);
    press.element.classList.remove("held");
    press = null;
  };

  // A finger beside an open panel closes it and does nothing else, however long it stays.
  let closes = false;
  addEventListener("pointerdown", ({ target }) => {
    closes = document.querySelector(".panel[open]") !== null && !(target instanceof Element && target.closest(".panel"));
  }, true);

  document.addEventListener("touchstart", (event) => {
    if (closes) {
      if (event.cancelable) event.preventDefault();
      return;
    }
    if (press && ![...event.touches].some((touch) => touch.identifier === press.id)) letGo();
    for (const touch of event.changedTouches) {
      const element = pressable(touch.target);
      // A hand that rests beside the buttons does not stop the finger that presses; while one presses, no other does.
      if (press || !element) {
        if (press && event.cancelable) event.preventDefault();
        continue;
      }
      const rolled = left && event.timeStamp - left.time < BOUNCE_MS && distance(touch, left) <= TOLERANCE;
      if (rolled || deaf(element)) {
        if (event.cancelable) event.preventDefault();
        continue;
      }
      press = { id: touch.identifier, element, x: touch.clientX, y: touch.clientY };
      element.classList.add("held");
    }
  }, { capture: true, passive: false });

  // Whoever touches needs no pointer, until a mouse is moved.
  const touched = (yes) => document.documentElement.classList.toggle("touched", yes);
  addEventListener("touchstart", () => touched(true), { capture: true, passive: true });
  addEventListener("pointermove", ({ pointerType, movementX, movementY }) => {
    if (pointerType === "mouse" && (movementX !== 0 || movementY !== 0)) touched(false);
  }, { capture: true, passive: true });

  const pressing = (event) => press && [...event.changedTouches].find((touch) => touch.identifier === press.id);

  document.addEventListener("touchmove", (event) => {
    const touch = pressing(event);
    if (!touch) return;
    if (distance(touch, press) > TOLERANCE) return letGo();
    // Not yet a swipe: nothing scrolls under the finger.
    if (event.cancelable) event.preventDefault();
  }, { capture: true, passive: false });

  document.addEventListener("touchend", (event) => {
    const touch = pressing(event);
    if (!touch) return;
    const { element } = press;
    const near = distance(touch, press) <= TOLERANCE;
    letGo();
    // The browser's own click would be a second one.
    if (event.cancelable) event.preventDefault();
    left = { time: event.timeStamp, x: touch.clientX, y: touch.clientY };
    if (!near || !element.isConnected) return;
    hold(element);
    element.focus({ preventScroll: true });
    element.click();
  }, { capture: true, passive: false });

  document.addEventListener("touchcancel", (event) => {
    if (pressing(event)) letGo();
  }, true);

  // Panels that pose as a mouse.
  let button = null;
  document.addEventListener("mousedown", (event) => {
    const element = event.button === 0 ? pressable(event.target) : null;
    button = element && !deaf(element) ? { element, x: event.clientX, y: event.clientY } : null;
  }, true);
  document.addEventListener("mouseup", (event) => {
    const { element } = button ?? {};
    const slipped = element && !element.contains(event.target) && distance(event, button) <= TOLERANCE;
    button = null;
    if (slipped) element.click();
  }, true);

  for (const name of ["contextmenu", "dragstart", "selectstart"]) {
    document.addEventListener(name, (event) => {
      if (name === "contextmenu" || !(event.target instanceof Element && event.target.closest("input"))) event.preventDefault();
    });
  }

  // Keys. 1 to 4 grade, Enter or 5 is the way on, Backspace the way back, 6 to 9 are the four places at the foot.
  // The main thing of a page, the more certain one first.
  const MAIN = ["[data-main]", "a.next", ".finish a.button", ".finish button:not(.further)", "main .primary"];
  // What cannot be taken back is pressed only by a key that finds it already marked.
  const GRAVE = ".cast, .grave";

  const tap = (element) => {
    if (!element) return;
    hold(element);
    element.click();
  };
  const place = (number) => {
    const found = document.querySelector(`.booth-footer nav > :nth-child(${number})`);
    const element = found?.querySelector("summary") ?? found;
    if (!element?.matches(PRESSABLE)) return;
    element.focus();
    tap(element);
  };
  const goOn = () => {
    const found = MAIN.flatMap((selector) => [...document.querySelectorAll(selector)]);
    const main = found.find((element) => element.checkVisibility());
    if (!main) return;
    if (main.matches(GRAVE) && document.activeElement !== main) main.focus();
    else tap(main);
  };
  const closePanels = () => {
    const open = document.querySelector(".panel[open]");
    if (!open) return false;
    open.open = false;
    open.querySelector("summary").focus();
    return true;
  };
  const walk = (by) => {
    const rows = [...document.querySelectorAll(".rows a, .rows summary")].filter((row) => row.checkVisibility());
    if (rows.length === 0) return false;
    const at = rows.indexOf(document.activeElement);
    rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)].focus();
    return true;
  };

  const digit = (number) => {
    const sizes = document.querySelectorAll(".panel[open] [name=text_size]");
    if (number > 5) place(number - 5);
    else if (number === 5) closePanels() || goOn();
    else if (sizes.length > 0) tap(sizes[number - 1]);
    else if (document.querySelector(".panel[open]")) return;
    else if (document.querySelector(".grade")) tap(document.querySelector(`.grade[data-key="${number}"]`));
    else place(number);
  };

  const field = document.querySelector("main input[type=text]");
  // What stands there is to be scanned again or mended; a scanner types over it.
  field?.select();

  // A scanner types faster than any finger: what it reads where nothing is to be scanned presses nothing.
  const BURST_MS = 60;
  let lastKey = -Infinity;
  let coming = 0;
  const unlessScanned = (event, act) => {
    const burst = event.timeStamp - lastKey < BURST_MS;
    lastKey = event.timeStamp;
    clearTimeout(coming);
    if (!burst) coming = setTimeout(act, BURST_MS);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    // A key that is held presses once.
    if (event.repeat) return event.key === "Enter" ? event.preventDefault() : undefined;
    if (field) {
      const typed = event.key.length === 1 && event.key !== " ";
      // A scanner types over what a person began to type on the screen.
      if (typed && field.dataset.onScreen) {
        field.value = "";
        delete field.dataset.onScreen;
      }
      if (event.target === field) return event.key === "Escape" && closePanels();
      // The key goes on into the field, wherever the marker was.
      if (typed && !document.querySelector(".panel[open]")) return field.focus();
    }
    const control = event.target.closest("a, button, summary");
    if (/^[1-9]$/.test(event.key)) unlessScanned(event, () => digit(Number(event.key)));
    else if (event.key === "Enter") unlessScanned(event, () => (control ? tap(control) : closePanels() || goOn()));
    else if (event.key.length === 1 && event.key !== " ") return unlessScanned(event, () => {});
    else if (event.key === "Backspace") tap(document.querySelector("a.previous"));
    else if (event.key === "Escape") closePanels();
    else if (!["ArrowDown", "ArrowUp"].includes(event.key) || !walk(event.key === "ArrowDown" ? 1 : -1)) return;
    event.preventDefault();
  });
}
