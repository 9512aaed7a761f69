"""Makes the fonts of documents from those that others publish: fewer letters, no hints, own names.

The faces of a family of ours stand in one font, each further one behind a stylistic set: a document pays
for each font that it embeds, and not for what else is in it. Typst is given fonts whose glyphs are empty
and bear numbers; `hub_documents.outlines` puts in the outlines, which stand apart: those of the letters of
most days, and all.

    .venv/bin/python libs/hub-documents/tools/subset_fonts.py SERIF SANS NOTO

The arguments are folders with TTF files: of npm's `source-serif` 4.5.1 and `source-sans` 3.52.0, and of
Debian's `fonts-noto-core`. Done once; what came out is committed. The Source families reserve their name
(OFL 1.1, 3), so what is made from them is called Hub Serif and Hub Sans.
"""

import argparse
import io
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from fontTools import merge
from fontTools.otlLib.builder import buildLookup, buildSingleSubstSubtable
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.reorderGlyphs import reorderGlyphs
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables.DefaultTable import DefaultTable

FONTS: Final = Path(__file__).parents[1] / "src/hub_documents/fonts"
OUTLINES: Final = FONTS.with_name("glyphs")
EUROPE: Final = (
    (0x20, 0x7E),  # Latin
    (0xA0, 0x17F),
    (0x180, 0x24F),
    (0x259, 0x259),  # ə, of Azerbaijan
    (0x2B0, 0x2FF),  # modifiers
    (0x300, 0x345),  # combining marks
    (0x370, 0x3FF),  # Greek
    (0x400, 0x52F),  # Cyrillic
    (0x1E00, 0x1EFF),  # Latin of Vietnam and others
    (0x1F00, 0x1FFF),  # Greek with all its accents
    (0x2000, 0x200B),
    (0x200C, 0x200D),
    (0x2010, 0x2027),  # dashes, quotation marks
    (0x202F, 0x203A),
    (0x2044, 0x2044),
    (0x2070, 0x209C),
    (0x20A0, 0x20BF),  # currencies
    (0x2116, 0x2116),  # №
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0xFB01, 0xFB02),
)
WHOLE: Final = ((0x20, 0x10FFFF),)
MOST_DAYS: Final = (
    (0x20, 0x7E),
    *((ord(letter), ord(letter)) for letter in "\xa0§«°·»ÁÂÄÉÍÎÓÖÚÜßáâäéíîóöúüĂăŐőŰűȘșȚț…€№"),
    (0x2013, 0x2014),
    (0x2018, 0x2019),
    (0x201C, 0x201E),
)
FEATURES: Final = ("kern", "liga", "mark", "mkmk", "ccmp", "locl", "lnum", "tnum", "case")
# Without `liga`: of a ligature of several letters, readers of PDF turn the letters of Arabic round.
JOINING: Final = (
    "kern",
    "mark",
    "mkmk",
    "ccmp",
    "locl",
    "init",
    "medi",
    "fina",
    "isol",
    "rlig",
    "calt",
    "curs",
)
OWN: Final = {"Source Serif 4": "Hub Serif", "Source Sans 3": "Hub Sans", "Source Serif": "Hub Serif"}
FACES: Final = {
    "HubSerif": {"": "4-Regular", "ss02": "4-It", "ss03": "4Display-Semibold"},
    "HubSans": {"": "3-Regular", "ss01": "3-Semibold"},
}
"""By the stylistic set that shows it; `house.typ` asks for them."""
SET: Final = ("liga", "ccmp", "locl", "lnum", "ss01", "ss02", "ss03")
"""What exchanges glyphs in the text of a document."""
CALLED: Final = (1, 2, 4, 6, 16, 17)
"""Of the table `name`, what a font is found by: Typst copies it into each document."""
PRINTED: Final = ("head", "hhea", "maxp", "hmtx", "loca", "glyf")
"""The tables that ISO 32000-1 (9.9) wants in a file."""
NUMBERED: Final = struct.Struct(">5h2x")
"""A glyph without contours; the first number of its box is its own."""
NAMES: Final = (1, 3, 4, 6, 16, 18, 21, 25)  # OpenType, table `name`: whatever says the family


def own_name(font: TTFont) -> None:
    """The font calls itself by a name that is not reserved."""
    for record in font["name"].names:
        if record.nameID in NAMES:
            text = record.toUnicode()
            for theirs, ours in OWN.items():
                text = text.replace(theirs, ours)
                text = text.replace(theirs.replace(" ", ""), ours.replace(" ", ""))
            record.string = text


def subset(source: Path, ranges: Sequence[tuple[int, int]], features: Sequence[str]) -> TTFont:
    """One font, with the letters of the ranges and what joins and places them."""
    font = TTFont(source, recalcTimestamp=False)
    reduce(font, ranges, features)
    own_name(font)
    return font


