// Prompts in the headphones, by the browser's own voice. Loaded only where the voice is on.
"use strict";

{
  const page = document.documentElement;
  const chinese = page.lang.startsWith("zh");
  // A voice that never ends must not hold up the vote.
  const LONGEST_MS = 4000;

  const say = (text) => new Promise((done) => {
    if (!("speechSynthesis" in window) || text === "") return done();
    speechSynthesis.cancel();
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = page.lang;
    utterance.rate = 0.95;
    utterance.onend = done;
    utterance.onerror = done;
    setTimeout(done, LONGEST_MS);
    speechSynthesis.speak(utterance);
  });

  const text = (element) => (element?.textContent ?? "").replace(/\s+/g, " ").trim();
  const all = (selector) => [...document.querySelectorAll(selector)].map(text).filter((words) => words !== "");
  const chosen = (label) => (chinese ? `已选：${label}` : `Chosen: ${label}`);

  const prompt = () => {
    const words = [...all(".place"), ...all("main h1"), ...all("main .alert p, main .explain, main .outcome > p, .cast-note, .scope")];
    for (const grade of document.querySelectorAll(".grade")) {
      const label = text(grade.querySelector(".grade-label"));
      words.push(chinese ? `按 ${grade.dataset.key}，${label}` : `${grade.dataset.key}: ${label}`);
    }
    const marked = document.querySelector(".grade[aria-pressed=true] .grade-label");
    if (page.dataset.voice === "everything" && marked) words.push(chosen(text(marked)));
    return words.join(chinese ? "。" : ". ");
  };

  if (page.dataset.voice === "everything") {
    document.sayChoice = (button) => say(chosen(text(button?.querySelector(".grade-label"))));
  }
  addEventListener("pagehide", () => window.speechSynthesis?.cancel());
  say(prompt());
}
