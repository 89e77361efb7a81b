"use strict";
// Zoom and pan of a map: buttons, the wheel with Ctrl, dragging, and the keyboard.
const zoom = (() => {
  const MOST = 40;

  // Lets a map be looked at closely; `scaled` is told how much larger it is drawn than at first.
  function into(root, box, scaled = () => {}) {
    let view = { x: box.x, y: box.y, width: box.width, height: box.height };
    const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

    function show(next) {
      const width = clamp(next.width, box.width / MOST, box.width), height = (width * box.height) / box.width;
      view = { x: clamp(next.x, box.x, box.x + box.width - width), y: clamp(next.y, box.y, box.y + box.height - height), width, height };
      root.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
      const near = box.width / view.width;
      root.style.touchAction = near > 1.01 ? "none" : "pan-y";
      root.classList.toggle("near", near > 1.01);
      scaled(near);
    }

    function by(factor, px = view.x + view.width / 2, py = view.y + view.height / 2) {
      const width = view.width / factor, height = view.height / factor;
      show({ x: px - ((px - view.x) * width) / view.width, y: py - ((py - view.y) * height) / view.height, width, height });
    }

    const move = (dx, dy) => show({ ...view, x: view.x + dx * view.width, y: view.y + dy * view.height });
    const at = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(root.getScreenCTM().inverse());

    root.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
      event.preventDefault();
      const p = at(event);
      by(event.deltaY < 0 ? 1.25 : 0.8, p.x, p.y);
    }, { passive: false });

    let held = null, moved = false;
    root.addEventListener("pointerdown", (event) => { held = at(event); moved = false; });
    root.addEventListener("pointermove", (event) => {
      if (!held || !(event.buttons & 1) || view.width >= box.width * 0.99) return;
      const p = at(event);
      if (!moved && Math.hypot(p.x - held.x, p.y - held.y) < view.width * 0.01) return;
      moved = true;
      show({ ...view, x: view.x + held.x - p.x, y: view.y + held.y - p.y });
    });
    for (const kind of ["pointerup", "pointerleave"]) root.addEventListener(kind, () => { held = null; });
    root.addEventListener("click", (event) => { if (moved) event.preventDefault(); moved = false; }, true);
    root.addEventListener("dragstart", (event) => event.preventDefault());

    const bar = document.createElement("div");
    bar.className = "zoom";
    const act = (words, name, does) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words;
      button.setAttribute("aria-label", name);
      button.addEventListener("click", does);
      bar.append(button);
    };
    act("+", "Zoom in", () => by(1.6));
    act("\u2212", "Zoom out", () => by(1 / 1.6));
    act("\u2922", "Show all", () => show(box));
    const steps = { ArrowLeft: [-0.2, 0], ArrowRight: [0.2, 0], ArrowUp: [0, -0.2], ArrowDown: [0, 0.2] };
    bar.addEventListener("keydown", (event) => {
      if (!(event.key in steps)) return;
      event.preventDefault();
      move(...steps[event.key]);
    });
    return { bar, show };
  }

  return { into };
})();