def reduce(font: TTFont, ranges: Sequence[tuple[int, int]], features: Sequence[str]) -> None:
    """Leave the font these letters only."""
    options = Options(hinting=False, glyph_names=True, notdef_outline=True, recalc_timestamp=False)
    options.layout_features = list(features)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14, 16, 17]
    options.drop_tables += ["DSIG", "FFTM", "meta", "MATH"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    subsetter.subset(font)


def together(regular: TTFont, faces: Mapping[str, TTFont]) -> TTFont:
    """The regular face, and by a stylistic set each of the others in its place.

    What the letters of a text become is the regular face's to say; then its glyphs are exchanged. How
    they are placed is said by each face.
    """
    files = [_file(regular)]
    for tag, face in faces.items():
        named = TTFont(_file(face))
        named.setGlyphOrder([f"{glyph}.{tag}" for glyph in named.getGlyphOrder()])
        for table in named["cmap"].tables:
            table.cmap = {}
        del named["GSUB"]
        files.append(_file(named))
    font = merge.Merger(options=merge.Options(drop_tables=["BASE", "gasp"])).merge(files)
    # What a font does not have it has in no face: whoever sets the text looks for it in the next font.
    known = set(font.getGlyphOrder()) - {f".notdef.{tag}" for tag in faces}
    rules = font["GSUB"].table
    for tag in faces:
        pairs = {glyph: f"{glyph}.{tag}" for glyph in regular.getGlyphOrder() if f"{glyph}.{tag}" in known}
        rules.LookupList.Lookup.append(buildLookup([buildSingleSubstSubtable(pairs)]))
        record = otTables.FeatureRecord()
        record.FeatureTag, record.Feature = tag, otTables.Feature()
        record.Feature.FeatureParams = None
        record.Feature.LookupListIndex = [len(rules.LookupList.Lookup) - 1]
        rules.FeatureList.FeatureRecord.append(record)
        for script in (one.Script for one in rules.ScriptList.ScriptRecord):
            for system in (script.DefaultLangSys, *(one.LangSys for one in script.LangSysRecord)):
                system.FeatureIndex.append(len(rules.FeatureList.FeatureRecord) - 1)
    return font


def _file(font: TTFont) -> io.BytesIO:
    file = io.BytesIO()
    font.save(file)
    file.seek(0)
    return file


def apart(font: TTFont, name: str) -> TTFont:
    """The font with numbers for outlines; the outlines are written: those of most days before the others."""
    daily, drawn = TTFont(_file(font)), TTFont(_file(font))
    reduce(daily, MOST_DAYS, SET)
    first = daily.getGlyphOrder()
    order = first + sorted(set(font.getGlyphOrder()) - set(first), key=font.getGlyphID)
    drawn.ensureDecompiled()  # glyphs have their names from a table that goes
    for path, one, its_order in ((f"{name}-Daily.ttf", daily, first), (f"{name}.ttf", drawn, order)):
        for table in {*one.keys()} - {*PRINTED, "GlyphOrder"}:
            del one[table]
        reorderGlyphs(one, its_order)
        save(one, OUTLINES / path)
    number = {glyph: place for place, glyph in enumerate(order)}
    font["name"].names = [one for one in font["name"].names if one.nameID in CALLED]
    font.recalcBBoxes = False
    count = len(order)
    font["glyf"], font["loca"] = DefaultTable("glyf"), DefaultTable("loca")
    font["glyf"].data = b"".join(NUMBERED.pack(0, number[glyph], 0, 0, 0) for glyph in font.getGlyphOrder())
    font["loca"].data = struct.pack(f">{count + 1}H", *(NUMBERED.size // 2 * at for at in range(count + 1)))
    font["head"].indexToLocFormat = 0
    return font


def save(font: TTFont, path: Path) -> None:
    """Write the font, without the names of its glyphs, and say how large it is."""
    if "post" in font:
        font["post"].formatType = 3.0
    font.save(path)
    sys.stdout.write(f"{path.name}: {path.stat().st_size:,} bytes\n")


def main() -> None:
    """All fonts, from the three folders."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in ("serif", "sans", "noto"):
        parser.add_argument(name, type=Path)
    folders = parser.parse_args()
    for folder in (FONTS, OUTLINES):
        folder.mkdir(exist_ok=True)
    for name, folder, theirs in (("HubSerif", folders.serif, "Serif"), ("HubSans", folders.sans, "Sans")):
        faces = {
            tag: subset(folder / f"Source{theirs}{style}.ttf", EUROPE, FEATURES)
            for tag, style in FACES[name].items()
        }
        save(apart(together(faces.pop(""), faces), f"{name}-Regular"), FONTS / f"{name}-Regular.ttf")
    for family in ("NaskhArabic", "SerifArmenian", "SerifGeorgian", "SerifHebrew"):
        for weight in ("Regular", "Bold"):
            name = f"Noto{family}-{weight}.ttf"
            save(subset(folders.noto / name, WHOLE, JOINING), FONTS / name)


if __name__ == "__main__":
    main()
