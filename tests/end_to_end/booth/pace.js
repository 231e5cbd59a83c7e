// How long a person waits, from the finger or key to what is painted, over all pages of a vote. Times are milliseconds since 1970.
"use strict";

{
  const KEY = "pace";
  const load = () => JSON.parse(sessionStorage.getItem(KEY) ?? '{"going":null,"steps":[]}');
  const save = (change) => {
    const state = load();
    change(state);
    sessionStorage.setItem(KEY, JSON.stringify(state));
  };
  const since1970 = (time) => performance.timeOrigin + time;
  const note = (kind, from, to) => save((state) => state.steps.push({ kind, milliseconds: to - from }));

  // A frame is painted after its callbacks; what is posted in one runs after it.
  const painted = (then) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(since1970(performance.now()));
    port2.postMessage(0);
  });

  // When the person did what the page answers to.
  let last = 0;
  addEventListener("touchstart", (event) => {
    const began = since1970(event.timeStamp);
    painted((at) => {
      if (document.querySelector(".held, .pressed")) note("finger down → looks pressed", began, at);
    });
  }, { capture: true, passive: true });
  for (const name of ["touchend", "keydown"]) {
    addEventListener(name, (event) => { last = since1970(event.timeStamp); }, { capture: true, passive: true });
  }

  const leave = (kind, from) => save((state) => { state.going = { kind, from }; });

  // After the page's own listeners.
  addEventListener("submit", (event) => {
    const { target } = event;
    // The property of a button without the attribute is the address of the page.
    const path = event.submitter?.getAttribute("formaction") ?? target.getAttribute("action");
    if (event.defaultPrevented) {
      const from = last;
      if (target.querySelector(".pressed")) painted((at) => note("grade lifted → marked", from, at));
    } else if (target.dataset.sending === "yes") {
      // The highlight is meant to be seen; what comes after it is waiting.
      leave("highlight over", since1970(performance.now()));
    } else {
      leave(path, last);
    }
  });
  addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (link && !event.defaultPrevented) leave(new URL(link.href).pathname.replace(/\d+/g, "n"), last);
  });

  // The first text of the next page.
  new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName("first-contentful-paint")) {
      const { going } = load();
      if (!going) continue;
      const here = location.pathname.replace(/\d+/g, "n");
      note(`${going.kind} → ${here}`, going.from, since1970(entry.startTime));
      save((state) => { state.going = null; });
    }
  }).observe({ type: "paint", buffered: true });
}
