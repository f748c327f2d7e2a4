"use strict";
// Look closely: two pictures side by side, in place of each other, under a slider, or subtracted.
// Left and right change the picture, never the item. All views share one place and one scale.
Review.zoom = (() => {
  const dialog = document.getElementById("zoom");
  const area = dialog.querySelector(".zoom-body");
  const said = dialog.querySelector(".zoom-said");
  const slider = dialog.querySelector(".zoom-slider");
  const state = { pictures: [], other: 1, shown: 0, view: "pair", pixels: false, x: 0.5, y: 0.5, gain: 4, decide: null };
  let panes = [];

  function open(pictures, { decide = null, other = 1 } = {}) {
    Object.assign(state, { pictures, decide, other: Math.min(other, pictures.length - 1), shown: 0, pixels: false, x: 0.5, y: 0.5 });
    if (pictures.length < 2) state.view = "one";
    dialog.querySelector("#zoom-title").textContent = pictures[0].name;
    dialog.showModal();
    dialog.focus();
    draw();
  }

  function close() { dialog.close(); }

  function image(picture, large) {
    const made = new Image();
    made.alt = `${picture.label}: ${picture.name}`;
    made.draggable = false;
    Review.pictures.load(picture.medium).then((url) => { if (!made.dataset.large) made.src = url; }, () => nothing(made));
    if (large) enlarge(made, picture);
    made.addEventListener("load", lay);
    return made;
  }

  function enlarge(made, picture) {
    if (made.dataset.asked) return;
    made.dataset.asked = "yes";
    Review.pictures.load(picture.large).then((url) => { made.dataset.large = "yes"; made.src = url; }, () => undefined);
  }

  function nothing(made) {
    const words = document.createElement("p");
    words.className = "nothing";
    words.textContent = "No preview.";
    made.replaceWith(words);
  }

  function label(text, right = false) {
    const box = document.createElement("span");
    box.className = right ? "zoom-label right" : "zoom-label";
    box.textContent = text;
    return box;
  }

  const caption = (p) => (p.width ? `${p.label} · ${p.width} × ${p.height}` : p.label);

  function pane(numbers) {
    const box = document.createElement("div");
    box.className = "zoom-pane";
    const images = numbers.map((number) => image(state.pictures[number], state.pixels));
    box.append(...images);
    return { box, numbers, images, canvas: null };
  }

  // Build what the view needs; what only moves or swaps is done without building anew.
  function draw() {
    const { pictures, other, view } = state;
    const two = pictures.length > 1;
    if (view === "pair" && two) {
      panes = [pane([0]), pane([other])];
      panes[0].box.append(label(caption(pictures[0])));
      panes[1].box.append(label(caption(pictures[other])));
    } else if (view === "one" || !two) {
      const one = pane(pictures.map((_, number) => number));
      one.label = label("");
      one.box.append(one.label);
      panes = [one];
    } else {
      const one = pane([0, other]);
      panes = [one];
      if (view === "slider") {
        one.edge = document.createElement("span");
        one.edge.className = "zoom-edge";
        one.box.append(one.edge, label(caption(pictures[0])), label(caption(pictures[other]), true));
      } else {
        one.canvas = document.createElement("canvas");
        one.canvas.setAttribute("role", "img");
        one.canvas.setAttribute("aria-label", "Difference of the two pictures");
        one.box.append(one.canvas, label("Difference"));
        for (const made of one.images) made.hidden = true;
      }
    }
    area.className = `zoom-body ${view}`;
    area.replaceChildren(...panes.map((one) => one.box));
    slider.hidden = view !== "slider";
    buttons();
    lay();
  }

  function buttons() {
    const holder = dialog.querySelector(".zoom-pictures");
    holder.replaceChildren(...state.pictures.map((picture, number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = picture.label;
      const isOn = state.view === "one" ? number === state.shown : number === 0 || number === state.other;
      button.setAttribute("aria-pressed", String(isOn));
      button.addEventListener("click", () => show(number));
      return button;
    }));
    for (const button of dialog.querySelectorAll("[data-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
      button.disabled = state.pictures.length < 2 && button.dataset.view !== "one";
    }
    dialog.querySelector("[data-scale]").setAttribute("aria-pressed", String(state.pixels));
  }

  // Place every picture: the same part at the same size in all panes, whatever their own sizes are.
  function lay() {
    if (!dialog.open || !panes.length) return;
    const shown = state.view === "one" ? [state.shown] : [0, state.other];
    const sizes = shown.map((number) => state.pictures[number]).filter((p) => p && p.width);
    const largest = sizes.reduce((best, p) => (p.width * p.height > best.width * best.height ? p : best), sizes[0] ?? { width: 0, height: 0 });
    const first = panes[0].images.find((made) => made.naturalWidth) ?? { naturalWidth: 4, naturalHeight: 3 };
    const ratio = first.naturalWidth / first.naturalHeight;
    for (const one of panes) {
      const { width, height } = one.box.getBoundingClientRect();
      let w = Math.min(width, height * ratio);
      if (state.pixels) w = Math.max(largest.width || first.naturalWidth, 1) / devicePixelRatio;
      const h = w / ratio;
      const left = w <= width ? (width - w) / 2 : Math.min(0, Math.max(width - w, width / 2 - state.x * w));
      const top = h <= height ? (height - h) / 2 : Math.min(0, Math.max(height - h, height / 2 - state.y * h));
      for (const made of [...one.images, one.canvas]) {
        if (!made) continue;
        Object.assign(made.style, { left: `${left}px`, top: `${top}px`, width: `${w}px`, height: `${h}px` });
      }
      if (state.view === "slider") split(one, left, w, width);
      if (state.view === "one") one.images.forEach((made, at) => { made.style.visibility = one.numbers[at] === state.shown ? "visible" : "hidden"; });
      if (one.label) one.label.textContent = caption(state.pictures[state.shown]);
      if (one.canvas) subtract(one, ratio);
    }
    said.textContent = words();
  }

  function split(one, left, w, width) {
    const at = (Number(slider.value) / 100) * width;
    const cut = Math.min(100, Math.max(0, ((at - left) / w) * 100));
    one.images[1].style.clipPath = `inset(0 0 0 ${cut}%)`;
    one.edge.style.left = `${at - 1}px`;
  }

  // Works without reading pixels back, so also for pages that were opened from a disk.
  function subtract(one, ratio) {
    const [a, b] = one.images;
    if (!a?.naturalWidth || !b?.naturalWidth) return;
    const key = [a.src, b.src, state.gain].join();
    if (one.drawn === key) return;
    one.drawn = key;
    const canvas = one.canvas;
    canvas.width = Math.min(4096, Math.max(a.naturalWidth, b.naturalWidth));
    canvas.height = Math.round(canvas.width / ratio);
    const pen = canvas.getContext("2d");
    pen.drawImage(a, 0, 0, canvas.width, canvas.height);
    pen.globalCompositeOperation = "difference";
    pen.drawImage(b, 0, 0, canvas.width, canvas.height);
    pen.globalCompositeOperation = "lighter";
    for (let gain = 1; gain < state.gain; gain *= 2) pen.drawImage(canvas, 0, 0);
    canvas.dataset.ready = "yes";
  }

  function words() {
    const scale = state.pixels ? "Pixel by pixel." : "Whole picture.";
    if (state.view === "diff") return `Black is equal; amplified ${state.gain} times (+ -). ${scale}`;
    if (state.view === "one") return `Space swaps in place. ${scale}`;
    if (state.view === "slider") return `Move the slider, or point. ${scale}`;
    return scale;
  }

  function show(number) {
    if (state.view === "one") {
      state.shown = number;
      if (number > 0) state.other = number;
      buttons();
      lay();
    } else if (number > 0 && number !== state.other) {
      state.other = number;
      draw();
    }
  }

  function step(by) {
    const count = state.pictures.length;
    if (state.view === "one") show((state.shown + by + count) % count);
    else if (count > 2) show(((state.other - 1 + by + count - 1) % (count - 1)) + 1);
  }

  function view(name) {
    if (state.pictures.length < 2) return;
    state.view = state.view === name && name !== "pair" ? "pair" : name;
    state.shown = 0;
    draw();
  }

  function flicker() {
    if (state.view !== "one") { view("one"); return; }
    state.shown = state.shown === 0 ? Math.min(state.other, state.pictures.length - 1) : 0;
    buttons();
    lay();
  }

  function scale() {
    state.pixels = !state.pixels;
    if (state.pixels) for (const one of panes) one.images.forEach((made, at) => enlarge(made, state.pictures[one.numbers[at]]));
    buttons();
    lay();
  }

  function amplify(by) {
    state.gain = Math.min(32, Math.max(1, state.gain * by));
    lay();
  }

  function move(dx, dy) {
    const clamp = (value) => Math.min(1, Math.max(0, value));
    state.x = clamp(state.x + dx);
    state.y = clamp(state.y + dy);
    lay();
  }

  const moves = { ArrowLeft: [-0.08, 0], ArrowRight: [0.08, 0], ArrowUp: [0, -0.08], ArrowDown: [0, 0.08] };
  const acts = {
    ArrowLeft: () => step(-1), h: () => step(-1), ArrowRight: () => step(1), l: () => step(1),
    ArrowUp: () => undefined, ArrowDown: () => undefined, j: () => undefined, k: () => undefined,
    " ": flicker, d: () => view("diff"), w: () => view("slider"), b: () => view("pair"), z: scale, Enter: close,
    "+": () => amplify(2), "=": () => amplify(2), "-": () => amplify(0.5),
  };

  function press(event) {
    if (event.target === slider && event.key.startsWith("Arrow")) return false;
    if (event.shiftKey && moves[event.key]) { move(...moves[event.key]); return true; }
    if (acts[event.key]) { acts[event.key](); return true; }
    if (state.decide && /^[1-9nsuax]$/.test(event.key)) { close(); return state.decide(event); }
    return false;
  }

  area.addEventListener("pointerdown", (event) => {
    const box = event.target.closest(".zoom-pane");
    if (!box) return;
    event.preventDefault();
    const start = { x: event.clientX, y: event.clientY };
    box.classList.add("dragging");
    const drag = (now) => {
      const made = panes[0].images.find((one) => one.style.width);
      if (state.view === "slider" && !state.pixels) {
        const { left, width } = box.getBoundingClientRect();
        slider.value = String(((now.clientX - left) / width) * 100);
        lay();
      } else if (made) {
        move((start.x - now.clientX) / parseFloat(made.style.width), (start.y - now.clientY) / parseFloat(made.style.height));
      }
      Object.assign(start, { x: now.clientX, y: now.clientY });
    };
    const drop = () => {
      box.classList.remove("dragging");
      removeEventListener("pointermove", drag);
      removeEventListener("pointerup", drop);
    };
    addEventListener("pointermove", drag);
    addEventListener("pointerup", drop);
  });
  // The part under the pointer comes to the middle, at every pixel's own size.
  function scaleAt(event) {
    const box = event.target.closest(".zoom-pane");
    const made = box?.querySelector("img[style], canvas[style]");
    if (!box || !made) return;
    if (!state.pixels) {
      const { left, top } = box.getBoundingClientRect();
      const within = (at, from, size) => Math.min(1, Math.max(0, (at - from) / size));
      state.x = within(event.clientX - left, parseFloat(made.style.left), parseFloat(made.style.width));
      state.y = within(event.clientY - top, parseFloat(made.style.top), parseFloat(made.style.height));
    }
    scale();
  }

  area.addEventListener("dblclick", scaleAt);
  area.addEventListener("wheel", (event) => {
    event.preventDefault();
    if (event.deltaY < 0 !== state.pixels) scaleAt(event);
  }, { passive: false });
  slider.addEventListener("input", lay);
  addEventListener("resize", lay);
  dialog.querySelector(".zoom-close").addEventListener("click", close);
  dialog.querySelector("[data-scale]").addEventListener("click", scale);
  for (const button of dialog.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => { state.view = button.dataset.view; state.shown = 0; draw(); });
  }
  // A click must not leave the focus on a button, where Space would press it again.
  dialog.addEventListener("click", (event) => { if (event.detail && event.target.closest("button")) dialog.focus(); });
  dialog.addEventListener("close", () => { area.replaceChildren(); panes = []; });
  Review.layers.push({ isOpen: () => dialog.open, press });
  return { open, close, isOpen: () => dialog.open };
})();
