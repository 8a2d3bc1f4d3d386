"""What a page may not hold when its policy allows no inline code."""

from html.parser import HTMLParser

_ADDRESSES = {"href", "src", "action", "formaction", "poster", "data", "hx-get", "hx-post", "hx-put", "hx-delete"}
_SCRIPTS = ("javascript:", "vbscript:", "data:text")
_DATA_BLOCKS = {"application/json", "application/ld+json"}


class InlineCode(HTMLParser):
    """Collects every piece of code that stands in the markup itself."""

    def __init__(self, nonce: str) -> None:
        super().__init__()
        self.nonce = nonce
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "style" or (tag == "script" and not self._is_allowed(given)):
            self.found.append(self.get_starttag_text() or tag)
        for name, value in given.items():
            if name.startswith(("on", "hx-on", "data-hx-on")) or name in {"style", "srcdoc"}:
                self.found.append(f"{tag} {name}={value[:60]}")
            if name in _ADDRESSES and value.strip().lower().startswith(_SCRIPTS):
                self.found.append(f"{tag} {name}={value[:60]}")
            if name in {"hx-vals", "hx-headers", "hx-vars"} and value.strip().lower().startswith(
                ("js:", "javascript:")
            ):
                self.found.append(f"{tag} {name}={value[:60]}")

    def _is_allowed(self, given: dict[str, str]) -> bool:
        return (
            "src" in given or given.get("type") in _DATA_BLOCKS or bool(self.nonce and given.get("nonce") == self.nonce)
        )


def inline_code(page: str, nonce: str = "") -> list[str]:
    reader = InlineCode(nonce)
    reader.feed(page)
    return reader.found
