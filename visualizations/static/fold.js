"use strict";
/* A skeleton of a name that is the same in Cyrillic and in every romanisation, to find names by; not to match people. */
const fold = (function () {
  const LETTERS = {
    а: "a", б: "b", в: "v", г: "g", ґ: "g", д: "d", е: "e", ё: "e", є: "e", ж: "zh", з: "z", и: "i", і: "i", ї: "i", й: "i",
    к: "k", л: "l", м: "m", н: "n", о: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ў: "u", ф: "f", х: "kh", ц: "ts", ч: "ch",
    ш: "sh", щ: "shch", ъ: "", ы: "i", ь: "", э: "e", ю: "iu", я: "ia"
  };
  const RULES = [
    [/ё/g, "е"], [/[\u0300-\u036f]/g, ""], [/[’'ʼ`´"]/g, ""],
    [/x/g, "ks"], [/w/g, "v"], [/shch|sch/g, "sh"], [/ph/g, "f"], [/th/g, "t"],
    [/kh/g, "x"], [/zh/g, "z"], [/sh/g, "s"], [/ch|ts|tz|cz/g, "c"], [/h/g, "g"], [/ck/g, "k"], [/q/g, "k"],
    [/[yj]/g, "i"], [/io/g, "e"], [/i+(?=[aeou])/g, ""], [/(.)\1+/g, "$1"], [/[^\p{L}\p{N}]+/gu, " "]
  ];
  return function (text) {
    let out = String(text).toLowerCase().replace(/ё/g, "е").replace(/й/g, "и").replace(/ї/g, "и").normalize("NFKD");
    out = out.replace(/[\u0400-\u04ff]/g, (ch) => (ch in LETTERS ? LETTERS[ch] : ch));
    for (const [what, by] of RULES) out = out.replace(what, by);
    return out.trim();
  };
})();
if (typeof module !== "undefined") module.exports = { fold };
