/* The tab Learn: one step at a time; a prediction first, then the answer, then the sliders. */
"use strict";

Explorer.learn = (() => {
  const { html, setText } = Explorer;
  const STORE = "deep-similarity-learn";
  let panel = null; // null until the tab is opened for the first time
  let step = null; // the name of the lesson on the screen
  let linked = null; // what a link says, until the tab is opened
  let moved = {}; // the sliders of this lesson that were moved
  let first = null; // the answer of this lesson with no slider moved
  let now = null; // the newest answer of this lesson
  let number = 0;
  let urged = false; // a check was asked for without a choice
  let done = {}; // lesson → { choice, right }; choice is null where it was only shown

  const names = () => [...panel.querySelectorAll("article")].map((article) => article.dataset.lesson);
  const part = (selector, name = step) => panel.querySelector(`${selector}[data-lesson="${name}"]`);
  const about = () => JSON.parse(part("article").dataset.about);
  const titled = (name) => part("article", name).querySelector("h3").textContent;

  /* What was answered is kept in the browser; where it forbids that, as long as the page. */

  function recall() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(STORE));
    } catch (error) {
      note(`What you answered before cannot be read (${error.name}).`);
    }
    done = {};
    for (const name of names()) {
      const one = kept?.[name];
      if (typeof one !== "object" || one === null) continue;
      const known = [...part("form", name).elements].some((e) => e.type === "radio" && e.value === one.choice);
      done[name] = { choice: known ? one.choice : null, right: known && one.right === true };
    }
  }

  function keep() {
    try {
      localStorage.setItem(STORE, JSON.stringify(done));
    } catch (error) {
      note(`This browser does not keep your answers (${error.name}): they last as long as the page.`);
    }
    marks();
  }

  function note(sentence) {
    panel.querySelector(".notes").replaceChildren(html("li", {}, sentence));
  }

  function setup(root) {
    panel = root;
    recall();
    for (const button of root.querySelectorAll("nav button")) {
      button.addEventListener("click", () => open(button.dataset.open, true));
    }
    for (const [selector, way] of [[".turns .back", -1], [".turns .on", 1]]) {
      root.querySelector(selector).addEventListener("click", () => open(names()[names().indexOf(step) + way], true));
    }
    root.querySelector(".forget").addEventListener("click", () => {
      done = {};
      keep();
      open(names()[0], true);
      Explorer.say("All answers are forgotten.");
    });
    for (const form of root.querySelectorAll("form")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const picked = form.querySelector("input:checked");
        urged = !picked;
        if (urged) reveal();
        else if (now) settle(picked.value);
      });
      form.querySelector(".show").addEventListener("click", () => now && settle(null));
      form.querySelector(".again").addEventListener("click", () => {
        delete done[step];
        keep();
        open(step, false);
        form.querySelector("input").focus();
      });
    }
    let visible = false;
    new ResizeObserver(() => {
      const appears = !visible && root.clientWidth > 0;
      visible = root.clientWidth > 0;
      if (appears && !step) begin();
    }).observe(root);
  }

  /** The first time on the screen: what a link says, or the first step that is not answered. */
  function begin() {
    const wanted = linked ?? names().find((name) => !done[name]) ?? names()[0];
    const known = names().includes(wanted);
    open(known ? wanted : names()[0], false);
    if (!known) note(unknown(wanted));
    Explorer.link.update(false);
  }

  /** Show a step; `turned` by a person, whose focus goes to its heading. */
  function open(name, turned) {
    const other = name !== step;
    step = name;
    moved = {};
    first = now = null;
    urged = false;
    for (const node of panel.querySelectorAll("[data-lesson]")) node.hidden = node.dataset.lesson !== name;
    const play = part(".play");
    Explorer.learnPlay.sliders(play, about().values, (knob, value) => {
      if (value === undefined) delete moved[knob];
      else moved[knob] = value;
      ask();
    });
    Explorer.learnPlay.reset(play);
    Explorer.learnPlay.doors(panel.querySelector(".bench .actions"), about().doors, () => ({ ...about().values, ...moved }));
    if (turned) panel.querySelector(".notes").replaceChildren();
    const form = part("form");
    form.reset();
    for (const input of form.querySelectorAll("input")) input.checked = input.value === done[name]?.choice;
    const at = names().indexOf(name);
    for (const [selector, other_] of [[".back", names()[at - 1]], [".on", names()[at + 1]]]) {
      const button = panel.querySelector(`.turns ${selector}`);
      button.hidden = !other_;
      if (other_) setText(button.querySelector("span"), titled(other_));
    }
    panel.classList.add("busy");
    marks();
    reveal();
    ask();
    if (!turned) return;
    part("article").querySelector("h3").focus();
    if (other) Explorer.link.update(true);
  }

  function ask() {
    number += 1;
    Explorer.ask("learn-asked", { lesson: step, moved, number });
  }

  /** A prediction was made, or given up: keep it and show the answer. */
  function settle(choice) {
    done[step] = { choice, right: choice !== null && choice === first.choice };
    keep();
    reveal();
    Explorer.learnFigure.draw(panel, now, true);
    panel.querySelector(".result").scrollIntoView({ block: "nearest" });
  }

  /** What may be seen of the answer. */
  function reveal() {
    const shown = Boolean(done[step]);
    panel.classList.toggle("shown", shown);
    const form = part("form");
    for (const input of form.querySelectorAll("input")) input.disabled = shown;
    form.querySelector(".check").hidden = form.querySelector(".show").hidden = shown;
    form.querySelector(".again").hidden = part(".point").hidden = !shown;
    part(".play").querySelector("fieldset").disabled = !shown;
    for (const label of form.querySelectorAll("label")) {
      const { value } = label.querySelector("input");
      label.classList.toggle("right", shown && value === first?.choice);
      label.classList.toggle("wrong", shown && value === done[step].choice && value !== first?.choice && Boolean(first));
    }
    const place = panel.querySelector(".result");
    const said = shown && first ? result() : urged ? [html("p", {}, "Choose one of the answers first.")] : [];
    const key = said.map((node) => node.textContent).join(" ");
    // Written once: a person who listens would hear it again with every move of a slider.
    if (place.dataset.said !== key) {
      place.dataset.said = key;
      place.replaceChildren(...said);
    }
    const elsewhere = shown && now && !now.untouched;
    setText(panel.querySelector(".now"), elsewhere ? `With the sliders where they are: ${now.because}` : "");
  }

  function text(choice) {
    return part("form").querySelector(`input[value="${choice}"]`).parentElement.textContent;
  }

  function result() {
    const { choice } = done[step];
    const right = choice === first.choice;
    const said = choice === null ? "The answer: " : right ? "As you predicted: " : "It came out differently: ";
    const kind = choice === null ? "told" : right ? "right" : "wrong";
    return [
      html("p", { class: kind }, html("b", {}, said), text(first.choice)),
      html("p", {}, first.because),
    ];
  }

  function marks() {
    let answered = 0;
    let right = 0;
    for (const button of panel.querySelectorAll("nav button")) {
      const name = button.dataset.open;
      const one = done[name];
      answered += Boolean(one);
      right += Boolean(one?.right);
      if (name === step) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      button.dataset.done = one ? (one.right ? "right" : "seen") : "";
      setText(button.querySelector(".mark"), one ? (one.right ? "✓" : "•") : "");
      setText(button.querySelector(".state"), one ? (one.right ? ", predicted" : ", answered") : "");
    }
    setText(panel.querySelector(".count"), `${answered} of ${names().length} answered, ${right} as predicted`);
    panel.querySelector(".forget").hidden = answered === 0;
  }

  function draw(root, value) {
    if (value.lesson !== step) return; // a late answer to a step that was left
    if (value.notes.length) note(value.notes.join(" "));
    if (value.failed) return;
    now = value;
    if (value.untouched) first = value;
    root.classList.remove("busy");
    Explorer.learnFigure.draw(root, value, Boolean(done[step]));
    reveal();
  }

  /** Whether the screen shows the answer to what was asked last. */
  function settled() {
    return Boolean(now) && now.number === number;
  }

  function write() {
    if (panel && step) return { step };
    return linked ? { step: linked } : {};
  }

  function read(values) {
    const notes = [];
    for (const [key, value] of values) {
      if (key !== "step") notes.push(`Learn has no ${Explorer.linkValues.short(key)}: left out.`);
    }
    const wanted = values.get("step");
    if (wanted === undefined) return notes;
    if (!panel || !step) linked = wanted;
    else if (!names().includes(wanted)) notes.push(unknown(wanted));
    else if (wanted !== step) open(wanted, false);
    return notes;
  }

  function unknown(wanted) {
    return `Learn has no step ${Explorer.linkValues.short(wanted)}: left out.`;
  }

  Explorer.panel("learn", draw, setup);
  Explorer.link.part("learn", { read, write });
  return { settled };
})();
