/* One control's value as the text of a link, and back: what explorer/links.py does in Python. */
"use strict";

Explorer.linkValues = (() => {
  const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

  /** How a value stands in a link. */
  function text(name, value) {
    if (typeof value === "boolean") return value ? "on" : "off";
    const [input] = Explorer.form.inputs.get(name);
    return input.type === "color" ? value.slice(1) : String(value);
  }

  /** The value that a link's text means for a knob, and a sentence if it had to be replaced. */
  function read(name, given) {
    const [input] = Explorer.form.inputs.get(name);
    const fallback = Explorer.form.defaults.get(name);
    if (input.type === "range") return number(name, input, given, fallback);
    if (input.type === "checkbox") {
      const value = { on: true, off: false }[given];
      return typeof value === "boolean" ? { value } : replaced(name, given, "not on or off", fallback);
    }
    if (input.type === "color") {
      const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(given)?.[1].toLowerCase();
      if (!digits) return replaced(name, given, "not a colour like a01b1b", fallback);
      return { value: `#${digits.length === 3 ? digits.replace(/./g, "$&$&") : digits}` };
    }
    if (!["radio", "select-one"].includes(input.type)) return { value: given }; // the server reads it
    const options =
      input.type === "radio"
        ? Explorer.form.inputs.get(name).map((radio) => radio.value)
        : [...input.options].map((option) => option.value);
    if (options.includes(given)) return { value: given };
    return replaced(name, given, `not one of ${options.join(", ")}`, fallback);
  }

  function number(name, input, given, fallback) {
    const wanted = NUMBER.test(given) ? Number(given) : NaN;
    if (!Number.isFinite(wanted)) return replaced(name, given, "not a number", fallback);
    const whole = "whole" in input.dataset ? Math.round(wanted) : wanted;
    const [low, high] = [parseFloat(input.min), parseFloat(input.max)];
    const value = Math.min(Math.max(whole, low), high);
    if (value === whole) return { value };
    return replaced(name, given, `outside ${low} to ${high}`, value);
  }

  function replaced(name, given, why, value) {
    return { value, note: `${name} was ${short(given)}, ${why}: used ${text(name, value)}.` };
  }

  /** Somebody else's text, short enough for a sentence. */
  function short(given) {
    return given.length > 40 ? `“${given.slice(0, 39)}…”` : `“${given}”`;
  }

  return { text, read, short };
})();
