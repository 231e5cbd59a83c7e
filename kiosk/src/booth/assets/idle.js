// The countdown before the veil. The booth draws the veil by itself, whatever happens here; this only warns in time, says that the
// person is there, and shows the next page when it is over.
"use strict";

const dialog = document.getElementById("idle");
if (dialog) {
  const warnAfter = Number(dialog.dataset.after);
  const countdown = Number(dialog.dataset.countdown);
  // Reading and scrolling are no requests; the booth hears of them as often as this.
  const TELL_MS = 15000;
  // The booth keeps the time, and began to count before this page came.
  const GRACE_MS = 1500;
  const shown = dialog.querySelector(".idle-seconds");
  const form = dialog.querySelector("form");

  let veilAt = 0;
  let told = Date.now();
  let timer = 0;

  const begin = () => {
    clearTimeout(timer);
    veilAt = Date.now() + warnAfter + countdown;
    timer = setTimeout(warn, warnAfter);
  };

  const tick = () => {
    const left = veilAt - Date.now();
    if (left <= 0) {
      timer = setTimeout(() => location.replace("/"), GRACE_MS);
      return;
    }
    shown.textContent = Math.ceil(left / 1000);
    timer = setTimeout(tick, 250);
  };

  const warn = () => {
    if (!dialog.open) dialog.showModal();
    tick();
  };

  const tell = async () => {
    told = Date.now();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
      if (answer.status !== 204) throw new Error("the turn is over");
      begin();
      return true;
    } catch {
      return false;
    }
  };

  // From here on the person is there: the page stays as it is, with everything that was opened on it.
  const goOn = async () => {
    if (await tell()) dialog.close();
    else location.replace("/");
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    goOn();
  });

  // Escape closes a dialog; it too says that somebody is there.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    goOn();
  });

  // A key must not grade the office behind the warning.
  addEventListener("keydown", (event) => {
    if (!dialog.open || event.key === "Tab") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) goOn();
  }, true);

  for (const sign of ["pointerdown", "keydown", "scroll", "input"]) {
    addEventListener(sign, () => {
      if (!dialog.open && Date.now() - told > TELL_MS) tell();
    }, { capture: true, passive: true });
  }

  begin();
}
