"""Charsets that a request names before any of our code runs."""

from django.utils.http import parse_header_parameters

_ANY_BYTES = b"a%\xff\x80"


def without_odd_charset(content_type: str) -> str:
    """The content type, without a charset that is no charset.

    Django looks the name up among Python's codecs and reads the address with it; some of those codecs (rot13,
    idna) are no charsets and raise, before a view could keep the post.
    """
    try:
        media, parameters = parse_header_parameters(content_type)
    except ValueError:
        return ""
    charset = parameters.get("charset", "utf-8")
    try:
        _ANY_BYTES.decode(charset, "replace")
    except (LookupError, ValueError):
        kept = (f'{name}="{value}"' for name, value in parameters.items() if name != "charset")
        return "; ".join([media, *kept])
    return content_type
