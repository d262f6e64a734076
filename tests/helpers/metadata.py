"""Metadata for test photos: EXIF, XMP, IPTC."""

from __future__ import annotations

import struct

from PIL import ExifTags, Image

_SPACES = {
    "exif": "http://ns.adobe.com/exif/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
}


def exif_of_times(**times: str) -> bytes:
    """EXIF with these tags, such as DateTimeOriginal."""
    exif = Image.Exif()
    exif[ExifTags.IFD.Exif] = {getattr(ExifTags.Base, name).value: text for name, text in times.items()}
    return exif.tobytes()


def xmp(*, within: bool = False, **fields: str) -> bytes:
    """XMP with fields such as photoshop_DateCreated, as attributes or within elements of their own."""
    spaces = " ".join(f'xmlns:{name}="{place}"' for name, place in _SPACES.items())
    named = {name.replace("_", ":", 1): text for name, text in fields.items()}
    attributes = "" if within else " ".join(f'{name}="{text}"' for name, text in named.items())
    elements = "".join(f"<{name}>{text}</{name}>" for name, text in named.items()) if within else ""
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces} {attributes}>{elements}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def iptc_segment(fields: dict[int, bytes]) -> bytes:
    """What Photoshop writes around fields of the second IPTC record."""
    body = b"".join(b"\x1c\x02" + struct.pack(">BH", number, len(text)) + text for number, text in fields.items())
    body += b"\0" * (len(body) % 2)
    return b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(body)) + body


def with_segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    """Put a segment at the beginning of a JPEG."""
    return jpeg[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + jpeg[2:]
