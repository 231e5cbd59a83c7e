// Reads the square code of a card with the machine's own camera, where the browser can. Pictures stay in this page.
"use strict";

{
  const LOOK_MS = 150;
  const button = document.querySelector("[data-camera]");
  const box = button?.closest(".camera");
  const video = box?.querySelector("video");
  const start = button?.textContent;
  let stream = null;

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
    box.classList.remove("seeing");
    button.textContent = start;
  };

  const look = async (detector, field) => {
    if (!stream) return;
    const [found] = await detector.detect(video).catch(() => []);
    if (!stream) return;
    if (!found) return setTimeout(look, LOOK_MS, detector, field);
    stop();
    field.value = found.rawValue;
    field.form.requestSubmit();
  };

  const see = async () => {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    video.srcObject = stream;
    await video.play();
    box.classList.add("seeing");
    button.textContent = button.dataset.stop;
    look(detector, document.getElementById(button.dataset.camera));
  };

  if (button && "BarcodeDetector" in window && navigator.mediaDevices) {
    box.hidden = false;
    // A camera that is not there is no use to anybody.
    button.addEventListener("click", () => (stream ? stop() : see().catch(() => { box.hidden = true; })));
    addEventListener("pagehide", stop);
  }
}
