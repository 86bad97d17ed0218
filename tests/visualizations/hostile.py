"""Text that attacks: for every field of every picture. Each would set `window.pwned` if it ran."""

from __future__ import annotations

RUN = "window.pwned=1"
HOSTILE = (
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f'"><img src=x onerror={RUN}>',
    f"' onmouseover='{RUN}' x='",
    f'see href <a href="javascript:{RUN}">here</a>',
    f"{{{{ self.__init__ }}}} {{% raw %}} ${{{RUN}}}",
    "script-src-of-this-page",
    f"=cmd|'/c calc'!A0 \t@SUM(1) {RUN}",
    "+1+1", "-2", "@SUM(A1)", "\t=1+1",
    "a\u202egnp.exe\u2066\u200f",
    "line\nbreak\r\n\u2028\u2029 \x00\x07\x1b\x7f\x9f",
    "lone \ud800 surrogate \udfff",
    "]]> <!-- --> <svg onload=" + RUN + "> &lt; &amp; &#x3c;",
    "Ж" * 10_000,
    "__proto__",
    "constructor",
)  # fmt: skip
